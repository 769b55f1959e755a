"""A day or time as a person named it, before it is known when and where that was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from reviews.absences.intervals import Span
from reviews.absences.local_times import resolve_local_time

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

RECENTLY_PASSED = timedelta(days=60)
"""A day without a year that was so recently is not taken for the one in a year: it is a slip."""


@dataclass(frozen=True, kw_only=True)
class DayWords:
    """A day as it was named: one of a weekday, a number of days ahead, or a date, perhaps without a year."""

    weekday: int | None = None
    days_ahead: int | None = None
    month: int = 0
    day: int = 0
    year: int | None = None

    def resolve(self, today: date) -> date:
        """Return the day; `today` is the day on which it was said, or after which it is meant.

        A weekday is the next one, and on that day itself the one in a week.
        """
        if self.weekday is not None:
            return today + timedelta(days=(self.weekday - today.weekday() - 1) % 7 + 1)
        if self.days_ahead is not None:
            return today + timedelta(days=self.days_ahead)
        if self.year is not None:
            return date(self.year, self.month, self.day)
        years = range(today.year - 1, today.year + 9)  # 29 Feb may be eight years ahead
        days = (make_date(year, self.month, self.day) for year in years)
        return next(day for day in days if day is not None and day >= today - RECENTLY_PASSED)


@dataclass(frozen=True, kw_only=True)
class TimeWords:
    """A moment as it was named: a day, a time, or both."""

    day: DayWords | None = None
    time: time | None = None

    def resolve(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the moment in UTC; a day without a time means its beginning, a time without a day today."""
        return resolve_local_time(self._resolve_day(now, zone), self.time or time(), zone)

    def resolve_span(self, now: datetime, zone: ZoneInfo) -> Span:
        """Return the whole day, or the minute of the time."""
        start = self.resolve(now, zone)
        if self.time is not None:
            return Span(start=start, end=start + timedelta(minutes=1))
        next_day = self._resolve_day(now, zone) + timedelta(days=1)
        return Span(start=start, end=resolve_local_time(next_day, time(), zone))

    def _resolve_day(self, now: datetime, zone: ZoneInfo) -> date:
        today = now.astimezone(zone).date()
        return self.day.resolve(today) if self.day else today


def make_date(year: int, month: int, day: int) -> date | None:
    """Return a date; `None` where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
