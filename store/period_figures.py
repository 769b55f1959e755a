"""The figures of a digest of reviews: what is open on some routes, and what happened there in a period."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.digest_notices import DigestFigures
from reviews.kinds import ReviewState
from store.figures import count_lapsed, count_overdue
from store.schema import reviews
from store.tallies import count_open_reviews

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

_ACKNOWLEDGED, _CHANGES_REQUESTED = ReviewState.ACKNOWLEDGED.value, ReviewState.CHANGES_REQUESTED.value


def compute_period(
    connection: sa.Connection, routes: Collection[str], *, since: datetime, until: datetime, now: datetime
) -> DigestFigures:
    """Return the figures; each part reads an index of what is open, or of what happened in the period.

    All routes are counted: with a condition on the route SQLite may read all that they ever had.
    """
    answered = _count_answered(connection, routes, since=since, until=until)
    return DigestFigures(
        waiting=_sum_routes(count_open_reviews(connection), routes),
        overdue=_sum_routes(count_overdue(connection, now), routes),
        lapsed=_sum_routes(count_lapsed(connection), routes),
        acknowledged=answered[_ACKNOWLEDGED, False] + answered[_ACKNOWLEDGED, True],
        changes_requested=answered[_CHANGES_REQUESTED, False] + answered[_CHANGES_REQUESTED, True],
        late=answered[_ACKNOWLEDGED, True] + answered[_CHANGES_REQUESTED, True],
        found_late=_sum_routes(_count_found_late(connection, since=since, until=until), routes),
    )


def _sum_routes(counts: Mapping[str, int], routes: Collection[str]) -> int:
    return sum(counts.get(route, 0) for route in routes)


def _count_answered(
    connection: sa.Connection, routes: Collection[str], *, since: datetime, until: datetime
) -> Counter[tuple[str, bool]]:
    """Return the numbers of reviews by their state and whether they were answered late."""
    columns = (reviews.c.route, reviews.c.state, reviews.c.answered_late)
    period = (reviews.c.answered_at >= since, reviews.c.answered_at < until)
    counts: Counter[tuple[str, bool]] = Counter()
    query = sa.select(*columns, sa.func.count()).where(*period).group_by(*columns)
    for route, state, late, count in connection.execute(query):
        if route in routes:
            counts[state, bool(late)] += count
    return counts


def _count_found_late(connection: sa.Connection, *, since: datetime, until: datetime) -> dict[str, int]:
    query = sa.select(reviews.c.route, sa.func.count().label("found")).where(
        reviews.c.seen_late.is_not(None), reviews.c.changed_at >= since, reviews.c.changed_at < until
    )
    return {row.route: row.found for row in connection.execute(query.group_by(reviews.c.route))}
