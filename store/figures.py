"""Figures by route, counted by the database: how much there was to review, and how fast it was done."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.ports.listing import RouteFigures
from store.schema import reviews

if TYPE_CHECKING:
    from datetime import datetime

_ROUTE, _STATE, _TOOK = reviews.c.route, reviews.c.state, reviews.c.took_seconds
_COUNT = sa.func.count()
HOUR, MINUTE = 3600, 60  # seconds


def compute_figures(connection: sa.Connection, *, since: datetime, now: datetime) -> list[RouteFigures]:
    """Return the figures of each route that had anything to do."""
    figures: dict[str, dict[str, Any]] = defaultdict(dict)
    # Grouped by the column itself, SQLite would read all of another index for its order.
    route_key = _ROUTE.concat("")
    opened = sa.select(route_key, _COUNT).where(reviews.c.opened_at >= since).group_by(route_key)
    for route, count in connection.execute(opened):
        figures[route]["opened"] = count
    for route, state, count, late in connection.execute(_select_answered(since)):
        figures[route][str(state)] = count
        figures[route]["late"] = figures[route].get("late", 0) + late
    for route, count, overdue in connection.execute(_select_waiting(now)):
        figures[route] |= {"waiting": count, "overdue": overdue}
    acknowledged: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for route, took, count in connection.execute(_select_times(since)):
        acknowledged[route].append((took, count))
    for route, times in acknowledged.items():
        figures[route] |= {
            "median": compute_percentile(times, 50),
            "ninetieth": compute_percentile(times, 90),
        }
    return [RouteFigures(route=route, **figures[route]) for route in sorted(figures)]


def _select_answered(since: datetime) -> sa.Select[Any]:
    late = sa.func.sum(sa.case((reviews.c.answered_late, 1), else_=0))
    final_states = (ReviewState.ACKNOWLEDGED, ReviewState.CHANGES_REQUESTED)
    answered = (reviews.c.answered_at >= since, _STATE.in_(final_states))
    return sa.select(_ROUTE, _STATE, _COUNT, late).where(*answered).group_by(_ROUTE, _STATE)


def _select_waiting(now: datetime) -> sa.Select[Any]:
    overdue = sa.func.sum(sa.case((reviews.c.due_at < now, 1), else_=0))
    query = sa.select(_ROUTE, _COUNT, overdue).where(_STATE == ReviewState.OPEN)
    return query.group_by(_ROUTE)


def _select_times(since: datetime) -> sa.Select[Any]:
    """Count acknowledgements by duration: to the second, and beyond an hour to the minute."""
    took = round_answer_time().label("took")
    acknowledged = (reviews.c.answered_at >= since, _STATE == ReviewState.ACKNOWLEDGED)
    query = sa.select(_ROUTE, took, _COUNT).where(*acknowledged)
    return query.group_by(_ROUTE, took).order_by(_ROUTE, took)


def round_answer_time() -> sa.ColumnElement[int]:
    """Return the duration of an answer in seconds: to the second, and beyond an hour to the minute."""
    return sa.case((_TOOK < HOUR, _TOOK), else_=_TOOK - _TOOK % MINUTE)


def compute_percentile(times: list[tuple[int, int]], percent: int) -> timedelta:
    """Return the time within which that percentage was done; `times` are (seconds, count), ascending."""
    cumulative = list(accumulate(count for _, count in times))
    index = bisect_left(cumulative, cumulative[-1] * percent / 100)
    return timedelta(seconds=times[index][0])
