"""Search for the numbers of a list's reviews: by its rarest condition, and only so far for one page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import starmap
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ReviewState
from store import list_queries
from store.connections import plan_by_values
from store.marks import format_mark
from store.schema import reviews

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.listing import ListingQuery, PageTurn
    from store.list_queries import Numbers

    Condition = tuple[str, ...] | ReviewState | None
    """The marks of one group, of which a review must have one; the state that it must have."""

MAX_ALTERNATIVES = 20
"""Marks of one group; with all kinds they make fewer than the 500 parts that SQLite allows in a query."""
DEPTHS = (1000, 2000)
"""Reviews with the rarest condition that one page looks through, in two steps: the first fills most pages."""
DEPTHS_OF_OPEN = (1000, 29_000)
"""The same where only open reviews are searched, which are few: each waits for a person's answer."""


@dataclass(frozen=True, kw_only=True)
class NumberRange:
    """The numbers between `low` and `high`, without these two; searched downward, or upward."""

    low: int
    high: int
    upward: bool

    @property
    def last(self) -> int:
        return self.high - 1 if self.upward else self.low + 1

    def cut_after(self, number: int) -> NumberRange:
        """Return the part up to this number."""
        return replace(self, high=number + 1) if self.upward else replace(self, low=number - 1)

    def get_rest(self, part: NumberRange) -> NumberRange:
        """Return what follows a part that was cut off."""
        return replace(self, low=part.last) if self.upward else replace(self, high=part.last)


class ListSearch:
    """Search for the reviews of one listing query."""

    def __init__(
        self,
        connection: sa.Connection,
        listing_query: ListingQuery,
        *,
        depths: tuple[int, int] | None = None,
    ) -> None:
        self._connection = connection
        self._listing_query = listing_query
        only_open = listing_query.waiting or listing_query.state is ReviewState.OPEN
        self._first_depth, self._second_depth = depths or (DEPTHS_OF_OPEN if only_open else DEPTHS)
        self._groups: list_queries.MarkGroups = [
            tuple(starmap(format_mark, group[:MAX_ALTERNATIVES])) for group in listing_query.marks
        ]

    def find(self, limit: int, turn: PageTurn | None, *, upward: bool) -> tuple[list[int], int | None]:
        """Return numbers in this order, and how far the search went if it did not reach the end."""
        span = self._find_span(turn, upward=upward)
        if span is None:
            return [], None
        rarest, part = self._find_rarest(span)
        numbers = self._search(rarest, part, limit)
        if len(numbers) < limit and part != span:
            span = span.get_rest(part)
            part = self._cut_off(rarest, span, self._second_depth)
            numbers += self._search(rarest, part, limit)
        is_over = part == span or len(numbers) >= limit
        return numbers[:limit], None if is_over else part.last

    def select_newest(self, limit: int) -> tuple[sa.Select[Any], tuple[int, int], bool] | None:
        """Return a query for the newest, the numbers to search between, and whether older ones are left out.

        `None` stands for no reviews. At most `limit` reviews of each kind that meet the rarest condition are
        searched.
        """
        span = self._find_span(None, upward=False)
        if span is None:
            return None
        rarest, part = self._find_rarest(span)
        part = part if part == span else self._cut_off(rarest, span, limit)
        query, groups = self._build_query(rarest, upward=False)
        values = list_queries.build_mark_values(groups)
        return query.params(limit=limit, **values), (part.low, part.high), part != span

    def _find_rarest(self, span: NumberRange) -> tuple[Condition, NumberRange]:
        """Return the condition to start from, and the part of the span with the first reviews that meet it.

        The first reviews of the rarest condition reach farthest. All reviews of a single condition are in the
        list, so there the part is the span.
        """
        state = self._listing_query.state
        conditions: list[Condition] = [*self._groups, *([state] if state is not None else [])]
        is_filtered = len(conditions) > 1 or list_queries.needs_row_conditions(self._listing_query)
        if not conditions or not is_filtered:
            return next(iter(conditions), None), span
        plan_by_values(self._connection)
        parts = [(each, self._cut_off(each, span, self._first_depth)) for each in conditions]
        return max(parts, key=lambda each: each[1].high - each[1].low)

    def _cut_off(self, condition: Condition, span: NumberRange, depth: int) -> NumberRange:
        """Return the part with the first `depth` reviews of a condition, or with about so many."""
        groups = [condition] if isinstance(condition, tuple) else []
        shape = list_queries.get_shape(self._listing_query, groups, upward=span.upward)
        edges = self._run(list_queries.select_edge(shape), span, depth, groups)
        return span.cut_after(edges[0]) if edges else span

    def _search(self, rarest: Condition, span: NumberRange, limit: int) -> list[int]:
        query, groups = self._build_query(rarest, upward=span.upward)
        return self._run(query, span, limit, groups)

    def _build_query(self, rarest: Condition, *, upward: bool) -> tuple[Numbers, list_queries.MarkGroups]:
        """Return the query that starts from a condition, and the groups of marks in its order."""
        groups = self._groups
        if isinstance(rarest, tuple):
            groups = [rarest, *(each for each in groups if each is not rarest)]
        shape = list_queries.get_shape(self._listing_query, groups, upward=upward)
        select = list_queries.select_marked if isinstance(rarest, tuple) else list_queries.select_unmarked
        return select(shape), groups

    def _run(
        self, query: Numbers, span: NumberRange, limit: int, groups: list_queries.MarkGroups
    ) -> list[int]:
        values = {
            "low": span.low,
            "high": span.high,
            "limit": limit,
            **list_queries.build_mark_values(groups),
        }
        return list(self._connection.execute(query, values).scalars())

    def _find_span(self, turn: PageTurn | None, *, upward: bool) -> NumberRange | None:
        """Return the numbers to search between; `None` if there is nothing to search."""
        if any(not group for group in self._groups):
            return None
        since, until = self._listing_query.since, self._listing_query.until
        last = self._connection.execute(sa.select(sa.func.max(reviews.c.seq))).scalar()
        first = self._find_first_since(since) if since is not None else 1
        if last is None or first is None:
            return None
        after = self._find_first_since(until) if until is not None else None
        low, high = first - 1, last + 1 if after is None else after
        if turn is not None:
            low, high = (low, min(high, turn.seq)) if turn.backward else (max(low, turn.seq), high)
        return NumberRange(low=low, high=high, upward=upward)

    def _find_first_since(self, since: datetime) -> int | None:
        """Return the number of the first review opened since then: numbers follow the time."""
        query = sa.select(reviews.c.seq).where(reviews.c.opened_at >= since)
        return self._connection.execute(query.order_by(reviews.c.opened_at).limit(1)).scalar()
