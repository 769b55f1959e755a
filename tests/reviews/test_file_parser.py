"""The routing file: what it means, and each mistake with its line and reason."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.errors import RoutesInvalid
from reviews.kinds import ChangeKind
from reviews.routes.file_parser import parse
from reviews.routes.route import (
    DEFAULT_REVIEWED_KINDS,
    MayAcknowledge,
    Routes,
    SegregationOfDuties,
    ShowChanges,
    Target,
)
from reviews.routes.value_parsers import parse_duration
from runtime.settings.holiday_calendars import find_calendar
from tests.reviews.routing_files import CHANNELS, LEAST, problems

GOOD = """\
[[route]]
name = "compliance"
watch = ["539564", 539571]
owners = ["compliance.owner@company.com"]
deputies = ["deputy@company.com"]
notify = ["slack:C0123456789", "console"]
review = ["content", "trashed"]
quiet_period = "60s"
max_wait = "10m"
due = "8h"
working_hours = "Mon-Fri 09:00-17:00"
timezone = "Europe/Riga"
may_acknowledge = "channel"
segregation_of_duties = "warn"

[[route]]
watch = ["1"]
owners = ["a@b.example"]
notify = ["console", "teams:compliance"]
"""


def test_a_good_file_is_read_whole() -> None:
    first, second = parse(GOOD, notifiers=CHANNELS).all

    assert (first.name, first.watch) == ("compliance", ("539564", "539571"))
    assert first.owners == ("compliance.owner@company.com",)
    assert first.notify == (
        Target(notifier="slack", address="C0123456789"),
        Target(notifier="console", address=""),
    )
    assert first.review == {ChangeKind.CONTENT, ChangeKind.TRASHED}
    assert (first.quiet_period, first.max_wait) == (timedelta(minutes=1), timedelta(minutes=10))
    assert first.due == timedelta(hours=8)
    assert first.working_hours is not None
    assert (first.working_hours.start, first.working_hours.zone.key) == (time(9), "Europe/Riga")
    assert first.may_acknowledge is MayAcknowledge.CHANNEL
    assert first.segregation_of_duties is SegregationOfDuties.WARN
    assert second.name == "route-2"


def test_routes_under_legal_hold_are_named() -> None:
    routes = parse(f"{LEAST}legal_hold = true\n", notifiers=CHANNELS)

    assert routes.held == {"route-1"}
    assert parse(LEAST, notifiers=CHANNELS).held == frozenset()


def test_what_is_left_out_has_its_default() -> None:
    [route] = parse(LEAST, notifiers=CHANNELS).all

    assert (route.name, route.deputies, route.review) == ("route-1", (), DEFAULT_REVIEWED_KINDS)
    assert (route.quiet_period, route.max_wait) == (timedelta(seconds=5), timedelta(minutes=10))
    assert route.due is None
    assert route.may_acknowledge is MayAcknowledge.OWNERS
    assert route.segregation_of_duties is SegregationOfDuties.ENFORCE


def test_a_longest_wait_of_nothing_needs_no_quiet_period() -> None:
    [route] = parse(f'{LEAST}max_wait = "0s"\n', notifiers=CHANNELS).all

    assert route.max_wait == timedelta()


def test_folders_of_connected_storage_are_told_apart_by_their_case() -> None:
    [route] = parse(LEAST.replace('"1"', '"drive-3-|aB", "drive-3-|Ab"'), notifiers=CHANNELS).all

    assert route.watch == ("drive-3-|aB", "drive-3-|Ab")


def test_no_waiting_can_be_asked_for() -> None:
    [route] = parse(f'{LEAST}quiet_period = "0s"\nmax_wait = "0s"\n', notifiers=CHANNELS).all

    assert route.quiet_period == timedelta()
    assert route.max_wait == timedelta()


MISTAKES = {
    "an unknown key": ('[[route]]\nwatsh = ["1"]', 2, "did you mean 'watch'?"),
    "a table of another name": (f"{LEAST}\n[other]\n", 1, "holds [[route]] and [people] only"),
    "an unknown key of a person": (
        f'{LEAST}[people]\n"ann@example.com" = {{ slak = "U0123456789" }}', 6, "people: unknown key 'slak'"
    ),
    "a calendar of one absence": (f'absence = "https://a.example"\n{LEAST}', 1, "did you mean 'absences'?"),
    "a value at the top": (f"debug = true\n{LEAST}", 1, "unknown key 'debug'"),
    "a single table": ("\n[route]\nwatch = []", 1, "written as [[route]]"),
    "text where a list is wanted": (LEAST.replace('["1"]', '"1"'), 2, "watch must be a list"),
    "a number where text is wanted": (f"{LEAST}due = 8", 5, "due must be text in quotes"),
    "an empty list of owners": (LEAST.replace('["a@b.example"]', "[]"), 3, "owners is missing or empty"),
    "no owners": (LEAST.replace('owners = ["a@b.example"]\n', ""), 1, "owners is missing or empty"),
    "no notify": (LEAST.replace('notify = ["console"]\n', ""), 1, "notify is missing or empty"),
    "an owner that is no address": (
        LEAST.replace("a@b.example", "alice"), 3, "'alice' is not an e-mail address"
    ),
    "an owner that is a number": (LEAST.replace('"a@b.example"', "5"), 3, "texts in quotes, not 5"),
    "an empty folder id": (LEAST.replace('"1"', '" "'), 2, "a folder id is empty"),
    "an unknown channel": (LEAST.replace("console", "slak:C1"), 4, "did you mean 'slack'?"),
    "a channel without its address": (LEAST.replace("console", "slack"), 4, "slack"),
    "an address that the channel knows to be none": (
        LEAST.replace("console", "slack:general"), 4, "notify: 'general' is no channel id"
    ),
    "an address for a channel that has one place": (
        LEAST.replace("console", "console:left"), 4, "'console:left' takes no address"
    ),
    "a folder that is none": (LEAST.replace('"1"', '"0"'), 2, "'0' is not a folder id"),
    "a folder below zero": (LEAST.replace('"1"', "-5"), 2, "'-5' is not a folder id"),
    "a folder's address": (
        LEAST.replace('"1"', '"https://acme.example/rooms/shared/1"'), 2, "copy the number"
    ),
    "a folder twice": (LEAST.replace('"1"', '"1", 1'), 2, "watch: '1' is listed twice"),
    "an owner twice": (
        LEAST.replace('"a@b.example"', '"a@b.example", "A@b.example"'), 3, "'A@b.example' is listed twice"
    ),
    "a deputy twice": (
        f'{LEAST}deputies = ["d@b.example", "d@b.example"]', 5, "deputies: 'd@b.example' is listed twice"
    ),
    "a channel twice": (
        LEAST.replace('"console"', '"console", "console"'), 4, "notify: 'console' is listed twice"
    ),
    "a kind twice": (f'{LEAST}review = ["content", "content"]', 5, "review: 'content' is listed twice"),
    "a control character": (f'{LEAST}name = "a\\nb"', 5, "name: 'a\\nb' holds a line break"),
    "a NUL": (LEAST.replace("a@b", "a\\u0000@b"), 3, "holds a line break or another control character"),
    "a wait that never gets so long": (
        f'{LEAST}max_wait = "5m"\nquiet_period = "6m"', 6, "longer than max_wait, which is 0:05:00"
    ),
    "a wait longer than the longest by default": (
        f'{LEAST}quiet_period = "11m"', 5, "longer than max_wait, which is 0:10:00"
    ),
    "a folder that an earlier route takes": (
        f'{LEAST}name = "first"\n' + LEAST.replace('"1"', '"9", "1"'), 7,
        "watch: the route 'first' above watches '1' too",
    ),
    "an unknown kind": (f'{LEAST}review = ["contents"]', 5, "did you mean 'content'?"),
    "a duration without unit": (f'{LEAST}quiet_period = "60"', 5, "'60' is not a duration"),
    "a negative duration": (f'{LEAST}max_wait = "-1m"', 5, "'-1m' is not a duration"),
    "a duration without end": (f'{LEAST}due = "99999999d"', 5, "longer than a year"),
    "an enormous duration": (f'{LEAST}due = "{"9" * 5000}s"', 5, "longer than a year"),
    "an unknown zone": (f'{LEAST}timezone = "Mars/Olympus"', 5, "there is no time zone 'Mars/Olympus'"),
    "a zone that is a folder": (f'{LEAST}timezone = "Europe"', 5, "there is no time zone 'Europe'"),
    "a zone outside": (f'{LEAST}timezone = "../../etc/passwd"', 5, "there is no time zone"),
    "an empty zone": (f'{LEAST}timezone = ""', 5, "there is no time zone"),
    "hours in another form": (f'{LEAST}working_hours = "9 to 5"', 5, "working hours look like"),
    "hours turned round": (f'{LEAST}working_hours = "Mon 17:00-09:00"', 5, "end after they start"),
    "an hour that is none": (f'{LEAST}working_hours = "Mon 25:00-26:00"', 5, "hour must be in"),
    "an unknown right": (f'{LEAST}may_acknowledge = "all"', 5, "known are channel, owners"),
    "a link where duties are segregated, as they are by default": (
        f'{LEAST}identity = "link"', 5, 'write segregation_of_duties = "off" (or "warn")'
    ),
    "a link where duties are segregated in words": (
        f'{LEAST}segregation_of_duties = "enforce"\nidentity = "link"', 6, "a link does not prove who answers"
    ),
    "snippets of documents that are not read": (
        f'{LEAST}private = true\nshow_changes = "card"', 6, '"card" would never show anything'
    ),
    "an unknown way to show changes": (f'{LEAST}show_changes = "cards"', 5, "did you mean 'card'?"),
    "an unknown duty": (f'{LEAST}segregation_of_duties = "of"', 5, "did you mean 'off'?"),
    "a name twice": (f'{LEAST}name = "x"\n{LEAST}name = "x"', 10, "the name 'x' is taken"),
    "broken TOML": (f"{LEAST}due = \n", 5, "Invalid value"),
    "a key twice": (f'{LEAST}watch = ["2"]\n', 5, "Cannot overwrite a value"),
    "a mistake at the very end": (f"{LEAST}due = ", 5, "Invalid value"),
}  # fmt: skip


@pytest.mark.parametrize("duties", ["off", "warn"])
def test_a_link_is_enough_where_no_one_has_to_be_told_from_the_contributors(duties: str) -> None:
    text = f'{LEAST}identity = "link"\nsegregation_of_duties = "{duties}"'

    [route] = parse(text, notifiers=CHANNELS).all

    assert (route.link_suffices, route.segregation_of_duties) == (True, duties)


@pytest.mark.parametrize("way", ShowChanges)
def test_a_route_says_how_changes_are_shown(way: ShowChanges) -> None:
    [route] = parse(f'{LEAST}show_changes = "{way}"', notifiers=CHANNELS).all

    assert route.show_changes is way


def test_of_a_link_and_an_unknown_duty_the_duty_is_the_mistake() -> None:
    text = f'{LEAST}identity = "link"\nsegregation_of_duties = "of"'

    assert [problem.partition(":")[0] for problem in problems(text)] == ["line 6"]


@pytest.mark.parametrize(("text", "line", "reason"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_with_its_line_and_reason(text: str, line: int, reason: str) -> None:
    mistakes = problems(text)

    assert any(problem.startswith(f"line {line}: ") and reason in problem for problem in mistakes), mistakes


@pytest.mark.parametrize("text", ["", "# nothing\n", "route = []"])
def test_a_file_without_routes_says_so(text: str) -> None:
    assert problems(text) == ["there is no [[route]]: no card would be posted"]


def test_all_mistakes_are_said_at_once() -> None:
    mistakes = problems(
        '[[route]]\nwatch = [" "]\nowners = ["x"]\nnotify = ["fax"]\n\n[[route]]\ndue = "soon"'
    )

    assert [problem.partition(":")[0] for problem in mistakes] == [
        "line 2", "line 3", "line 4", "line 6", "line 6", "line 6", "line 7",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", 90), (" 10m ", 600), ("8h", 28800), ("2d", 172800), ("0s", 0), ("5 m", 300)],
)
def test_durations_are_read(text: str, length: int) -> None:
    assert parse_duration(text) == timedelta(seconds=length)


def test_a_reminder_that_would_never_stop_is_a_mistake() -> None:
    assert problems(LEAST + 'remind = "0h"\n') == [
        "line 5: remind: '0h' is not a waiting time: leave it out for never"
    ]


def test_someone_who_is_owner_and_deputy_is_one_of_those_who_may_answer() -> None:
    text = LEAST + 'deputies = ["A@b.example"]\nrequired = 2\n'

    assert problems(text) == ["line 6: required: 2 people have to answer, but only 1 may"]


JOINED = """
[people]
"a@b.example" = { slack = "U0123456789" }
"c@b.example" = { slack = "U0123456789" }
"""


def test_two_addresses_of_one_person_are_one_of_those_who_may_answer() -> None:
    two = LEAST + 'deputies = ["C@b.example"]\nrequired = 2\n'

    [problem] = problems(two + JOINED)

    assert problem.startswith("line 6: required: 2 people have to answer, but only 1 may: [people] gives")
    for fine in (JOINED.replace("U0123456789", "U9876543210", 1), 'may_acknowledge = "channel"\n' + JOINED):
        assert parse(two + fine, notifiers=CHANNELS).all[0].required == 2


values = st.one_of(
    st.text(max_size=8).map(repr),
    st.sampled_from(['"1"', '["1"]', '["a@b.c"]', '["console"]', "5", "1.5", "true"]),
    st.sampled_from(["{}", "[[]]", "[{}]", "nan", '"LV"', '["2026-12-24"]', '"2 working days"']),
    st.sampled_from(["2026-01-01", "0x10", "inf", '"60s"', "[1, 2]", '"""x\n[[route]]\n"""', '[""]', "'\\'"]),
)  # fmt: skip
lines = st.one_of(
    st.sampled_from(["[[route]]", "[route]", "[[ route ]]", "[other]", "", "# x", "[route.x]"]),
    st.builds(
        "{} = {}".format,
        st.sampled_from(
            ["name", "watch", "owners", "deputies", "notify", "review", "quiet_period", "max_wait", "due",
             "working_hours", "timezone", "may_acknowledge", "segregation_of_duties", "a.b", '"watch"',
             "holidays", "closed", "remind"]
        ),
        values,
    ),
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(text=st.text(max_size=60) | st.lists(lines, max_size=8).map("\n".join))
def test_any_text_is_routes_or_a_list_of_problems(text: str) -> None:
    problems: list[str] = []
    routes = Routes([])
    try:
        routes = parse(text, notifiers=CHANNELS, find_calendar=find_calendar, today=date(2026, 12, 1))
    except RoutesInvalid as invalid:
        problems = invalid.problems

    assert bool(routes.all) != bool(problems)
    assert all(problems)


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5000, "a = 0x" + "f" * 5000])
def test_monstrous_values_are_problems_too(text: str) -> None:
    assert problems(text)


def test_a_monstrous_folder_id_is_a_problem() -> None:
    assert problems(LEAST.replace('"1"', "0x" + "f" * 5000))


def test_a_file_that_is_nested_too_deeply_is_refused_with_a_sentence() -> None:
    nested = "ladder = " + "[" * 3000 + "]" * 3000

    assert problems(LEAST + nested) == ["lists or tables are nested too deeply to be read"]
