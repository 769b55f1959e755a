"""Figures week by week: how fast reviews were acknowledged, how many were open.

The database counts whole routes from indexes that hold all it needs. Other selections have no such index: the
newest reviews that match are read one by one, up to a limit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.ports.listing import WeekFigures, WeeklyFigures
from store.figures import compute_percentile, round_answer_time
from store.schema import reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

# With the plain route SQLite would read all of another index for its order.
_ON_ROUTE = reviews.c.route.concat("")
_COUNT = sa.func.count()


@dataclass(frozen=True, kw_only=True)
class ReviewSelection:
    """The reviews to read: at most `limit`, the newest; `clipped` if older ones were not searched."""

    query: sa.Select[Any]
    between: tuple[int, int]
    limit: int
    clipped: bool


def compute_for_routes(
    connection: sa.Connection, routes: Sequence[str], edges: Sequence[datetime]
) -> WeeklyFigures:
    """Count week by week, back from what is open now, by what was opened and closed since."""
    waiting = (reviews.c.route.in_(routes), reviews.c.state == ReviewState.OPEN)
    still_open = connection.execute(sa.select(_COUNT).where(*waiting)).scalar_one()
    closed_later = _match_span(reviews.c.answered_at, edges[-1], None), _ON_ROUTE.in_(routes)
    still_open += connection.execute(sa.select(_COUNT).where(*closed_later)).scalar_one()
    still_open -= _count_opened(connection, routes, edges[-1], None)
    backwards = []
    for begin, end in reversed(list(pairwise(edges))):
        closed, times = _count_answered(connection, routes, begin, end)
        backwards.append(_build_week(begin, end, open_=still_open, times=times))
        still_open += closed - _count_opened(connection, routes, begin, end)
    return WeeklyFigures(weeks=tuple(reversed(backwards)))


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
    opened = sorted(row.opened_at for row in rows)
    answered = sorted(
        (row.answered_at, row.state, row.took_seconds) for row in rows if row.answered_at is not None
    )
    moments = [at for at, _, _ in answered]
    weeks = []
    for begin, end in spans:
        closed = bisect_left(moments, end)
        in_week = answered[bisect_left(moments, begin) : closed]
        times = Counter(took for _, state, took in in_week if state == ReviewState.ACKNOWLEDGED)
        weeks.append(_build_week(begin, end, open_=bisect_left(opened, end) - closed, times=times.items()))
    return WeeklyFigures(weeks=tuple(weeks), searched_count=selection.limit if is_cut else None)


def _count_answered(
    connection: sa.Connection, routes: Sequence[str], begin: datetime, end: datetime
) -> tuple[int, list[tuple[int, int]]]:
    """Return how many were closed in a week, and of the acknowledged (seconds, count)."""
    took = round_answer_time().label("took")
    query = sa.select(reviews.c.state, took, _COUNT).where(
        _match_span(reviews.c.answered_at, begin, end), _ON_ROUTE.in_(routes)
    )
    counts = connection.execute(query.group_by(reviews.c.state, took)).all()
    times = [(seconds, count) for state, seconds, count in counts if state == ReviewState.ACKNOWLEDGED]
    return sum(count for _, _, count in counts), times


def _count_opened(
    connection: sa.Connection, routes: Sequence[str], begin: datetime, end: datetime | None
) -> int:
    query = sa.select(_COUNT).where(_match_span(reviews.c.opened_at, begin, end), _ON_ROUTE.in_(routes))
    return connection.execute(query).scalar_one()


def _match_span(
    column: sa.ColumnElement[datetime], begin: datetime, end: datetime | None
) -> sa.ColumnElement[bool]:
    return column >= begin if end is None else sa.and_(column >= begin, column < end)


def _build_week(
    begin: datetime, end: datetime, *, open_: int, times: Iterable[tuple[int, int]]
) -> WeekFigures:
    ascending = sorted(times)
    return WeekFigures(
        begin=begin,
        end=end,
        open=open_,
        acknowledged=sum(count for _, count in ascending),
        median=compute_percentile(ascending, 50) if ascending else None,
        ninetieth=compute_percentile(ascending, 90) if ascending else None,
    )
