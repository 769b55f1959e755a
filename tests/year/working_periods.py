"""Working time as one long list of periods: what the product calculates day by day, looked up in a table."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Collection

_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class WorkingPeriods:
    """The working periods of some years; times are whole microseconds since 1970."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    """How much working time there is before each period."""

    def find_position(self, moment: int) -> int:
        """Return how much working time lies before a moment."""
        number = bisect_right(self.starts, moment) - 1
        return self.before[number] + min(moment, self.ends[number]) - self.starts[number]

    def find_moment(self, position: int) -> int:
        """Return the first moment with so much working time before it."""
        number = bisect_right(self.before, position - 1) - 1
        return self.starts[number] + position - self.before[number]

    def add(self, moment: int, working: int) -> int:
        return self.find_moment(self.find_position(moment) + working)

    def is_working(self, moment: int) -> bool:
        number = bisect_right(self.starts, moment) - 1
        return moment < self.ends[number]


def list_working_periods(
    zone: str, *, weekdays: Collection[int], first: int, last: int, closed: Collection[date], years: range
) -> WorkingPeriods:
    """Return the periods from `first` to `last` o'clock on these weekdays, but for the closed days."""
    day, starts, ends = date(years.start, 1, 1), [], []
    while day.year < years.stop:
        if day.weekday() in weekdays and day not in closed:
            starts.append(count_microseconds(datetime.combine(day, time(first), ZoneInfo(zone))))
            ends.append(count_microseconds(datetime.combine(day, time(last), ZoneInfo(zone))))
        day += timedelta(days=1)
    lengths = [end - start for start, end in zip(starts, ends, strict=True)]
    return WorkingPeriods(starts=starts, ends=ends, before=[0, *accumulate(lengths)][:-1])


def count_microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def make_moment(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND
