"""What one person has to review and has answered, given under each of their proven addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.permission import find_newest_answer
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.people.answerers import is_among, is_any_responsible
from reviews.ports.listing import (
    ListingQuery,
    ReviewOrder,
    mark_answered_by,
    mark_waiting_owner,
    mark_waiting_route,
)
from reviews.quorum import list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.identity import Reviewer
    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.routing import Routes

MAX_REVIEWS_SEARCHED = 30
"""The newest reviews that somebody answered, of which the latest answers are taken."""


@dataclass(frozen=True, kw_only=True)
class AnsweredReview:
    """A review, and the answer to it of the person whom it is shown to."""

    review: Review
    answer: Answer


def build_waiting_query(work: UnitOfWork, routes: Routes, people: Sequence[Reviewer]) -> ListingQuery:
    """Return what to ask for: what waits for somebody, a group that they are in, or whom they stand in for.

    A review that was handed over to them waits for them too.
    """
    addresses = [who.email for who in people if who.email]
    groups = [name for name in routes.groups if is_among(work, people, [name])]
    stands_in = [route.name for route in routes.all if is_among(work, people, route.deputies)]
    marks = (
        *map(mark_waiting_owner, addresses),
        *map(mark_waiting_owner, groups),
        *map(mark_waiting_route, stands_in),
    )
    return ListingQuery(order=ReviewOrder.OLDEST, waiting=True, marks=(marks,))


def is_responsible(work: UnitOfWork, routes: Routes, people: Sequence[Reviewer]) -> bool:
    """Tell whether a route names somebody as an owner or a deputy."""
    return any(is_among(work, people, (*route.owners, *route.deputies)) for route in routes.all)


def list_recent_answers(
    work: UnitOfWork, people: Sequence[Reviewer], most: int
) -> tuple[AnsweredReview, ...]:
    """Return the latest answers of somebody that stand, the latest first."""
    marks = tuple(mark_answered_by(who.email) for who in people if who.email)
    entries = work.listings.fetch_page(ListingQuery(marks=(marks,)), MAX_REVIEWS_SEARCHED).entries
    found = [
        (entry.review, find_newest_answer(list_valid_answers(entry.review), list(people)))
        for entry in entries
    ]
    given = [AnsweredReview(review=review, answer=answer) for review, answer in found if answer is not None]
    return tuple(sorted(given, key=lambda each: each.answer.at, reverse=True)[:most])


def require_responsible(work: UnitOfWork, wish: ReviewRequest, routes: Routes) -> None:
    """Raise `Refused` for whoever has no such review on a page of their own.

    A card proves by its place that its readers were meant to see it. Such a page is no such place: there only
    owners and deputies act, and only on what was sent to some channel.
    """
    review = work.reviews.get(wish.review_id)
    sent = review if review is not None and review.cards else None
    if sent is None or not is_any_responsible(work, sent, routes.find_route(sent.route), wish.aliases):
        raise Refused(RefusalReason.NOT_ALLOWED, _("Only the owners of this folder may answer here."))
