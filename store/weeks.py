"""Figures week by week: how fast reviews were acknowledged, how many were open.

Those of whole routes are kept as sums. For other selections the newest reviews that match are read one by
one, up to a limit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.ports.listing import WeekFigures, WeeklyFigures
from store.durations import compute_percentiles, round_duration
from store.schema import reviews
from store.sums import OPENED, Sums, count_closed_less_opened, get_monday, load_sums
from store.tallies import count_open_reviews

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class ReviewSelection:
    """The reviews to read: at most `limit`, the newest; `clipped` if older ones were not searched."""

    query: sa.Select[Any]
    between: tuple[int, int]
    limit: int
    clipped: bool


def compute_for_routes(
    connection: sa.Connection, routes: Sequence[str], edges: Sequence[datetime], *, by_day: bool = False
) -> WeeklyFigures:
    """Count by the sums of days and weeks, back from what is open now, by what was opened and closed since.

    All edges but the last are Mondays, or successive days with `by_day`. A day of which the last one is
    within counts as a whole.
    """
    first, end = edges[0].date(), (edges[-1] - _MOMENT).astimezone(UTC).date() + timedelta(days=1)
    sums_by_week: defaultdict[date, Sums] = defaultdict(Sums)
    for day, _, sums in load_sums(connection, first, end, routes=routes, by_day=by_day):
        sums_by_week[day if by_day else get_monday(day)].add(sums)
    waiting = count_open_reviews(connection)
    still_open = sum(waiting.get(route, 0) for route in routes)
    still_open += count_closed_less_opened(connection, end, routes)
    backwards = []
    for begin, week_end in reversed(list(pairwise(edges))):
        sums = sums_by_week[begin.date()]
        backwards.append(_build_week(begin, week_end, open_=still_open, times=sums.times))
        still_open += sums.closed - sums.counts[OPENED]
    return WeeklyFigures(weeks=tuple(reversed(backwards)), by_day=by_day)


def compute_for_reviews(
    connection: sa.Connection, selection: ReviewSelection, edges: Sequence[datetime]
) -> WeeklyFigures:
    """Count the reviews of a query; weeks that may be incomplete are left out."""
    chosen = selection.query.subquery()
    columns = (reviews.c.opened_at, reviews.c.answered_at, reviews.c.state, reviews.c.took_seconds)
    query = sa.select(*columns).join(chosen, chosen.c.seq == reviews.c.seq)
    low, high = selection.between
    rows = connection.execute(query, {"low": low, "high": high}).all()
    is_cut = selection.clipped or len(rows) >= selection.limit
    first = min((row.opened_at for row in rows), default=edges[-1]) if is_cut else edges[0]
    spans = [(begin, end) for begin, end in pairwise(edges) if begin >= first]
    # What became a part of another review was closed when it was opened, as the sums have it.
    opened = sorted(row.opened_at for row in rows if row.answered_at or row.state != ReviewState.REPLACED)
    answered = sorted(
        ((row.answered_at, row.state, row.took_seconds) for row in rows if row.answered_at is not None),
        key=itemgetter(0),
    )
    moments = [at for at, _, _ in answered]
    weeks = []
    for begin, end in spans:
        closed = bisect_left(moments, end)
        in_week = answered[bisect_left(moments, begin) : closed]
        times = Counter(
            str(round_duration(took))
            for _, state, took in in_week
            if state == ReviewState.ACKNOWLEDGED and took is not None  # of a campaign it says nothing
        )
        weeks.append(_build_week(begin, end, open_=bisect_left(opened, end) - closed, times=times))
    return WeeklyFigures(weeks=tuple(weeks), searched_count=selection.limit if is_cut else None)


def _build_week(begin: datetime, end: datetime, *, open_: int, times: Mapping[str, int]) -> WeekFigures:
    median, ninetieth = compute_percentiles(times, 50, 90)
    return WeekFigures(
        begin=begin,
        end=end,
        open=open_,
        acknowledged=sum(times.values()),
        median=median,
        ninetieth=ninetieth,
    )
