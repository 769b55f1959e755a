"""The weeks and days of the history page's charts: they begin where there is something to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.ports.listing import WeeklyFigures

MAX_WEEKS = 26
MAX_WEEKS_BY_DAY = 2
"""Number of weeks up to which a chart has a point for each day."""
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)


def list_week_edges(now: datetime, *, since: date | None, until: date | None) -> tuple[datetime, ...]:
    """Return the beginnings of the weeks, on Mondays in UTC, and the end of the last one.

    `since` and `until` are the first and the last day that were searched.
    """
    end = min(find_start_of_day(until) + _DAY, now) if until else now
    monday = find_start_of_day((end - timedelta(microseconds=1)).astimezone(UTC).date())
    monday -= timedelta(days=monday.weekday())
    first = monday - _WEEK * (MAX_WEEKS - 1)
    searched_since = find_start_of_day(since) if since else first
    begins = (first + _WEEK * number for number in range(MAX_WEEKS))
    return (*(begin for begin in begins if begin + _WEEK > searched_since), end)


def list_day_edges(weekly: WeeklyFigures) -> tuple[datetime, ...]:
    """Return the beginnings of the days of these weeks, in UTC, and the end of the last one."""
    first, end = weekly.weeks[0].begin, weekly.weeks[-1].end
    days = -((first - end) // _DAY)  # one that goes on counts
    return (*(first + _DAY * number for number in range(days)), end)


def is_short(weekly: WeeklyFigures) -> bool:
    """Return whether there are so few weeks that their days say more."""
    return 0 < len(weekly.weeks) <= MAX_WEEKS_BY_DAY


def omit_empty_start(weekly: WeeklyFigures) -> WeeklyFigures:
    """Return the figures from the first week or day on in which there was something to do."""
    empty = takewhile(lambda week: not (week.open or week.acknowledged), weekly.weeks)
    return replace(weekly, weeks=weekly.weeks[len(list(empty)) :])


def find_start_of_day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
