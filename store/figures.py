"""Figures by route: how much there was to review, and how fast it was done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ports.listing import RouteFigures
from store.durations import compute_percentiles
from store.schema import reviews
from store.schema.states import OPEN
from store.sums import ACKNOWLEDGED, CHANGES_REQUESTED, LATE, OPENED, Sums, load_sums
from store.tallies import count_open_reviews

if TYPE_CHECKING:
    from datetime import date, datetime


def compute_figures(connection: sa.Connection, *, since: date, now: datetime) -> list[RouteFigures]:
    """Return the figures of each route that had anything to do; `since` is a day in UTC."""
    sums_by_route: defaultdict[str, Sums] = defaultdict(Sums)
    for _, route, sums in load_sums(connection, since):
        sums_by_route[route].add(sums)
    waiting = count_open_reviews(connection)
    overdue = count_overdue(connection, now)
    lapsed = count_lapsed(connection)
    active = {route for route, sums in sums_by_route.items() if any(sums.counts.values())}
    return [
        replace(
            _build_figures(route, sums_by_route[route]),
            waiting=waiting.get(route, 0),
            overdue=overdue.get(route, 0),
            lapsed=lapsed.get(route, 0),
        )
        for route in sorted(active | set(waiting))
    ]


def count_overdue(connection: sa.Connection, now: datetime) -> dict[str, int]:
    """Count the open reviews that are past their deadline, by route."""
    query = sa.select(reviews.c.route, sa.func.count().label("overdue"))
    query = query.where(reviews.c.state == OPEN, reviews.c.due_at < now)
    return {row.route: row.overdue for row in connection.execute(query.group_by(reviews.c.route))}


def count_lapsed(connection: sa.Connection) -> dict[str, int]:
    """Count the open reviews that lapsed, by route."""
    query = sa.select(reviews.c.route, sa.func.count().label("lapsed"))
    query = query.where(reviews.c.state == OPEN, reviews.c.lapsed_at.is_not(None))
    return {row.route: row.lapsed for row in connection.execute(query.group_by(reviews.c.route))}


def _build_figures(route: str, sums: Sums) -> RouteFigures:
    median, ninetieth = compute_percentiles(sums.times, 50, 90)
    return RouteFigures(
        route=route,
        opened=sums.counts[OPENED],
        acknowledged=sums.counts[ACKNOWLEDGED],
        changes_requested=sums.counts[CHANGES_REQUESTED],
        late=sums.counts[LATE],
        median=median,
        ninetieth=ninetieth,
    )
