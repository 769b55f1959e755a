"""Whose an event of a calendar is, from when to when, and who stands in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reviews.absences.calendar_reading import CalendarReading, read_absences
from reviews.absences.known_people import find_known_people
from reviews.absences.stand_in_line import find_stand_in
from reviews.routes.file_parser import parse
from tests.reviews.calendars import calendar_event, content_of
from tests.reviews.routing_files import CHANNELS

ROUTES = parse(
    """
[[route]]
watch = ["1"]
owners = ["dana@example.com"]
deputies = ["Eli@example.com", "@compliance-team"]
notify = ["console"]
working_hours = "Mon-Fri 09:00-17:00"
timezone = "America/New_York"

[[route]]
watch = ["2"]
owners = ["dana@example.com", "finn@example.com"]
notify = ["console"]
working_hours = "Mon-Fri 09:00-17:00"
timezone = "Pacific/Auckland"

[people]
"dana@example.com" = { slack = "U0000000001" }
"d.park@example.org" = { slack = "U0000000001" }
"gil@example.com" = { slack = "U0000000002" }
""",
    notifiers=CHANNELS,
)
NAMES = {
    "dana@example.com": "Dana Park",
    "eli@example.com": "Eli  Ross",
    "finn@example.com": "Finn Ross Meyer",
    "gil@example.com": "Cher",
}
UNNAMED = "Holiday"


def read(*events: Any, names: dict[str, str] | None = None, **more: Any) -> CalendarReading:
    directory = find_known_people(ROUTES, NAMES if names is None else names)
    return read_absences(content_of(*events, **more), directory)


def read_people(**event: Any) -> list[str]:
    return [each.person for each in read(calendar_event(**event)).absences]


@pytest.mark.parametrize(
    ("summary", "people"),
    [
        ("Dana Park: holiday", ["dana@example.com"]),
        ("  dana   PARK", ["dana@example.com"]),
        ("Dana Parker: holiday", []),
        ("Holiday of Dana Park", []),
        ("Eli Ross (sick)", ["eli@example.com"]),
        ("Cher: on tour", []),
        ("Holiday (dana@example.com)", ["dana@example.com"]),
        ("Away: Eli@Example.com, d.park@example.org.", ["eli@example.com", "dana@example.com"]),
        ("Someone Else: holiday", []),
        ("", []),
    ],
)
def test_a_title_says_who_is_away(summary: str, people: list[str]) -> None:
    assert read_people(summary=summary) == people


def test_the_longest_name_counts() -> None:
    names = {"dana@example.com": "Finn Ross", "finn@example.com": "Finn Ross Meyer"}

    (absence,) = read(calendar_event(summary="Finn Ross Meyer: holiday"), names=names).absences

    assert absence.person == "finn@example.com"


def test_a_name_of_several_people_is_no_ones_even_if_one_of_them_takes_part() -> None:
    names = {"dana@example.com": "Dana Park", "eli@example.com": "dana park"}
    event = calendar_event(attendees=("dana@example.com",), has_attendees=True, organizer="dana@example.com")

    reading = read(event, names=names)

    assert (reading.absences, reading.ambiguous, reading.without_person) == ((), 1, 0)


def test_one_person_with_two_accounts_of_the_same_name_is_one() -> None:
    names = {"dana@example.com": "Dana Park", "d.park@example.org": "Dana Park"}

    (absence,) = read(calendar_event(), names=names).absences

    assert absence.person == "dana@example.com"


def test_whom_the_title_names_is_meant_and_no_other_attendee() -> None:
    guests = ("eli@example.com", "finn@example.com")
    assert read_people(attendees=guests, has_attendees=True) == ["dana@example.com"]


def test_those_who_take_part_are_away_where_the_title_names_no_one() -> None:
    guests = ("d.park@example.org", "stranger@example.net", "gil@example.com")
    people = read_people(summary=UNNAMED, attendees=guests, has_attendees=True, organizer="eli@example.com")
    assert people == ["dana@example.com", "gil@example.com"]


def test_who_made_an_event_counts_only_without_attendees() -> None:
    assert read_people(summary=UNNAMED, organizer="eli@example.com") == ["eli@example.com"]
    assert read_people(summary=UNNAMED, organizer="eli@example.com", has_attendees=True) == []
    assert read_people(summary=UNNAMED, organizer="stranger@example.net") == []


def test_events_of_strangers_are_counted() -> None:
    reading = read(calendar_event(), calendar_event(uid="2", summary="Someone Else: holiday"))
    assert (len(reading.absences), reading.people, reading.without_person) == (1, 1, 1)


def test_whole_days_are_those_of_the_calendar_else_of_the_persons_first_route() -> None:
    eli, finn = (calendar_event(uid=name, summary=f"{name}@example.com") for name in ("eli", "finn"))

    own = [(each.starts_at, each.ends_at) for each in read(eli, finn).absences]
    calendars = [(each.starts_at, each.ends_at) for each in read(eli, finn, zone="Europe/Riga").absences]

    # New York changed its clocks on 8 March, Auckland on 5 April, Riga on 29 March.
    assert own == [
        (datetime(2026, 3, 9, 4, tzinfo=UTC), datetime(2026, 3, 14, 4, tzinfo=UTC)),
        (datetime(2026, 3, 8, 11, tzinfo=UTC), datetime(2026, 3, 13, 11, tzinfo=UTC)),
    ]
    assert calendars == [(datetime(2026, 3, 8, 22, tzinfo=UTC), datetime(2026, 3, 13, 22, tzinfo=UTC))] * 2


def test_the_zone_of_who_is_in_no_route_is_utc() -> None:
    (absence,) = read(calendar_event(summary="gil@example.com")).absences
    assert absence.starts_at == datetime(2026, 3, 9, tzinfo=UTC)


def test_a_time_without_a_zone_is_one_on_the_wall() -> None:
    floating = datetime(2026, 3, 9, 8, 30)  # noqa: DTZ001 - as a calendar has it
    event = calendar_event(starts_at=floating, ends_at=floating + timedelta(hours=2))

    assert read(event).absences[0].starts_at == datetime(2026, 3, 9, 12, 30, tzinfo=UTC)
    assert read(event, zone="Europe/Riga").absences[0].starts_at == datetime(2026, 3, 9, 6, 30, tzinfo=UTC)


def test_an_event_without_duration_is_no_absence() -> None:
    at = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
    assert read(calendar_event(starts_at=at, ends_at=at)).absences == ()


def test_only_a_known_person_stands_in() -> None:
    events = [
        calendar_event(uid=who, stand_in=who)
        for who in ("eli@example.com", "d.park@example.org", "stranger@example.net")
    ]

    reading = read(*events)

    assert [each.stand_in for each in reading.absences] == ["eli@example.com", None, None]
    assert reading.unknown_stand_ins == 1


def test_a_key_depends_on_event_beginning_and_person_and_shows_none_of_them() -> None:
    later = calendar_event(starts_at=calendar_event().starts_at + timedelta(days=1))
    events = (calendar_event(), later, calendar_event(uid="2"), calendar_event(summary="Eli Ross"))

    keys = [each.key for each in read(*events).absences]

    assert len(set(keys)) == 4
    assert keys == [each.key for each in read(*events).absences]
    assert all(len(key) == 32 and int(key, 16) for key in keys)
    longer = calendar_event(ends_at=calendar_event().ends_at + timedelta(days=1), stand_in="eli@example.com")
    assert read(longer).absences[0].key == keys[0]


@pytest.mark.parametrize(
    ("description", "stand_in"),
    [
        ("stand-in: Eli@example.com", "eli@example.com"),
        ("Gone fishing\n  Stand-In :  <mailto:eli@example.com>\nbye", "eli@example.com"),
        ("Vertretung: eli@example.com", "eli@example.com"),
        ("Gone.<br>Vertretung: eli@example.com<br/>Bye", "eli@example.com"),
        ("<p>stand-in: eli@example.com</p>", "eli@example.com"),
        ("stand-in: eli@example.com.", "eli@example.com"),
        ("stand-in: Eli Ross", None),
        ("my stand-in: eli@example.com", None),
        ("stand-in:\neli@example.com", None),
        ("x" * 20_000 + "\nstand-in: eli@example.com", None),
        ("", None),
    ],
)
def test_a_line_of_the_description_names_the_stand_in(description: str, stand_in: str | None) -> None:
    assert find_stand_in(description) == stand_in
