"""The figures of routes by days and weeks in UTC, which triggers count as reviews are opened and closed.

A trigger adds an increment in the transaction of the review; housekeeping adds the increments to the sums of
their day and week. A figure is the sum and the increments that are not in it yet, read in one snapshot.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.durations import round_duration
from store.engine import build_by_dialect
from store.schema import route_increments, route_sums

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ACKNOWLEDGED, CHANGES_REQUESTED = ReviewState.ACKNOWLEDGED.value, ReviewState.CHANGES_REQUESTED.value
OPENED, CLOSED_OTHERWISE, LATE = "opened", "closed_otherwise", "late"
FIGURES = (OPENED, ACKNOWLEDGED, CHANGES_REQUESTED, CLOSED_OTHERWISE, LATE)
"""Columns of counts. What is closed otherwise became a part of another review, or has an unknown state."""
DAY, WEEK = "day", "week"
MIN_ROWS_TO_SUM = 200
BATCH_SIZE = 20_000

_ANSWERED = (ACKNOWLEDGED, CHANGES_REQUESTED)
_CLOSED = (*_ANSWERED, CLOSED_OTHERWISE)
_BEGIN, _INCREMENT = route_sums.c.begin, route_increments.c
_IS_DAY, _IS_WEEK = route_sums.c.span == DAY, route_sums.c.span == WEEK
_ADDED = sa.func.sum(_INCREMENT.count).label("added")
_GROUP = (_INCREMENT.day, _INCREMENT.route, _INCREMENT.figure, _INCREMENT.late, _INCREMENT.took_seconds)
_PUT = build_by_dialect(
    route_sums,
    lambda insert: insert.on_conflict_do_update(
        index_elements=list(route_sums.primary_key),
        set_={name: insert.excluded[name] for name in (*FIGURES, "times")},
    ),
)

Key = tuple[str, date, str]
"""Span, its first day, and route."""


@dataclass(frozen=True)
class Sums:
    """Counts by figure; `times` are counts of acknowledgements by rounded seconds, as JSON has them."""

    counts: Counter[str] = field(default_factory=Counter)
    times: dict[str, int] = field(default_factory=dict)

    @property
    def closed(self) -> int:
        return sum(self.counts[name] for name in _CLOSED)

    def add(self, other: Sums) -> None:
        self.counts.update(other.counts)
        times = self.times
        for seconds, count in other.times.items():
            times[seconds] = times.get(seconds, 0) + count


def get_monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def load_sums(
    connection: sa.Connection,
    first: date,
    end: date | None = None,
    *,
    routes: Collection[str] | None = None,
    by_day: bool = False,
) -> Iterator[tuple[date, str, Sums]]:
    """Yield all sums from `first` to before `end`: a day, a route, and the sums of that day or its week.

    With `by_day`, which needs an `end`, no sums are those of a week.
    """
    days = sa.and_(_IS_DAY, first <= _BEGIN, end > _BEGIN) if by_day and end else _match_days(first, end)
    query = sa.select(route_sums).where(days)
    added = sa.select(*_GROUP, _ADDED).where(_match_increments(first, end)).group_by(*_GROUP)
    if routes is not None:
        query, added = query.where(route_sums.c.route.in_(routes)), added.where(_INCREMENT.route.in_(routes))
    for row in connection.execute(query):
        yield row.begin, row.route, _read_sums(row)
    for increment in connection.execute(added):
        yield increment.day, increment.route, _read_increment(increment)


def count_closed_less_opened(connection: sa.Connection, first: date, routes: Collection[str]) -> int:
    """Return how many more reviews were closed than opened on these routes, from a day on."""
    sums, increments = route_sums.c, _INCREMENT
    closed = sums.acknowledged + sums.changes_requested + sums.closed_otherwise
    summed = sa.select(sa.func.sum(closed - sums.opened)).where(_match_days(first), sums.route.in_(routes))
    sign = sa.case((increments.figure == OPENED, -1), else_=1)
    added = sa.select(sa.func.sum(increments.count * sign))
    added = added.where(_match_increments(first), increments.route.in_(routes))
    return sum(int(connection.execute(query).scalar_one() or 0) for query in (summed, added))


def _match_days(first: date, end: date | None = None) -> sa.ColumnElement[bool]:
    """Match these days: whole weeks by their sums, and the days before and after by theirs."""
    monday = get_monday(first + timedelta(days=6))
    if end is None:
        return sa.or_(sa.and_(_IS_DAY, first <= _BEGIN, monday > _BEGIN), sa.and_(_IS_WEEK, monday <= _BEGIN))
    last = get_monday(end)
    if last < monday:
        return sa.and_(_IS_DAY, first <= _BEGIN, end > _BEGIN)
    return sa.or_(
        sa.and_(_IS_DAY, first <= _BEGIN, monday > _BEGIN),
        sa.and_(_IS_WEEK, monday <= _BEGIN, last > _BEGIN),
        sa.and_(_IS_DAY, last <= _BEGIN, end > _BEGIN),
    )


def _match_increments(first: date, end: date | None = None) -> sa.ColumnElement[bool]:
    return _INCREMENT.day >= first if end is None else _INCREMENT.day.between(first, end - timedelta(days=1))


def _read_sums(row: sa.Row[Any]) -> Sums:
    return Sums(Counter({name: getattr(row, name) for name in FIGURES}), row.times)


def _read_increment(row: Any) -> Sums:
    added = int(row.added)
    sums = Sums(Counter({row.figure if row.figure in FIGURES else CLOSED_OTHERWISE: added}))
    if row.late and row.figure in _ANSWERED:
        sums.counts[LATE] = added
    if row.figure == ACKNOWLEDGED and row.took_seconds is not None:
        sums.times[str(round_duration(row.took_seconds))] = added
    return sums


def sum_up_increments(engine: sa.Engine, *, min_rows: int = MIN_ROWS_TO_SUM) -> int:
    """Add the oldest increments to the sums, unless there are only a few; return how many.

    Of several processes one does so at a time; none of those that read or add increments waits for it.
    """
    with engine.connect() as connection:
        some = sa.select(_INCREMENT.id).limit(min_rows + 1).subquery()
        if connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() <= min_rows:
            return 0
    oldest = sa.select(_INCREMENT.id).order_by(_INCREMENT.id).limit(BATCH_SIZE)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE route_sums IN SHARE ROW EXCLUSIVE MODE")
        delete = sa.delete(route_increments).where(_INCREMENT.id.in_(oldest))
        rows = connection.execute(delete.returning(*_GROUP, _INCREMENT.count.label("added"))).all()
        new: defaultdict[Key, Sums] = defaultdict(Sums)
        for row in rows:
            increment = _read_increment(row)
            new[DAY, row.day, row.route].add(increment)
            new[WEEK, get_monday(row.day), row.route].add(increment)
        _add_to_sums(connection, new)
    return len(rows)


def _add_to_sums(connection: sa.Connection, new: dict[Key, Sums]) -> None:
    before = sa.select(route_sums).where(_BEGIN.in_({begin for _, begin, _ in new}))
    for row in connection.execute(before):
        if (row.span, row.begin, row.route) in new:
            new[row.span, row.begin, row.route].add(_read_sums(row))
    if new:
        connection.execute(
            _PUT[connection.dialect.name], [_build_row(key, sums) for key, sums in new.items()]
        )


def _build_row(key: Key, sums: Sums) -> dict[str, Any]:
    span, begin, route = key
    times = {seconds: count for seconds, count in sums.times.items() if count}
    counts = {name: sums.counts[name] for name in FIGURES}
    return {"span": span, "begin": begin, "route": route, **counts, "times": times}
