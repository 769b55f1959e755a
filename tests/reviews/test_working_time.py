"""Working time: weekends, the clock that is put forward and back, and hours in one zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.routes.working_time import WorkingHours

RIGA = ZoneInfo("Europe/Riga")
OFFICE = WorkingHours.parse("Mon-Fri 09:00-17:00", RIGA)
H = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BIT = timedelta(microseconds=345_678)


def riga(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=RIGA)


@pytest.mark.parametrize(
    ("start", "working", "due"),
    [
        (riga(9, 10), 2 * H, riga(9, 12)),
        (riga(9, 10), 7 * H, riga(9, 17)),
        (riga(9, 10), 8 * H, riga(10, 10)),
        (riga(9, 6), 1 * H, riga(9, 10)),
        (riga(9, 17), 1 * H, riga(10, 10)),
        (riga(9, 23), 8 * H, riga(10, 17)),
        (riga(13, 16), 2 * H, riga(16, 10)),
        (riga(14, 12), 1 * H, riga(16, 10)),
        (riga(15, 23, 59), 40 * H, riga(20, 17)),
        (riga(9, 10) + BIT, 7 * H, riga(10, 9) + BIT),
        (riga(9, 17) - BIT, BIT, riga(9, 17)),
        (riga(9, 6) + BIT, 1 * H, riga(9, 10)),
    ],
    ids=str,
)
def test_only_working_hours_count(start: datetime, working: timedelta, due: datetime) -> None:
    assert OFFICE.add_working_time(start.astimezone(UTC), working) == due


def test_the_answer_is_in_utc() -> None:
    assert OFFICE.add_working_time(riga(9, 10), H).tzinfo is UTC


def test_the_clock_put_forward_over_the_weekend_changes_no_working_time() -> None:
    assert OFFICE.add_working_time(riga(27, 16), 2 * H) == riga(30, 10)
    assert OFFICE.add_working_time(riga(27, 16), 2 * H) == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_a_night_with_the_clock_put_forward_is_an_hour_shorter() -> None:
    nights = WorkingHours.parse("Sun 01:00-06:00", RIGA)

    assert nights.add_working_time(riga(29, 1), 3 * H) == riga(29, 5)
    assert nights.add_working_time(riga(29, 1), 5 * H) == riga(5, 2, month=4)


def test_a_night_with_the_clock_put_back_is_an_hour_longer() -> None:
    nights = WorkingHours.parse("Sun 01:00-06:00", RIGA)

    assert nights.add_working_time(riga(25, 1, month=10), 6 * H) == riga(25, 6, month=10)


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (riga(10, 9), riga(10, 9)),
        (riga(10, 9) + BIT, riga(10, 9)),
        (riga(10, 9) - BIT, riga(9, 9)),
        (riga(10, 8, 59), riga(9, 9)),
        (riga(15, 23), riga(13, 9)),
        (riga(30, 9) + BIT, riga(30, 9)),
    ],
    ids=str,
)
def test_the_newest_working_day_is_found_over_weekends_and_in_summer(now: datetime, began: datetime) -> None:
    assert OFFICE.find_last_start(now) == began


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri 09:00-17:00", {0, 1, 2, 3, 4}),
        ("sat 10:00-12:00", {5}),
        ("Fri-Mon 00:00-23:59", {4, 5, 6, 0}),
        ("Sun-Sat 09:00-17:00", set(range(7))),
    ],
)
def test_days_are_read_in_either_case_and_over_the_week_end(text: str, days: set[int]) -> None:
    assert WorkingHours.parse(text, RIGA).days == days


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon-Fri",
        "9-17",
        "Mon-Fry 09:00-17:00",
        "Mon 9:00-17:00",
        "Mon 17:00-09:00",
        "Mon 09:00-09:00",
        "Mon 24:30-25:00",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"working hours|hour must be"):
        WorkingHours.parse(text, RIGA)


@settings(deadline=None, max_examples=50)
@given(
    start=st.integers(0, 1_000_000).map(lambda minutes: riga(9, 0) + timedelta(minutes=minutes) + BIT),
    first=st.integers(0, 2000),
    second=st.integers(1, 2000),
)
def test_more_work_is_due_later_and_always_at_work(start: datetime, first: int, second: int) -> None:
    sooner = OFFICE.add_working_time(start, timedelta(minutes=first))
    later = OFFICE.add_working_time(start, timedelta(minutes=first + second))

    assert start <= sooner < later
    assert OFFICE.add_working_time(sooner, timedelta(minutes=second)) == later
    local = later.astimezone(RIGA)
    assert local.weekday() < 5
    assert OFFICE.start <= local.time() <= OFFICE.end


@pytest.mark.parametrize(
    ("start", "end", "working"),
    [
        (riga(9, 10), riga(9, 12), 2 * H),
        (riga(9, 6), riga(9, 23), 8 * H),
        (riga(9, 10), riga(10, 10), 8 * H),
        (riga(13, 16), riga(16, 10), 2 * H),
        (riga(14, 12), riga(15, 12), 0 * H),
        (riga(9, 17), riga(10, 9), 0 * H),
        (riga(9, 17) - BIT, riga(10, 9) + BIT, 2 * BIT),
        (riga(9, 12), riga(9, 12), 0 * H),
        (riga(9, 12), riga(9, 10), 0 * H),
        (riga(16, 10), riga(9, 10), 0 * H),
        (riga(27, 16), riga(30, 10), 2 * H),
    ],
    ids=str,
)
def test_the_working_time_between_two_times_is_counted(
    start: datetime, end: datetime, working: timedelta
) -> None:
    assert OFFICE.count_working_time(start, end.astimezone(UTC)) == working


def test_a_night_counts_as_long_as_it_was_where_the_clock_changes() -> None:
    nights = WorkingHours.parse("Sun 01:00-06:00", RIGA)

    assert nights.count_working_time(riga(29, 0), riga(29, 12)) == 4 * H
    assert nights.count_working_time(riga(25, 0, month=10), riga(25, 12, month=10)) == 6 * H


@settings(deadline=None, max_examples=50)
@given(
    start=st.integers(0, 525_600).map(lambda minutes: riga(9, 0).astimezone(UTC) + minutes * MINUTE),
    working=st.integers(0, 10_000).map(lambda minutes: minutes * MINUTE + BIT),
    hours=st.sampled_from(["Mon-Fri 09:00-17:00", "Sat-Sun 00:00-23:59", "Sun 01:00-06:00"]),
)
def test_what_was_added_is_counted(start: datetime, working: timedelta, hours: str) -> None:
    worked = WorkingHours.parse(hours, RIGA)

    assert worked.count_working_time(start, worked.add_working_time(start, working)) == working
