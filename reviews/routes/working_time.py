"""Working time: when a duty with a number of working hours is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS_PATTERN = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? +(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)"
)


@dataclass(frozen=True, kw_only=True)
class WorkingHours:
    """The same hours on some days of the week, in one zone."""

    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo

    @property
    def weekly_time(self) -> timedelta:
        """The working time of a week."""
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

    def find_last_start(self, now: datetime) -> datetime:
        """Return the time (UTC) at which the latest working day began."""
        day = now.astimezone(self.zone).date()
        while True:
            opens = datetime.combine(day, self.start, self.zone).astimezone(UTC)
            if day.weekday() in self.days and opens <= now:
                return opens
            day -= timedelta(days=1)

    def add_working_time(self, moment: datetime, duration: timedelta) -> datetime:
        """Return the time (UTC) at which this much working time has passed."""
        local = moment.astimezone(self.zone)
        remaining = duration
        day = local.date()
        while True:
            if day.weekday() in self.days:
                opens = max(local, datetime.combine(day, self.start, self.zone))
                closes = datetime.combine(day, self.end, self.zone)
                day_time = closes.astimezone(UTC) - opens.astimezone(UTC)
                if remaining <= day_time:
                    return opens.astimezone(UTC) + remaining
                remaining -= max(day_time, timedelta())
            day += timedelta(days=1)

    def count_working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two times; none where the end is not after the start."""
        first, last = (moment.astimezone(self.zone).date() for moment in (start, end))
        total = timedelta()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day.weekday() in self.days:
                opens = datetime.combine(day, self.start, self.zone).astimezone(UTC)
                closes = datetime.combine(day, self.end, self.zone).astimezone(UTC)
                total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    def find_next_opening(self, moment: datetime) -> datetime:
        """Return the time itself if it is working time, else when that begins next (UTC)."""
        local = moment.astimezone(self.zone)
        day = local.date()
        while True:
            opens = datetime.combine(day, self.start, self.zone)
            if day.weekday() in self.days and local < datetime.combine(day, self.end, self.zone):
                return max(local, opens).astimezone(UTC)
            day += timedelta(days=1)

    def find_opening_on(self, day: date) -> datetime:
        """Return when work begins on that day, or on the next working day (UTC)."""
        return self.find_next_opening(datetime.combine(day, self.start, self.zone))
