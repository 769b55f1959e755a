"""Working time: when a duty with a number of working hours is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from reviews.errors import NoWorkingTime
from reviews.routes.closed_days import NO_CLOSED_DAYS, ClosedDays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

MAX_SEARCHED_DAYS = 30 * 366
"""The bound of all searches: some three times as long as the longest `due` and `remind` of a route."""

_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS_PATTERN = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? +(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)"
)


@dataclass(frozen=True, kw_only=True)
class WorkingHours:
    """The same hours on some days of the week, in one zone, but for closed days.

    A search that finds no working time within 30 years raises `NoWorkingTime`.
    """

    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo
    closed: ClosedDays = NO_CLOSED_DAYS

    @property
    def weekly_time(self) -> timedelta:
        """The working time of a week without closed days."""
        day = datetime.combine(date.min, self.end) - datetime.combine(date.min, self.start)
        return day * len(self.days)

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> WorkingHours:
        """Read `Mon-Fri 09:00-17:00`; `ValueError` says what is wrong."""
        form = _HOURS_PATTERN.fullmatch(text.strip().lower())
        if form is None or not {form["first"], form["last"] or form["first"]} <= set(_DAY_NAMES):
            raise ValueError('working hours look like "Mon-Fri 09:00-17:00"')
        first, last = _DAY_NAMES.index(form["first"]), _DAY_NAMES.index(form["last"] or form["first"])
        start, end = time.fromisoformat(form["start"]), time.fromisoformat(form["end"])
        if start >= end:
            raise ValueError("working hours must end after they start, on the same day")
        count = (last - first) % 7 + 1
        days = frozenset((first + offset) % 7 for offset in range(count))
        return cls(days=days, start=start, end=end, zone=zone)

    @property
    def daily_time(self) -> timedelta:
        """The working time of a working day."""
        return self.weekly_time / len(self.days)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.closed

    def has_working_day_in(self, year: int) -> bool:
        first = date(year, 1, 1)
        days = (first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1))
        return any(map(self.is_working_day, days))

    def find_last_start(self, now: datetime) -> datetime:
        """Return the time (UTC) at which the latest working day began."""
        for opens, _ in self._list_working_days(now, step=-1):
            if opens <= now:
                return opens
        raise NoWorkingTime(now)

    def add_working_time(self, moment: datetime, duration: timedelta) -> datetime:
        """Return the time (UTC) at which this much working time has passed."""
        start, remaining = moment.astimezone(UTC), duration
        for opens, closes in self._list_working_days(moment):
            begins = max(opens, start)
            if remaining <= closes - begins:
                return begins + remaining
            remaining -= max(closes - begins, timedelta())
        raise NoWorkingTime(moment)

    def count_working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two times; none where the end is not after the start."""
        first, last = (moment.astimezone(self.zone).date() for moment in (start, end))
        total = timedelta()
        for opens, closes in self._list_working_days(start, count=(last - first).days + 1):
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    def find_next_opening(self, moment: datetime) -> datetime:
        """Return the time itself if it is working time, else when that begins next (UTC)."""
        for opens, closes in self._list_working_days(moment):
            if moment < closes:
                return max(moment.astimezone(UTC), opens)
        raise NoWorkingTime(moment)

    def find_opening_on(self, day: date) -> datetime:
        """Return when work begins on that day, or on the next working day (UTC)."""
        return self.find_next_opening(datetime.combine(day, self.start, self.zone))

    def find_closing_on(self, day: date) -> datetime | None:
        """Return when work ends on that day (UTC); `None` if no one works on it."""
        noon = datetime.combine(day, time(12), self.zone)
        return next((closes for _opens, closes in self._list_working_days(noon, count=1)), None)

    def _list_working_days(
        self, moment: datetime, *, step: int = 1, count: int = MAX_SEARCHED_DAYS
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield when work begins and ends (UTC) on the working days among `count` days from a time on.

        In UTC, since times of one zone are compared without regard to its changes of the clock.
        """
        first = moment.astimezone(self.zone).date()
        for number in range(count):
            day = first + timedelta(days=step * number)
            if self.is_working_day(day):
                opens = datetime.combine(day, self.start, self.zone).astimezone(UTC)
                closes = datetime.combine(day, self.end, self.zone).astimezone(UTC)
                if opens < closes:  # the clock may be put forward over all of the hours
                    yield opens, closes
