"""The figures of routes, counted anew from all reviews, to compare with those that are kept as sums."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.durations import round_duration
from store.engine import read_only
from store.schema import reviews
from store.sums import load_sums

if TYPE_CHECKING:
    from collections.abc import Iterator

Figures = Counter[tuple[date, str, str | int]]
"""By day, route and figure; durations of acknowledgements by their seconds."""
LONG_AGO = date(1970, 1, 1)
ANSWERED = {"acknowledged", "changes_requested"}


def recount(engine: sa.Engine) -> Figures:
    """Count the reviews that there are."""
    with read_only(engine).connect() as connection:
        return Counter(
            figure for row in connection.execute(sa.select(reviews)) for figure in _list_figures(row)
        )


def _list_figures(row: sa.Row[Any]) -> Iterator[tuple[date, str, str | int]]:
    opened = row.opened_at.astimezone(UTC).date()
    yield opened, row.route, "opened"
    if row.state == "replaced" and row.answered_at is None:
        yield opened, row.route, "closed_otherwise"
    if row.state == "open" or row.answered_at is None:
        return
    day = row.answered_at.astimezone(UTC).date()
    yield day, row.route, row.state if row.state in ANSWERED else "closed_otherwise"
    if row.answered_late and row.state in ANSWERED:
        yield day, row.route, "late"
    if row.state == "acknowledged" and row.took_seconds is not None:
        yield day, row.route, round_duration(row.took_seconds)


def read_sums(engine: sa.Engine, first: date, end: date | None = None) -> Counter[tuple[str, str | int]]:
    """Return the figures by route, from a day to before another, without those that are zero."""
    figures: Counter[tuple[str, str | int]] = Counter()
    with read_only(engine).connect() as connection:
        for _, route, sums in load_sums(connection, first, end):
            figures.update({(route, figure): count for figure, count in sums.counts.items()})
            figures.update({(route, int(seconds)): count for seconds, count in sums.times.items()})
    return Counter({figure: count for figure, count in figures.items() if count})


def assert_sums_agree(engine: sa.Engine, counted: Figures | None = None) -> None:
    """Compare the sums of all time and of each day with the reviews, or with what was counted of them."""
    expected = recount(engine) if counted is None else counted
    assert read_sums(engine, LONG_AGO) == select_days(expected, LONG_AGO)
    for day in {day for day, _, _ in expected}:
        following = day + timedelta(days=1)
        assert read_sums(engine, day, following) == select_days(expected, day, following)


def select_days(figures: Figures, first: date, end: date | None = None) -> Counter[tuple[str, str | int]]:
    """Return the figures by route, from a day to before another."""
    selected: Counter[tuple[str, str | int]] = Counter()
    for (day, route, figure), count in figures.items():
        if first <= day and (end is None or day < end):
            selected[route, figure] += count
    return selected
