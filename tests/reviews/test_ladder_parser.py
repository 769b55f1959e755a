"""The ladder in the routing file: what it means, and each mistake with the line of its step."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.errors import RoutesInvalid
from reviews.kinds import StepAction
from reviews.routes.file_parser import parse
from reviews.routes.ladder import LadderStep
from reviews.routes.ladder_parser import MAX_STEPS
from reviews.routes.route import Route, Routes, Target
from tests.reviews.routing_files import CHANNELS, LEAST

WITH_DUE = f'{LEAST}deputies = ["deputy@b.example"]\ndue = "16h"\n'
EXAMPLE = (
    'ladder = [{after = "50%", do = "remind"}, {after = "100%", do = "escalate", to = "deputies"}, '
    '{after = "150%", do = "escalate", to = "slack:C0OPS"}, {after = "200%", do = "lapse"}]\n'
)
SILENT = {"teams"}
TOO_LONG = """\
working_hours = "Mon 09:00-09:01"
due = "300m"
ladder = [{after = "173%", do = "remind"},
{after = "174%", do = "remind"}]
"""


def read_routes(text: str) -> Routes:
    return parse(text, notifiers=CHANNELS, silent=SILENT)


def read_route(text: str) -> Route:
    [route] = read_routes(text).all
    return route


def read_steps(steps: str) -> tuple[LadderStep, ...]:
    return read_route(f"{WITH_DUE}ladder = [{steps}]\n").ladder


def list_problems(text: str) -> list[str]:
    with pytest.raises(RoutesInvalid) as raised:
        read_routes(text)
    return raised.value.problems


def test_a_ladder_is_read_whole() -> None:
    assert read_route(WITH_DUE + EXAMPLE).ladder == (
        LadderStep(after=50, action=StepAction.REMIND),
        LadderStep(after=100, action=StepAction.ESCALATE, to="deputies"),
        LadderStep(after=150, action=StepAction.ESCALATE, to="slack:C0OPS", place=("slack", "C0OPS")),
        LadderStep(after=200, action=StepAction.LAPSE),
    )


def test_a_ladder_of_several_lines_and_one_of_tables_mean_the_same() -> None:
    lines = EXAMPLE.replace("[{", '[  # a " and a {\n  {').replace("}, {", "},\n  {")
    tables = "".join(
        f"[[route.ladder]]\n{step}\n"
        for step in (
            'after = "50%"\ndo = "remind"',
            'after = "100%"\ndo = "escalate"\nto = "deputies"',
            'after = "150%"\ndo = "escalate"\nto = "slack:C0OPS"',
            'after = "200%"\ndo = "lapse"',
        )
    )

    ladder = read_route(WITH_DUE + EXAMPLE).ladder

    assert read_route(WITH_DUE + lines).ladder == read_route(WITH_DUE + tables).ladder == ladder


@pytest.mark.parametrize(("last", "lapse"), [("50%", 100), ("100%", 100), ("130%", 130)])
def test_a_ladder_without_a_lapse_ends_with_one_that_is_not_written(last: str, lapse: int) -> None:
    steps = read_steps(f'{{after = "{last}", do = "remind", urgent = true}}')

    assert steps[1:] == (LadderStep(after=lapse, action=StepAction.LAPSE, urgent=True, is_written=False),)


def test_a_route_without_a_ladder_has_the_default_one() -> None:
    route = read_route(WITH_DUE)

    assert (route.ladder, route.urgent, route.after_request) == ((), False, None)
    assert [(step.after, step.action, step.to) for step in route.steps] == [
        (100, StepAction.ESCALATE, "deputies"),
        (100, StepAction.LAPSE, ""),
    ]


@pytest.mark.parametrize(
    "recipient", ["boss@b.example", "@compliance-team", "slack:C0OPS", "console", "deputies"]
)
def test_a_step_escalates_to_people_and_channels(recipient: str) -> None:
    [step, _lapse] = read_steps(f'{{after = "1%", do = "escalate", to = " {recipient} "}}')

    assert step.to == recipient
    assert step.place == {"slack:C0OPS": ("slack", "C0OPS"), "console": ("console", "")}.get(recipient)


def test_the_urgency_of_the_route_is_the_default_of_its_steps() -> None:
    steps = '{after = "50%", do = "remind"}, {after = "1000%", do = "remind", urgent = '

    calm = read_route(f"{WITH_DUE}ladder = [{steps}true}}]\n").ladder
    urgent = read_route(f"{WITH_DUE}urgent = true\nladder = [{steps}false}}]\n").ladder

    assert [step.urgent for step in calm] == [False, True, True]
    assert [step.urgent for step in urgent] == [True, False, False]


def test_steps_may_come_at_the_same_time() -> None:
    steps = read_steps('{after = "50%", do = "remind"}, {after = "50%", do = "escalate", to = "console"}')

    assert [step.after for step in steps] == [50, 50, 100]


@pytest.mark.parametrize("key", ["due", "remind", "after_request"])
def test_an_urgent_route_reminds_someone(key: str) -> None:
    assert read_route(f'{LEAST}{key} = "4h"\nurgent = true\n').urgent
    assert list_problems(f"{LEAST}urgent = true\n") == [
        "line 5: urgent: no one is reminded on this route: write due, remind or after_request beside it"
    ]
    assert not read_route(f"{LEAST}urgent = false\n").urgent


def test_contributors_are_asked_again_after_so_much_working_time() -> None:
    for text in ("8h", "1 working day"):
        assert read_route(f'{LEAST}after_request = "{text}"\n').after_request == timedelta(hours=8)


STEP_MISTAKES = {
    "no step's time": ('do = "remind"', "after is missing"),
    "no action": ('after = "50%"', "do is missing"),
    "a time that is a number": ('after = 50, do = "remind"', 'after must be text in quotes, as in "50%"'),
    "a time without its sign": (
        'after = "50", do = "remind"',
        "after: '50' is not a percentage: write a whole number from 1% to 1000%, as in \"50%\"",
    ),
    "a time of nothing": ('after = "0%", do = "remind"', "after: '0%' is not a percentage"),
    "a time that is too late": ('after = "1001%", do = "remind"', "after: '1001%' is not a percentage"),
    "a time with a fraction": ('after = "12.5%", do = "remind"', "after: '12.5%' is not a percentage"),
    "a time below zero": ('after = "-5%", do = "remind"', "after: '-5%' is not a percentage"),
    "a digit of another script": (
        'after = "\N{ARABIC-INDIC DIGIT FIVE}0%", do = "remind"', "is not a percentage"
    ),
    "an enormous time": (f'after = "{"9" * 5000}%", do = "remind"', "is not a percentage"),
    "an unknown action": (
        'after = "50%", do = "escalat"', "do: 'escalat' is unknown; did you mean 'escalate'?"
    ),
    "an action that is a flag": ('after = "50%", do = true', "do must be text in quotes"),
    "an unknown key": (
        'after = "50%", do = "remind", urgnt = true', "unknown key 'urgnt'; did you mean 'urgent'?"
    ),
    "an urgency in quotes": (
        'after = "50%", do = "remind", urgent = "true"', "urgent must be true or false, without quotes"
    ),
    "no recipient": (
        'after = "50%", do = "escalate"',
        'to is missing: write "deputies", an address, a group such as @compliance-team, or a channel',
    ),
    "several recipients": (
        'after = "50%", do = "escalate", to = ["deputies"]', "to must be text in quotes"
    ),
    "a recipient of a reminder": (
        'after = "50%", do = "remind", to = "deputies"', 'to counts only beside do = "escalate"'
    ),
    "a recipient of a lapse": (
        'after = "100%", do = "lapse", to = "deputies"', 'to counts only beside do = "escalate"'
    ),
    "an unknown recipient": (
        'after = "50%", do = "escalate", to = "boss"',
        "to: 'boss' is neither people nor a channel: write \"deputies\", an address, a group"
    ),
    "the deputies in the singular": (
        'after = "50%", do = "escalate", to = "Deputy"',
        "to: 'Deputy' is neither people nor a channel; did you mean 'deputies'?",
    ),
    "an empty recipient": (
        'after = "50%", do = "escalate", to = ""', "to: '' is neither people nor a channel: write"
    ),
    "an empty group": ('after = "50%", do = "escalate", to = "@"', "to: '@' is not an e-mail address or"),
    "two addresses": (
        'after = "50%", do = "escalate", to = "a@b.example, c@b.example"', "is not an e-mail address or"
    ),
    "an unknown channel": (
        'after = "50%", do = "escalate", to = "slak:C1"',
        "to: there is no channel 'slak'; did you mean 'slack'?",
    ),
    "a channel that is no address of it": (
        'after = "50%", do = "escalate", to = "slack:general"', "to: 'general' is no channel id"
    ),
    "a channel without its address": (
        'after = "50%", do = "escalate", to = "slack"', "to: 'slack' needs an address"
    ),
    "a channel that posts nothing": (
        'after = "50%", do = "escalate", to = "teams:x"',
        "to: teams:x posts nothing, so no one can be asked there",
    ),
    "a control character": (
        'after = "50%", do = "escalate", to = "a\\n@b.example"', "holds a line break or another control"
    ),
    "a lapse before the deadline": (
        'after = "99%", do = "lapse"',
        "after: a review lapses at its deadline at the earliest: write 100% or more"
    ),
    "a step before the one above": (
        'after = "9%", do = "remind"', "after: 9% comes after 10%: write the steps in ascending order"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("step", "reason"), STEP_MISTAKES.values(), ids=STEP_MISTAKES)
def test_a_mistake_is_reported_with_the_number_and_the_line_of_its_step(step: str, reason: str) -> None:
    ladder = f'ladder = [\n  # {{after = "1%"}}\n  {{after = "10%", do = "remind"}},\n\n  {{{step}}},\n]\n'
    first, second = 'after = "10%"\ndo = "remind"\n', step.replace(", ", "\n")
    tables = f"[[route.ladder]]\n{first}\n[[route.ladder]]\n{second}\n"

    in_lines = list_problems(WITH_DUE + ladder)
    in_one_line = list_problems(WITH_DUE + ladder.replace('# {after = "1%"}', "").replace("\n", "") + "\n")

    assert len(in_lines) == 1
    assert in_lines[0].startswith("line 11: ladder, step 2: ")
    assert reason in in_lines[0]
    assert in_one_line == [in_lines[0].replace("line 11", "line 7")]
    if ", c@b" not in step:
        assert list_problems(WITH_DUE + tables) == [in_lines[0]]


def test_nothing_follows_a_lapse() -> None:
    steps = '{after = "100%", do = "lapse"},\n{after = "150%", do = "remind"}'

    assert list_problems(f"{WITH_DUE}ladder = [\n{steps}\n]\n") == [
        "line 8: ladder, step 1: do: after a lapse no one is asked: write it as the last step"
    ]


@pytest.mark.parametrize(
    ("steps", "hint"),
    [
        ('{after = "50%",\n do = "remind"}', "on one line, without a comma before the }"),
        ('{after = "50%", do = "remind",},', "on one line, without a comma before the }"),
        ('{after = 50%, do = "remind"},', 'write it in quotes, as in "50%"'),
        ('{after = “50%”, do = "remind"},', 'write straight quotes, as in "50%"'),
        ('{after: "50%", do = "remind"},', "Expected '=' after a key"),
        ('{after = "50%", do = "remind"}\n{after = "60%", do = "remind"}', "write a comma after each step"),
    ],
)
def test_a_ladder_that_is_no_toml_is_refused_with_what_to_write(steps: str, hint: str) -> None:
    [problem] = list_problems(f"{WITH_DUE}ladder = [\n{steps}\n]\n")

    assert re.match("line [89]: [A-Z]", problem)
    assert hint in problem
    assert ("comma after each" in problem) == ("comma after each" in hint)


def test_a_lapse_in_the_first_place_is_one_mistake() -> None:
    steps = '{after = "200%", do = "lapse"},\n{after = "50%", do = "remind"},\n{after = "60%", do = "remind"}'

    assert list_problems(f"{WITH_DUE}ladder = [\n{steps}\n]\n") == [
        "line 8: ladder, step 1: do: after a lapse no one is asked: write it as the last step"
    ]


def test_deputies_are_asked_only_where_there_are_any() -> None:
    ladder = 'ladder = [{after = "50%", do = "escalate", to = "deputies"}]\n'

    assert list_problems(f'{LEAST}due = "16h"\n{ladder}') == [
        "line 6: ladder, step 1: to: this route has no deputies: write deputies, or someone else here"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('due = "16h"\nladder = []', "line 6: ladder has no steps: leave it out for the default"),
        ('due = "16h"\nladder = "50%"', "line 6: ladder must be a list of steps, as in ladder = [{after"),
        ('due = "16h"\nladder = ["50%"]', "line 6: ladder must be a list of steps, as in ladder = [{after"),
        ('due = "16h"\nladder = {after = "50%"}', "line 6: ladder must be a list of steps, as in"),
        (
            'ladder = [{after = "50%", do = "remind"}]',
            "line 5: ladder: its steps are percentages of the time until due: write due too",
        ),
        (
            'due = "16h"\nremind = "4h"\nladder = [{after = "50%", do = "remind"}]',
            "line 6: remind: the ladder has the reminders: leave out remind, or the ladder",
        ),
        (
            'due = "16h"\nladder = [' + '{after = "50%", do = "remind"},' * (MAX_STEPS + 1) + "]",
            "line 6: ladder has 21 steps, and 20 are allowed",
        ),
        ('laddr = [{after = "50%"}]', "line 5: unknown key 'laddr'; did you mean 'ladder'?"),
        ('after_request = "0h"', "line 5: after_request: '0h' is not a waiting time: leave it out"),
        ("after_request = 8", 'line 5: after_request must be text in quotes, as in "8h"'),
        (
            'after_request = "2 weeks"',
            "line 5: after_request: '2 weeks' is not a working time: write it as in",
        ),
        (
            'working_hours = "Mon 09:00-09:01"\nafter_request = "366d"',
            "line 6: after_request: this much working time takes more than 520 weeks",
        ),
        (
            TOO_LONG,
            "line 8: ladder, step 2: after: this much working time takes more than 520 weeks",
        ),
        ('due = "8h"\nurgent = "yes"', "line 6: urgent must be true or false, without quotes"),
    ],
)
def test_a_mistake_of_the_route_is_reported_with_its_line(text: str, problem: str) -> None:
    [first] = list_problems(f"{LEAST}{text}\n")

    assert first.startswith(problem)


def test_as_many_steps_as_are_allowed_are_read() -> None:
    assert len(read_steps('{after = "100%", do = "remind"},' * (MAX_STEPS - 1))) == MAX_STEPS


def test_tables_and_brackets_within_a_step_begin_no_other_step() -> None:
    steps = """{after = "10%", do = {x = ["]"]}}, # ]
{after = "{", do = "remind"}"""

    first, second = list_problems(f"{WITH_DUE}ladder = [\n{steps}]\n")

    assert first.startswith("line 8: ladder, step 1: do must be text")
    assert second.startswith("line 9: ladder, step 2: after: '{' is not a percentage")


def test_the_step_of_a_later_route_has_its_own_line() -> None:
    second = f'{LEAST.replace("1", "2")}due = "8h"\nladder = [\n{{after = "x", do = "remind"}}]\n'

    [problem] = list_problems(WITH_DUE + EXAMPLE + second)

    assert problem.startswith("line 14: ladder, step 1: after: 'x' is not a percentage")


def test_an_operators_route_has_no_ladder() -> None:
    operators = '[[route]]\nname = "operators"\nnotify = ["console"]\nladder = []\n'

    [problem] = list_problems(LEAST + operators)

    assert problem.startswith("line 8: ladder: 'operators' gets alarms, not changes")


def test_whom_a_ladder_names_is_named_by_the_file() -> None:
    steps = ", ".join(
        f'{{after = "50%", do = "escalate", to = "{to}"}}'
        for to in ("deputies", "Boss@b.example", "@board", "slack:C0OPS", "slack:C0OPS")
    )

    routes = read_routes(f"{WITH_DUE}ladder = [{steps}]\n")
    [route] = routes.all

    assert routes.addresses == {"a@b.example", "deputy@b.example", "boss@b.example"}
    assert (routes.groups, route.groups) == (("@board",), ())
    assert routes.all_targets == (
        ("route-1", Target(notifier="console", address="")),
        ("route-1", Target(notifier="slack", address="C0OPS")),
    )
    assert route.answerer_addresses == {"a@b.example", "deputy@b.example"}


values = st.one_of(
    st.text(max_size=8).map(repr),
    st.sampled_from(['"50%"', '"100%"', '"1000%"', '"remind"', '"escalate"', '"lapse"', '"deputies"']),
    st.sampled_from(["5", "1.5", "true", "nan", "{}", "[[]]", "2026-01-01", '"@team"', '"slack:C0OPS"']),
    st.sampled_from(["'''{'''", '"""x {after"""', '"]"', '"\\""', "'}'", "{after = 1}"]),
)
keys = st.sampled_from(["after", "do", "to", "urgent", "a.b", '"after"', "a", "a"])
steps = st.dictionaries(keys, values, max_size=4).map(
    lambda step: "{" + ", ".join(f"{key} = {value}" for key, value in step.items()) + "}"
)
gaps = st.sampled_from([",", ",\n", ", # }{\n", ",\n\n"])


@settings(deadline=None, max_examples=300)
@given(
    listed=st.lists(steps, max_size=4),
    gap=gaps,
    more=st.sampled_from(["", 'remind = "4h"\n']),
)
def test_any_ladder_is_steps_in_order_or_a_list_of_problems(listed: list[str], gap: str, more: str) -> None:
    text = f"{WITH_DUE}ladder = [{gap.join(listed)}\n]\n{more}"
    problems: list[str] = []
    ladder: tuple[LadderStep, ...] = ()
    try:
        ladder = read_route(text).ladder
    except RoutesInvalid as invalid:
        problems = invalid.problems

    assert bool(ladder) != bool(problems)
    assert all(re.match(r"line \d+: .", problem) for problem in problems)
    assert all(earlier.after <= later.after for earlier, later in pairwise(ladder))
    assert not ladder or ladder[-1].action is StepAction.LAPSE


@pytest.mark.parametrize(
    "ladder", ["[" * 20_000, "[{after = " + "9" * 5000 + "}]", "[{after = 0x" + "f" * 5000 + "}]"]
)
def test_monstrous_ladders_are_problems_too(ladder: str) -> None:
    assert list_problems(f"{WITH_DUE}ladder = {ladder}\n")
