"""The hourly round that reads the calendar, its alarm, what the doctor says of it, and its secret address."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.identity import Person
from reviews.ports.absences import AbsenceSource
from runtime.cli import cli
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.calendar_conditions import UNREAD_AFTER, unclear_events, unread_calendar
from runtime.worker.calendar_rounds import READ_INTERVAL, CalendarRounds
from store import calendar_round
from store.schema import calendar_round as calendar_round_table
from store.schema import metadata
from tests.edge.calendar_host import PATH, SECRET, CalendarHost
from tests.edge.loopback import Reply
from tests.reviews.calendars import write_calendar
from tests.runtime.command import CommandResult, run_command
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ports.absences import Absence

ROUTES = """
absences = "{url}"

[[route]]
watch = ["1"]
owners = ["dana@example.com", "eli@example.com"]
notify = ["console"]

[[route]]
name = "operators"
notify = ["console"]
"""
UNFINISHED_NAME = "its title begins with a name, and no separator ends that name"
HOUR = timedelta(hours=1)
SUMMARY = (
    "the calendar on 127.0.0.1 has {count}; in the next two months 1 absence of 1 known person, {strangers} "
    "of no one known"
)
READ_ONCE = """
from runtime.observe import logs
from runtime.settings import settings
from runtime.wiring.wiring import Wiring
from runtime.worker.calendar_rounds import CalendarRounds

wiring = Wiring(settings.load())
logs.configure("debug")
assert CalendarRounds(wiring).read_if_due(wiring.calendar_reader)
"""


def write_holiday(wiring: Wiring, summary: str = "Dana Park: holiday") -> str:
    """Return an event that began yesterday and ends the day after tomorrow."""
    today = wiring.clock().date()
    first, last = (today + timedelta(days=days) for days in (-1, 2))
    return f"DTSTART;VALUE=DATE:{first:%Y%m%d}\nDTEND;VALUE=DATE:{last:%Y%m%d}\nSUMMARY:{summary}"


@pytest.fixture
def host() -> Iterator[CalendarHost]:
    with CalendarHost() as fake:
        yield fake


@pytest.fixture
def settings(database_url: str, host: CalendarHost) -> dict[str, str]:
    return {
        "database_url": database_url,
        "routes": ROUTES.format(url=host.url),
        "absences_allow_hosts": "127.0.0.1",
    }


@pytest.fixture
def wiring(settings: dict[str, str], host: CalendarHost) -> Iterator[Wiring]:
    made = Wiring(parse_settings(settings))
    host.calendar = write_calendar(write_holiday(made))
    with made.transactions() as work:
        dana = Person(id="d1", name="Dana Park", email="dana@example.com")
        work.people.remember(dana, at=made.clock())
        work.commit()
    yield made
    made.engine.dispose()


def read_once(wiring: Wiring) -> bool:
    reader = wiring.calendar_reader
    assert reader is not None
    return CalendarRounds(wiring).read_if_due(reader)


def let_next_round_begin(wiring: Wiring) -> None:
    over = wiring.clock() - timedelta(seconds=1)
    with wiring.engine.begin() as connection:
        connection.execute(sa.update(calendar_round_table).values(taken_until=over))


def list_absences(wiring: Wiring) -> list[Absence]:
    with wiring.transactions(reading=True) as work:
        return work.absences.list_of_source(AbsenceSource.CALENDAR, not_ended_by=wiring.clock())


def run_with(settings: dict[str, str], *arguments: str) -> CommandResult:
    return run_command(list(arguments), cli, **{name.upper(): value for name, value in settings.items()})


def read_findings(settings: dict[str, str]) -> list[tuple[str, str]]:
    findings = json.loads(run_with(settings, "doctor", "--json").out)
    return [(each["standing"], each["says"]) for each in findings if each["about"] == "absences"]


def test_a_worker_reads_the_calendar_once_an_hour(wiring: Wiring, host: CalendarHost) -> None:
    before = wiring.clock()
    assert [read_once(wiring), read_once(wiring)] == [True, False]

    assert len(host.requests) == 1
    (absence,) = list_absences(wiring)
    assert (absence.person, absence.source) == ("dana@example.com", AbsenceSource.CALENDAR)
    attempt = calendar_round.read_attempt(wiring.engine)
    assert attempt.failure is None
    assert attempt.read_at is not None
    assert attempt.read_at >= before
    let_next_round_begin(wiring)
    assert read_once(wiring)
    assert list_absences(wiring) == [absence]
    assert READ_INTERVAL == HOUR


def test_of_workers_that_begin_together_one_reads(
    wiring: Wiring, settings: dict[str, str], host: CalendarHost
) -> None:
    others = [Wiring(parse_settings(settings)) for _ in range(4)]

    have_read = run_in_threads(4, lambda number: read_once(others[number]))

    assert sorted(have_read) == [False, False, False, True]
    assert len(host.requests) == len(list_absences(wiring)) == 1
    for each in others:
        each.engine.dispose()


def test_without_a_calendar_nothing_runs(settings: dict[str, str]) -> None:
    routes = settings["routes"].partition("\n\n")[2]
    bare = Wiring(parse_settings({**settings, "routes": routes}))

    assert CalendarRounds(bare).build_rounds() == []
    assert list(unread_calendar(bare, bare.clock())) == []
    assert read_findings({**settings, "routes": routes}) == []
    bare.engine.dispose()


def test_a_calendar_has_rounds_of_its_own(wiring: Wiring) -> None:
    assert [each.name for each in CalendarRounds(wiring).build_rounds()] == ["calendar"]


def test_a_calendar_that_fails_changes_nothing_and_is_an_alarm_after_six_hours(
    wiring: Wiring, host: CalendarHost
) -> None:
    read_once(wiring)
    absences = list_absences(wiring)
    host.calendar = b"<!DOCTYPE html>"
    let_next_round_begin(wiring)
    assert read_once(wiring)

    since = calendar_round.read_attempt(wiring.engine).failing_since
    assert since is not None
    host.calendar = write_calendar()
    let_next_round_begin(wiring)
    assert read_once(wiring)

    assert list_absences(wiring) == absences
    assert calendar_round.read_attempt(wiring.engine).failing_since == since
    assert list(unread_calendar(wiring, since + UNREAD_AFTER - timedelta(seconds=1))) == []
    (condition,) = unread_calendar(wiring, since + UNREAD_AFTER)
    assert condition.sentence == (
        "The calendar of absences on 127.0.0.1 could not be read for six hours: it has no events any more; "
        "the absences known from it stay"
    )

    host.calendar = write_calendar(write_holiday(wiring))
    let_next_round_begin(wiring)
    assert read_once(wiring)
    assert list(unread_calendar(wiring, since + 2 * UNREAD_AFTER)) == []


def test_an_event_that_is_not_clear_is_an_alarm_until_it_is_gone(wiring: Wiring, host: CalendarHost) -> None:
    host.calendar = write_calendar(write_holiday(wiring, "Dana Park's birthday"))
    read_once(wiring)

    [condition] = unclear_events(wiring, wiring.clock())
    assert list_absences(wiring) == []
    assert condition.sentence == (
        "The calendar of absences on 127.0.0.1 has 1 event of which it is not clear who is away, so no one is"
    )
    assert "doctor lists them" in condition.remedy
    host.calendar = write_calendar(write_holiday(wiring))
    let_next_round_begin(wiring)
    read_once(wiring)
    assert list(unclear_events(wiring, wiring.clock())) == []


def test_the_doctor_says_what_is_in_the_calendar_and_stores_nothing(
    wiring: Wiring, settings: dict[str, str], host: CalendarHost
) -> None:
    assert read_findings(settings) == [("ok", SUMMARY.format(count="1 event", strangers=0))]
    with wiring.transactions() as work:
        other = Person(id="d2", name="Dana Park", email="eli@example.com")
        work.people.remember(other, at=wiring.clock())
        work.commit()
    stranger = write_holiday(wiring, "Someone Else")
    with_stand_in = write_holiday(wiring, "eli@example.com") + "\nDESCRIPTION:stand-in: dana@example.com"
    birthday = write_holiday(wiring, "Dana Park's\N{RIGHT-TO-LEFT OVERRIDE} birthday")
    host.calendar = write_calendar(
        write_holiday(wiring),
        stranger,
        with_stand_in,
        birthday,
        "DTSTART:20260101T000000Z\nRRULE:FREQ=HOURLY",
    )
    day = f"{wiring.clock() - timedelta(days=1):%Y-%m-%d}"

    assert read_findings(settings) == [
        ("ok", SUMMARY.format(count="5 events", strangers=1)),
        (
            "warning",
            f"the event 'Dana Park: holiday' of {day} is ignored: several people have the name in its title",
        ),
        (
            "warning",
            f'the event "Dana Park\'s birthday" of {day} is ignored: {UNFINISHED_NAME}',
        ),
        ("warning", "it can't be read when they are, or more than once a day: 1 event"),
    ]
    host.calendar = b"<html>"
    assert read_findings(settings) == [
        ("error", "the calendar on 127.0.0.1 can't be read: what is there is not a calendar (iCalendar)")
    ]
    assert list_absences(wiring) == []


@pytest.mark.parametrize(
    "reply",
    [
        None,
        Reply(500, b""),
        Reply(302, b"", headers={"Location": f"http://127.0.0.1:1{PATH}"}),
        Reply(200, b"", headers={"Content-Encoding": "gzip", "Transfer-Encoding": f"chunked, {SECRET}"}),
    ],
    ids=["a calendar", "an error", "a redirect", "a broken answer"],
)
def test_the_address_is_shown_nowhere(
    wiring: Wiring, settings: dict[str, str], host: CalendarHost, reply: Reply | None
) -> None:
    host.answer = (lambda _request: reply) if reply else None

    environment = {name.upper(): value for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-c", READ_ONCE], capture_output=True, check=True, text=True, env=environment
    )
    outputs = [
        run_with(settings, *arguments)
        for arguments in (
            ("doctor",),
            ("doctor", "--json"),
            ("routes", "check"),
            ("routes", "check", "--json"),
        )
    ]
    with wiring.engine.connect() as connection:
        rows = [str(connection.execute(sa.select(table)).all()) for table in metadata.sorted_tables]

    texts = [done.stdout, done.stderr, *(each.out + each.err for each in outputs), *rows]
    assert "calendar_" in done.stderr
    assert len(host.requests) == 3
    assert "127.0.0.1" in outputs[0].out + outputs[2].out
    assert [each for each in texts if SECRET in each] == []
