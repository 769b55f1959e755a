"""Which reviews `reviews list` asks the database for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.ports.listing import ListingQuery, MarkKind, PageTurn, ReviewOrder, make_marks

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.kinds import ReviewState
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork

BATCH_SIZE = 500
"""Reviews that one question returns."""


@dataclass(frozen=True, kw_only=True)
class ReviewSelection:
    """Conditions that a review meets all of; `answered_by` are the addresses of one person."""

    state: ReviewState | None = None
    overdue: bool = False
    lapsed: bool = False
    route: str | None = None
    answered_by: tuple[str, ...] | None = None

    @property
    def is_limited(self) -> bool:
        return self != ReviewSelection()

    def build_query(self, now: datetime) -> ListingQuery:
        person = () if self.answered_by is None else (make_marks(MarkKind.ANSWERED_BY, self.answered_by),)
        route = () if self.route is None else (make_marks(MarkKind.ROUTE, [self.route]),)
        is_late = self.overdue or self.lapsed
        return ListingQuery(
            order=ReviewOrder.LONGEST_OVERDUE if is_late else ReviewOrder.NEWEST,
            marks=(*person, *route),  # one person answers fewer than a route has
            state=None if is_late else self.state,
            overdue_at=now if self.overdue else None,
            lapsed=self.lapsed,
        )


def list_selected(
    work: UnitOfWork, selection: ReviewSelection, limit: int, *, now: datetime, batch_size: int = BATCH_SIZE
) -> list[Review]:
    """Return the first `limit` reviews of a selection, page by page: one page searches only so far."""
    listing_query, turn = selection.build_query(now), None
    reviews: list[Review] = []
    while len(reviews) < limit:
        page = work.listings.fetch_page(listing_query, min(limit - len(reviews), batch_size), turn)
        if turn is not None and page.previous_seq is None:
            break  # it is the first page again: nothing follows
        reviews += [entry.review for entry in page.entries]
        if page.next_seq is None:
            break
        turn = PageTurn(backward=listing_query.order is ReviewOrder.NEWEST, seq=page.next_seq)
    return reviews
