"""Whose an event of a calendar is, and from when to when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from reviews.absences.calendar_reading import CalendarReading, read_absences
from reviews.absences.known_people import find_known_people
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


def list_reasons(**event: Any) -> list[str]:
    """Return why an event is not clear; it makes no one absent then."""
    reading = read(calendar_event(**event))
    assert not (reading.unclear and (reading.absences or reading.without_person))
    return [each.reason for each in reading.unclear]


def test_a_title_names_one_person_by_a_whole_field() -> None:
    composed, decomposed = (
        "Ren\N{LATIN SMALL LETTER E WITH ACUTE} Ozols",
        "RENE\N{COMBINING ACUTE ACCENT}  ozols",
    )
    names = {**NAMES, "finn@example.com": composed}
    titles = {
        "Dana Park: holiday": "dana@example.com",
        "  dana   PARK": "dana@example.com",
        "Dana Park - holiday - all day": "dana@example.com",
        "Dana Park \N{EN DASH} holiday": "dana@example.com",
        "Dana Park | holiday: Italy": "dana@example.com",
        "Eli@Example.com: away": "eli@example.com",
        "d.park@example.org": "dana@example.com",
        f"{decomposed}: holiday": "finn@example.com",
        "Dana Parker: holiday": None,
        "Holiday of Dana Park": None,
        "Cher: on tour": None,
        "\N{FULLWIDTH LATIN CAPITAL LETTER D}ana Park: holiday": None,
        "Someone Else: holiday": None,
        "": None,
    }

    readings = {title: read(calendar_event(summary=title), names=names) for title in titles}

    assert [each.unclear for each in readings.values()] == [()] * len(titles)
    assert {title: [each.person for each in reading.absences] for title, reading in readings.items()} == {
        title: [person] if person else [] for title, person in titles.items()
    }


def test_a_title_that_only_resembles_the_name_of_a_person_makes_no_one_absent() -> None:
    """Nor those who made the event, or take part in it."""
    titles = {
        "Dana Park-Meier: holiday": "begins with a name",
        "Dana Park's birthday": "begins with a name",
        "Dana Park's leave cover: Carl": "begins with a name",
        "Dana Park, holiday": "begins with a name",
        "Dana Park (sick)": "begins with a name",
        "Dana Park:holiday": "begins with a name",
        "Holiday (dana@example.com)": "an address is in its title",
        "Leave, cover: eli@example.com.": "an address is in its title",
    }
    own = {"attendees": ("eli@example.com",), "has_attendees": True, "organizer": "dana@example.com"}

    for title, reason in titles.items():
        for more in ({}, own):
            [stated] = list_reasons(summary=title, **more)
            assert reason in stated, title


def test_a_name_of_several_people_is_no_ones_even_if_one_of_them_takes_part() -> None:
    names = {"dana@example.com": "Dana Park", "eli@example.com": "dana park"}
    event = calendar_event(attendees=("dana@example.com",), has_attendees=True, organizer="dana@example.com")

    reading = read(event, names=names)

    assert (reading.absences, reading.without_person) == ((), 0)
    assert [each.reason for each in reading.unclear] == ["several people have the name in its title"]


def test_one_person_with_two_accounts_of_the_same_name_is_one() -> None:
    names = {"dana@example.com": "Dana Park", "d.park@example.org": "Dana Park"}

    (absence,) = read(calendar_event(), names=names).absences

    assert absence.person == "dana@example.com"


def test_whom_the_title_names_is_meant_alone_if_the_event_is_theirs() -> None:
    guests = ("eli@example.com", "d.park@example.org")
    assert read_people(attendees=guests, has_attendees=True, organizer="x@example.net") == [
        "dana@example.com"
    ]
    assert read_people(attendees=guests[:1], has_attendees=True, organizer="dana@example.com") == [
        "dana@example.com"
    ]
    for summary in ("Dana Park: holiday", "dana@example.com: holiday"):
        for others in (
            {"attendees": guests[:1], "has_attendees": True, "organizer": "eli@example.com"},
            {"has_attendees": True, "organizer": "outsider@example.net"},
            {"organizer": "outsider@example.net"},
        ):
            [reason] = list_reasons(summary=summary, **others)
            assert "not of the person in its title" in reason


def test_those_who_have_accepted_are_away_where_the_title_names_no_one() -> None:
    guests = ("d.park@example.org", "stranger@example.net", "gil@example.com")
    people = read_people(summary=UNNAMED, attendees=guests, has_attendees=True, organizer="eli@example.com")
    assert people == ["dana@example.com", "gil@example.com"]


def test_who_made_an_event_counts_only_without_attendees() -> None:
    assert read_people(summary=UNNAMED, organizer="eli@example.com") == ["eli@example.com"]
    assert read_people(summary=UNNAMED, organizer="eli@example.com", has_attendees=True) == []
    assert read_people(summary=UNNAMED, organizer="stranger@example.net") == []


def test_an_unclear_event_is_listed_once() -> None:
    series = [calendar_event(summary="Dana Park's day", starts_at=date(2026, 3, day)) for day in (9, 10)]
    [unclear] = read(*series).unclear
    assert (unclear.title, unclear.starts_at) == ("Dana Park's day", date(2026, 3, 9))


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


def test_of_an_event_that_is_there_twice_the_longer_one_counts() -> None:
    longer = calendar_event(ends_at=date(2026, 3, 20))
    for events in ((longer, calendar_event()), (calendar_event(), longer)):
        [absence] = read(*events).absences
        assert absence.ends_at == datetime(2026, 3, 20, 4, tzinfo=UTC)


def test_a_key_depends_on_event_and_person_and_shows_neither() -> None:
    events = (calendar_event(), calendar_event(uid="2"), calendar_event(summary="Eli Ross"))

    keys = [each.key for each in read(*events).absences]

    assert len(set(keys)) == 3
    assert all(len(key) == 32 and int(key, 16) for key in keys)
    moved = calendar_event(starts_at=date(2026, 3, 10), ends_at=date(2026, 3, 20))
    assert read(moved).absences[0].key == keys[0]
