"""Until when reminders can be put off with one choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.answers.snooze_choices import list_choices
from reviews.routes.closed_days import ClosedDays
from reviews.routes.working_time import WorkingHours

RIGA = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("Europe/Riga"))

CASES = [
    # Monday 10:00 in Riga, two hours behind UTC in winter
    ("2026-03-09T08:00", ["In two hours: 9 Mar, 12:00", "Tomorrow morning: 10 Mar, 09:00",
                          "Next Monday: 16 Mar, 09:00"]),
    # Monday 16:05: in two hours no one works
    ("2026-03-09T14:05", ["Tomorrow morning: 10 Mar, 09:00", "Next Monday: 16 Mar, 09:00"]),
    # Friday 10:00: tomorrow is a Saturday
    ("2026-03-13T08:00", ["In two hours: 13 Mar, 12:00", "Next Monday: 16 Mar, 09:00"]),
    # on a Sunday the next day is a Monday
    ("2026-03-15T08:00", ["Tomorrow morning: 16 Mar, 09:00"]),
    # the clocks go forward in the night to Sunday, 29 March
    ("2026-03-27T12:00", ["In two hours: 27 Mar, 16:00", "Next Monday: 30 Mar, 09:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("now", "words"), CASES)
def test_the_choices_are_in_working_time(now: str, words: list[str]) -> None:
    choices = list_choices(RIGA, datetime.fromisoformat(now).replace(microsecond=345_678, tzinfo=UTC))

    assert [later.label for later in choices] == [f"{each} (Europe/Riga)" for each in words]


CHRISTMAS = replace(
    RIGA,
    closed=ClosedDays(dates=frozenset(date(2026, 12, 21) + timedelta(days=number) for number in range(14))),
)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        # all days are closed from Monday, 21 December, to Sunday, 3 January; this is the Friday before
        ("2026-12-18T08:00", ["In two hours: 18 Dec, 12:00", "Next working day: 4 Jan, 09:00"]),
        ("2026-12-22T08:00", ["Next working day: 4 Jan, 09:00"]),
        ("2026-12-28T08:00", ["Next Monday: 4 Jan, 09:00"]),
        ("2027-01-03T08:00", ["Tomorrow morning: 4 Jan, 09:00"]),
    ],
)
def test_no_choice_is_a_closed_day(now: str, words: list[str]) -> None:
    choices = list_choices(CHRISTMAS, datetime.fromisoformat(now).replace(microsecond=345_678, tzinfo=UTC))

    assert [later.label for later in choices] == [f"{each} (Europe/Riga)" for each in words]


@given(
    hours_from_now=st.integers(min_value=0, max_value=24 * 1500),
    hours=st.sampled_from(["Mon-Fri 09:00-17:00", "Tue-Sat 08:00-20:00", "Wed 10:00-11:00"]),
    zone=st.sampled_from(["UTC", "Europe/Riga", "America/New_York", "Pacific/Auckland"]),
)
def test_there_is_always_a_choice_and_each_is_to_come_and_near(
    hours_from_now: int, hours: str, zone: str
) -> None:
    now = datetime(2026, 1, 1, 0, 0, 0, 345_678, tzinfo=UTC) + timedelta(hours=hours_from_now, minutes=7)
    working = WorkingHours.parse(hours, ZoneInfo(zone))

    choices = list_choices(working, now)

    assert choices
    assert len({later.until for later in choices}) == len(choices)
    for later in choices:
        assert now < later.until <= now + timedelta(days=15)
        assert working.find_next_opening(later.until) == later.until
