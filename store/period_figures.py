"""The figures of a digest of reviews: what is open on some routes, and what happened there in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.notice import DigestFigures
from store.schema import reviews
from store.schema.states import OPEN
from store.tallies import count_open_reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def compute_period(
    connection: sa.Connection, routes: Sequence[str], *, since: datetime, until: datetime, now: datetime
) -> DigestFigures:
    """Return the figures; each part reads an index of what is open, or of what happened in the period."""
    on_routes, is_open = reviews.c.route.in_(routes), reviews.c.state == OPEN
    waiting = count_open_reviews(connection)
    answered = _count_answered(connection, routes, since=since, until=until)
    return DigestFigures(
        waiting=sum(waiting.get(route, 0) for route in routes),
        overdue=_count(connection, is_open, on_routes, reviews.c.due_at < now),
        lapsed=_count(connection, is_open, on_routes, reviews.c.lapsed_at.is_not(None)),
        acknowledged=sum(answered.get((ReviewState.ACKNOWLEDGED, late), 0) for late in (True, False)),
        changes_requested=sum(
            answered.get((ReviewState.CHANGES_REQUESTED, late), 0) for late in (True, False)
        ),
        late=sum(count for (_state, late), count in answered.items() if late),
        found_late=_count(
            connection,
            reviews.c.seen_late.is_not(None),
            reviews.c.changed_at >= since,
            reviews.c.changed_at < until,
            on_routes,
        ),
    )


def _count_answered(
    connection: sa.Connection, routes: Sequence[str], *, since: datetime, until: datetime
) -> dict[tuple[str, bool], int]:
    """Return the numbers of reviews by their state and whether they were answered late."""
    columns = (reviews.c.state, reviews.c.answered_late)
    query = sa.select(*columns, sa.func.count()).where(
        reviews.c.answered_at >= since,
        reviews.c.answered_at < until,
        reviews.c.route.in_(routes),
        reviews.c.state.in_((ReviewState.ACKNOWLEDGED.value, ReviewState.CHANGES_REQUESTED.value)),
    )
    counts: dict[tuple[str, bool], int] = {}
    for state, late, count in connection.execute(query.group_by(*columns)):
        counts[state, bool(late)] = counts.get((state, bool(late)), 0) + count
    return counts


def _count(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(reviews).where(*conditions)
    return int(connection.execute(query).scalar_one())
