"""Closed days: working time passes over them, forwards and backwards, also where the clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.errors import NoWorkingTime
from reviews.routes.closed_days import ClosedDays
from reviews.routes.working_time import WorkingHours
from runtime.settings.holiday_calendars import find_calendar

RIGA = ZoneInfo("Europe/Riga")
OFFICE = WorkingHours.parse("Mon-Fri 09:00-17:00", RIGA)
LATVIA = replace(
    OFFICE, closed=ClosedDays(dates=frozenset({date(2026, 12, 23)}), calendars=(find_calendar("LV"),))
)
H = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
YEAR_START = datetime.fromisoformat("2026-01-01T00:00:00.345678Z")
BIT = timedelta(microseconds=345_678)
EVERY_SUNDAY = frozenset(date(2000, 1, 2) + number * 7 * DAY for number in range(5200))


def riga(text: str) -> datetime:
    """Return a time in Riga with the microseconds that a real one has."""
    return datetime.fromisoformat(text).replace(tzinfo=RIGA) + BIT


@pytest.mark.parametrize(
    ("start", "working", "due"),
    [
        # Good Friday and Easter Monday: 2026-04-03 and 2026-04-06
        ("2026-04-02T14:00", 8 * H, "2026-04-07T14:00"),
        # in the four days of Easter, after which it is a Tuesday
        ("2026-04-04T12:00", 1 * H, "2026-04-07T10:00"),
        # Midsummer with the day before it, 2026-06-22 to 24, all moved to be in a row
        ("2026-06-19T16:00", 2 * H, "2026-06-25T10:00"),
        # the route's own day, and Christmas: the 23rd to the 25th are a Wednesday to a Friday
        ("2026-12-22T14:00", 8 * H, "2026-12-28T14:00"),
        # New Year's Eve and New Year's Day are a Thursday and a Friday, in two years
        ("2026-12-30T16:00", 2 * H, "2027-01-04T10:00"),
        # 4 May 2027 is a Tuesday
        ("2027-05-03T16:00", 16 * H, "2027-05-06T16:00"),
        # Proclamation Day is a Wednesday in 2026
        ("2026-11-17T14:00", 16 * H, "2026-11-20T14:00"),
    ],
)
def test_closed_days_are_passed_over(start: str, working: timedelta, due: str) -> None:
    expected = (
        riga(due) if riga(start).hour in range(9, 17) and riga(start).weekday() < 5 else riga(due) - BIT
    )

    assert LATVIA.add_working_time(riga(start), working) == expected
    assert LATVIA.count_working_time(riga(start), expected) == working


@pytest.mark.parametrize(
    ("moment", "began", "begins"),
    [
        ("2026-04-02T16:00", "2026-04-02T09:00", "2026-04-02T16:00"),
        ("2026-04-03T12:00", "2026-04-02T09:00", "2026-04-07T09:00"),
        ("2026-04-06T23:00", "2026-04-02T09:00", "2026-04-07T09:00"),
        ("2026-04-07T08:00", "2026-04-02T09:00", "2026-04-07T09:00"),
        ("2026-12-24T12:00", "2026-12-22T09:00", "2026-12-28T09:00"),
        ("2027-01-03T12:00", "2026-12-30T09:00", "2027-01-04T09:00"),
    ],
)
def test_the_last_and_the_next_working_day_are_none_that_is_closed(
    moment: str, began: str, begins: str
) -> None:
    opening = LATVIA.find_next_opening(riga(moment))

    assert LATVIA.find_last_start(riga(moment)) == riga(began) - BIT
    assert opening == (riga(begins) if moment == begins else riga(begins) - BIT)
    assert opening.tzinfo is UTC


def test_work_begins_after_the_closed_days() -> None:
    assert LATVIA.find_opening_on(date(2026, 12, 23)) == riga("2026-12-28T09:00") - BIT


@pytest.mark.parametrize(
    ("start", "working", "due"),
    [
        # the hour from 03:00 is missing on 29 March 2026, and comes twice on 25 October
        ("2026-03-29T01:00", 4 * H, "2026-03-29T06:00"),
        ("2026-03-29T01:00", 5 * H, "2026-04-12T02:00"),
        ("2026-10-25T01:00", 6 * H, "2026-10-25T06:00"),
    ],
)
def test_closed_days_and_changes_of_the_clock_go_together(start: str, working: timedelta, due: str) -> None:
    nights = WorkingHours.parse("Sun 01:00-06:00", RIGA)
    closed = replace(nights, closed=ClosedDays(calendars=(find_calendar("LV"),)))  # 5 April is Easter

    assert closed.add_working_time(riga(start) - BIT, working) == riga(due) - BIT


def test_an_hour_that_comes_twice_is_not_gone_back_to() -> None:
    """Half past three was an hour ago, though the clock says a quarter past three."""
    early = WorkingHours.parse("Sun 03:30-06:00", RIGA)
    moment = datetime(2026, 10, 25, 3, 15, 0, 345_678, tzinfo=RIGA, fold=1)

    assert early.add_working_time(moment, H) == moment.astimezone(UTC) + H
    assert early.find_next_opening(moment) == moment.astimezone(UTC)


def test_hours_that_the_clock_skips_are_no_working_time() -> None:
    skipped = WorkingHours.parse("Sun 03:15-04:15", RIGA)

    assert skipped.find_next_opening(riga("2026-03-29T00:00")) == riga("2026-04-05T03:15") - BIT


@pytest.mark.parametrize("search", ["add", "next", "last", "on"])
def test_a_search_without_a_working_day_ends(search: str) -> None:
    never = replace(WorkingHours.parse("Sun 09:00-17:00", RIGA), closed=ClosedDays(dates=EVERY_SUNDAY))
    moment = riga("2040-12-01T12:00")
    searches = {
        "add": lambda: never.add_working_time(moment, H),
        "next": lambda: never.find_next_opening(moment),
        "last": lambda: never.find_last_start(moment),
        "on": lambda: never.find_opening_on(moment.date()),
    }

    with pytest.raises(NoWorkingTime, match="there is no working time near 2040-12-01"):
        searches[search]()


hours = st.sampled_from(
    [
        "Mon-Fri 09:00-17:00",
        "Fri-Mon 00:00-23:59",
        "Sat-Sun 02:30-05:00",
        "Sun 01:00-06:00",
        "Wed 10:00-11:00",
    ]
)
calendars = st.lists(st.sampled_from(["LV", "DE-BY", "SE", "US", "JP"]), max_size=2, unique=True)
dates = st.frozensets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=40)
worked = st.builds(
    lambda text, zone, codes, dates: replace(
        WorkingHours.parse(text, ZoneInfo(zone)),
        closed=ClosedDays(dates=dates, calendars=tuple(map(find_calendar, codes))),
    ),
    hours,
    st.sampled_from(["Europe/Riga", "UTC", "America/New_York", "Pacific/Auckland"]),
    calendars,
    dates,
)
starts = st.integers(0, 2 * 525_600).map(lambda minutes: YEAR_START + minutes * MINUTE)
durations = st.integers(0, 6000).map(lambda minutes: minutes * MINUTE + BIT)


@settings(deadline=None, max_examples=200)
@given(working=worked, start=starts, first=durations, second=durations)
def test_adding_is_monotone_and_additive_and_ends_at_work(
    working: WorkingHours, start: datetime, first: timedelta, second: timedelta
) -> None:
    sooner = working.add_working_time(start, first)
    later = working.add_working_time(start, first + second)

    assert start < sooner < later
    assert working.add_working_time(sooner, second) == later
    assert working.add_working_time(start + MINUTE, first) >= sooner
    for moment in (sooner, later):
        local = moment.astimezone(working.zone)
        assert local.weekday() in working.days
        assert local.date() not in working.closed


@settings(deadline=None, max_examples=200)
@given(working=worked, start=starts, duration=durations)
def test_counting_is_the_inverse_of_adding(
    working: WorkingHours, start: datetime, duration: timedelta
) -> None:
    due = working.add_working_time(start, duration)
    opens = working.find_next_opening(start)

    assert working.count_working_time(start, due) == duration
    assert working.count_working_time(start, due + BIT) >= duration
    assert working.count_working_time(due, start) == timedelta()
    assert working.count_working_time(start, opens) == timedelta()
    assert working.find_last_start(opens) <= opens
    assert opens.astimezone(working.zone).date() not in working.closed
    assert working.find_last_start(start).astimezone(working.zone).date() not in working.closed
