"""`ReviewQueries` on one connection: keyset pagination, never by how much to skip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ports.listing import ListingEntry, MarkKind, ReviewOrder, ReviewPage, WeeklyFigures, make_marks
from store import list_queries, weeks
from store.connections import plan_by_values
from store.figures import compute_figures
from store.list_search import ListSearch
from store.period_figures import compute_period
from store.reviews import SqlReviewRepository
from store.schema import folders, reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from reviews.digest_notices import DigestFigures
    from reviews.ports.listing import ListingQuery, PageTurn, RouteFigures

MAX_READ = 30_000
"""Reviews read for the figures of marked reviews."""


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

    def compute_figures(self, *, since: date, now: datetime) -> list[RouteFigures]:
        return compute_figures(self._connection, since=since, now=now)

    def compute_weeks(
        self,
        listing_query: ListingQuery,
        routes: Sequence[str],
        edges: Sequence[datetime],
        *,
        by_day: bool = False,
    ) -> WeeklyFigures:
        if not listing_query.marks and listing_query.kind is None:
            return weeks.compute_for_routes(self._connection, routes, edges, by_day=by_day)
        marks = (*listing_query.marks, make_marks(MarkKind.ROUTE, routes))
        limited = replace(listing_query, marks=marks, until=edges[-1])
        chosen = ListSearch(self._connection, limited).select_newest(MAX_READ)
        if chosen is None:
            return WeeklyFigures(weeks=())
        query, between, clipped = chosen
        selection = weeks.ReviewSelection(query=query, between=between, limit=MAX_READ, clipped=clipped)
        return replace(weeks.compute_for_reviews(self._connection, selection, edges), by_day=by_day)

    def compute_period(
        self, routes: Sequence[str], *, since: datetime, until: datetime, now: datetime
    ) -> DigestFigures:
        return compute_period(self._connection, routes, since=since, until=until, now=now)

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
        if listing_query.overdue_at is not None or listing_query.lapsed:
            return self._find_overdue(listing_query, limit, turn, upward=upward), None
        return ListSearch(self._connection, listing_query).find(limit, turn, upward=upward)

    def _find_overdue(
        self, listing_query: ListingQuery, limit: int, turn: PageTurn | None, *, upward: bool
    ) -> list[int]:
        if any(not group for group in listing_query.marks):
            return []
        if listing_query.marks:
            plan_by_values(self._connection)
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
