"""`ReviewQueries` on one connection: keyset pagination, never by how much to skip."""

from __future__ import annotations

from dataclasses import replace
from itertools import starmap
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ports.listing import ListingEntry, MarkKind, ReviewOrder, ReviewPage, WeeklyFigures, make_marks
from store import list_queries, weeks
from store.figures import compute_figures
from store.marks import format_mark
from store.reviews import SqlReviewRepository
from store.schema import folders, review_index, reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.ports.listing import ListingQuery, PageTurn, RouteFigures

MAX_ALTERNATIVES = 20
"""Marks of one group; with all kinds they make fewer than the 500 parts that SQLite allows in a query."""
RARE, COMMON = 1000, 100_000
"""Reviews; how exactly those with a mark are counted."""
MAX_SCANNED = 30_000
"""Reviews read for one page of the overlap of two common marks, and for the figures of marked reviews."""


class SqlReviewQueries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def fetch_page(self, listing_query: ListingQuery, count: int, turn: PageTurn | None = None) -> ReviewPage:
        """Read one more than is shown, to see whether there are more on that side."""
        upward = listing_query.order is not ReviewOrder.NEWEST
        ahead = turn is None or turn.backward != upward
        seqs, search_end = self._find_seqs(listing_query, count + 1, turn, upward=upward == ahead)
        if turn is not None and not seqs and search_end is None:
            return self.fetch_page(listing_query, count)
        next_seq = seqs[count - 1] if len(seqs) > count else search_end
        previous_seq = (seqs[0] if seqs else search_end) if turn else None
        seqs = seqs[:count] if ahead else seqs[:count][::-1]
        page_reviews = SqlReviewRepository(self._connection).list_by_number(seqs)
        return ReviewPage(
            entries=tuple(
                ListingEntry(seq=seq, review=review) for seq, review in zip(seqs, page_reviews, strict=True)
            ),
            next_seq=next_seq if ahead else previous_seq,
            previous_seq=previous_seq if ahead else next_seq,
        )

    def compute_figures(self, *, since: datetime, now: datetime) -> list[RouteFigures]:
        return compute_figures(self._connection, since=since, now=now)

    def compute_weeks(
        self, listing_query: ListingQuery, routes: Sequence[str], edges: Sequence[datetime]
    ) -> WeeklyFigures:
        if not listing_query.marks and listing_query.kind is None:
            return weeks.compute_for_routes(self._connection, routes, edges)
        marks = (make_marks(MarkKind.ROUTE, routes), *listing_query.marks)
        limited = replace(listing_query, marks=marks, until=edges[-1])
        chosen = self._choose_query(limited, MAX_SCANNED, None, upward=False)
        if chosen is None:
            return WeeklyFigures(weeks=())
        query, between, clipped = chosen
        selection = weeks.ReviewSelection(query=query, between=between, limit=MAX_SCANNED, clipped=clipped)
        return weeks.compute_for_reviews(self._connection, selection, edges)

    def find_folders(self, path: str, limit: int) -> list[str]:
        *parents, name = (part.strip() for part in path.split("/"))
        condition = sa.func.lower(folders.c.title) == sa.func.lower(name)
        query = sa.select(folders.c.id, folders.c.parent_id).where(condition)
        matches = self._connection.execute(query.order_by(folders.c.id)).all()
        return [row.id for row in matches if self._is_below(row.parent_id, parents)][:limit]

    def _is_below(self, folder_id: str, names: list[str]) -> bool:
        """Return whether the folders from this one upwards have these names, the last one first."""
        for name in reversed(names):
            query = sa.select(folders.c.title, folders.c.parent_id).where(folders.c.id == folder_id)
            row = self._connection.execute(query).first()
            if row is None or row.title.casefold() != name.casefold():
                return False
            folder_id = row.parent_id
        return True

    def _find_seqs(
        self, listing_query: ListingQuery, limit: int, turn: PageTurn | None, *, upward: bool
    ) -> tuple[list[int], int | None]:
        """Return numbers in this order, and how far the search went if it did not reach the end."""
        if listing_query.overdue_at is not None:
            return self._find_overdue(listing_query, limit, turn, upward=upward), None
        nearest = self._find_nearest(listing_query, limit, turn, upward=upward)
        if len(nearest) == limit:
            return nearest, None
        chosen = self._choose_query(listing_query, limit, turn, upward=upward)
        if chosen is None:
            return [], None
        query, (low, high), clipped = chosen
        numbers = list(self._connection.execute(query, {"low": low, "high": high}).scalars())
        search_end = (high - 1 if upward else low + 1) if clipped else None
        return numbers, search_end

    def _find_nearest(
        self, listing_query: ListingQuery, limit: int, turn: PageTurn | None, *, upward: bool
    ) -> list[int]:
        """Return numbers of reviews with one mark, without counting how many have it.

        Nearly all pages are filled this way, and counting takes longer the more there are.
        """
        if (
            len(listing_query.marks) != 1
            or listing_query.state is not None
            or not list_queries.needs_row_conditions(listing_query)
        ):
            return []
        span, [group] = self._find_span(listing_query, turn), _list_alternatives(listing_query)
        if span is None or not group:
            return []
        query = list_queries.select_marked([group], listing_query, limit, upward=upward)
        query, (low, high), _ = _clip_span(query, span, clip=True, upward=upward)
        return list(self._connection.execute(query, {"low": low, "high": high}).scalars())

    def _choose_query(
        self, listing_query: ListingQuery, limit: int, turn: PageTurn | None, *, upward: bool
    ) -> tuple[sa.Select[Any], tuple[int, int], bool] | None:
        """Return the query, the numbers to search between, and whether they were clipped; `None` for nothing.

        A single mark gives its reviews in their order. Otherwise the query starts from the rarest: the marks
        of one group, or the state.
        """
        span = self._find_span(listing_query, turn)
        if span is None or any(not group for group in listing_query.marks):
            return None
        alternatives = _list_alternatives(listing_query)
        if not alternatives:
            return list_queries.select_unmarked(listing_query, limit, upward=upward), span, False
        if (
            len(alternatives) == 1
            and listing_query.state is None
            and not list_queries.needs_row_conditions(listing_query)
        ):
            return list_queries.select_marked(alternatives, listing_query, limit, upward=upward), span, False
        sized_groups = sorted(
            ((self._count_marked(group), group) for group in alternatives), key=itemgetter(0)
        )
        fewest, groups = sized_groups[0][0], [group for _, group in sized_groups]
        if listing_query.state is not None:
            in_state = self._count_rows(
                sa.select(sa.literal(1)).where(reviews.c.state == listing_query.state)
            )
            fewest = min(fewest, in_state)
            if in_state == fewest:
                query = list_queries.select_unmarked(listing_query, limit, upward=upward, groups=groups)
                return _clip_span(query, span, clip=fewest >= COMMON, upward=upward)
        query = list_queries.select_marked(groups, listing_query, limit, upward=upward)
        return _clip_span(query, span, clip=fewest >= COMMON, upward=upward)

    def _find_span(self, listing_query: ListingQuery, turn: PageTurn | None) -> tuple[int, int] | None:
        """Return the numbers to search between; `None` if there is nothing to search."""
        last = self._connection.execute(sa.select(sa.func.max(reviews.c.seq))).scalar()
        first = self._find_first_since(listing_query.since) if listing_query.since is not None else 1
        if last is None or first is None:
            return None
        after = self._find_first_since(listing_query.until) if listing_query.until is not None else None
        low, high = first - 1, last + 1 if after is None else after
        if turn is not None:
            low, high = (low, min(high, turn.seq)) if turn.backward else (max(low, turn.seq), high)
        return low, high

    def _find_first_since(self, since: datetime) -> int | None:
        """Return the number of the first review opened since then: numbers follow the time."""
        query = sa.select(reviews.c.seq).where(reviews.c.opened_at >= since)
        return self._connection.execute(query.order_by(reviews.c.opened_at).limit(1)).scalar()

    def _find_overdue(
        self, listing_query: ListingQuery, limit: int, turn: PageTurn | None, *, upward: bool
    ) -> list[int]:
        if any(not group for group in listing_query.marks):
            return []
        place = sa.tuple_(reviews.c.due_at, reviews.c.seq)
        query = list_queries.select_overdue(listing_query)
        if turn is not None:
            due = self._connection.execute(sa.select(reviews.c.due_at).where(reviews.c.seq == turn.seq))
            start = due.scalar()
            if start is None:
                return []
            edge = sa.tuple_(sa.literal(start, reviews.c.due_at.type), sa.literal(turn.seq))
            query = query.where(place < edge if turn.backward else place > edge)
        columns = (reviews.c.due_at, reviews.c.seq)
        ordered = query.order_by(*(each.asc() if upward else each.desc() for each in columns))
        return list(self._connection.execute(ordered.limit(limit)).scalars())

    def _count_marked(self, group: Sequence[str]) -> int:
        return self._count_rows(sa.select(sa.literal(1)).where(review_index.c.value.in_(group)))

    def _count_rows(self, rows: sa.Select[Any]) -> int:
        """Return how many rows there are, as exactly as needed."""
        total, step = 0, RARE
        while total < COMMON:
            query = sa.select(sa.func.count()).select_from(rows.limit(step).subquery())
            total = self._connection.execute(query).scalar_one()
            if total < step:
                return total
            step *= 10
        return total


def _list_alternatives(listing_query: ListingQuery) -> list_queries.MarkGroups:
    """Return the marks of each group, as they stand in the index."""
    return [tuple(starmap(format_mark, group[:MAX_ALTERNATIVES])) for group in listing_query.marks]


def _clip_span(
    query: sa.Select[Any], span: tuple[int, int], *, clip: bool, upward: bool
) -> tuple[sa.Select[Any], tuple[int, int], bool]:
    low, high = span
    if not clip or high - low <= MAX_SCANNED:
        return query, span, False
    return query, (low, low + MAX_SCANNED) if upward else (high - MAX_SCANNED, high), True
