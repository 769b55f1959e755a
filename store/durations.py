"""Durations of answers: rounded, so that any number of them is counted in few rows, and their percentiles."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = {
    0: 1,
    _MINUTE: 2,
    3 * _MINUTE: 5,
    10 * _MINUTE: 20,
    30 * _MINUTE: _MINUTE,
    _HOUR: 2 * _MINUTE,
    3 * _HOUR: 5 * _MINUTE,
    10 * _HOUR: 20 * _MINUTE,
    30 * _HOUR: _HOUR,
    60 * _HOUR: 2 * _HOUR,
    5 * _DAY: 4 * _HOUR,
    10 * _DAY: 8 * _HOUR,
    30 * _DAY: _DAY,
}
"""By the shortest duration for which it is used, the step to which durations are rounded down, in seconds.

It is at most a thirtieth of the duration. Sums that were stored with other steps stay as they are.
"""
_BEGINS = tuple(_STEPS)


def round_duration(seconds: int) -> int:
    """Return the duration rounded down, by at most a thirtieth of it."""
    begin = _BEGINS[bisect_right(_BEGINS, max(seconds, 0)) - 1]
    return max(seconds - seconds % _STEPS[begin], 0)


def compute_percentiles(times: Mapping[str, int], *percents: int) -> list[timedelta | None]:
    """Return the times within which these percentages were done; `times` are counts by seconds."""
    ascending = sorted((int(seconds), count) for seconds, count in times.items() if count > 0)
    if not ascending:
        return [None] * len(percents)
    cumulative = list(accumulate(count for _, count in ascending))
    indexes = (bisect_left(cumulative, cumulative[-1] * percent / 100) for percent in percents)
    return [timedelta(seconds=ascending[index][0]) for index in indexes]
