"""One person's reviews to answer, for themselves and for others, and answered ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.answers.permission import find_newest_answer
from reviews.cards.card_stand_ins import show_person
from reviews.errors import RefusalReason, Refused
from reviews.identity import join_addresses
from reviews.language import _, join_with_and
from reviews.people.answerers import is_among
from reviews.people.stand_ins import find_absent_names
from reviews.ports.listing import ListingQuery, MarkKind, ReviewOrder, make_marks
from reviews.quorum import list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reviews.identity import ProvenPerson
    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Routes

MAX_REVIEWS_SEARCHED = 30
"""Number of newest answered reviews that the latest answers are taken from."""


@dataclass(frozen=True, kw_only=True)
class AnsweredReview:
    """A review, and the answer to it of the person whom it is shown to."""

    review: Review
    answer: Answer


def build_waiting_query(
    work: UnitOfWork, routes: Routes, person: ProvenPerson, *, without_campaigns: bool = False
) -> ListingQuery:
    """Return the query for reviews that wait for a person, their groups, or an owner they are deputy for.

    A review that was reassigned to them waits for them too. `without_campaigns` leaves out what campaigns ask
    for, where these have lines of their own.
    """
    groups = [name for name in routes.groups if is_among(work, person, [name])]
    deputy_routes = [route.name for route in routes.all if is_among(work, person, route.deputies)]
    marks = (
        *make_marks(MarkKind.WAITING_OWNER, person.addresses),
        *make_marks(MarkKind.WAITING_OWNER, groups),
        *make_marks(MarkKind.WAITING_ROUTE, deputy_routes),
    )
    return ListingQuery(
        order=ReviewOrder.OLDEST, waiting=True, marks=(marks,), without_campaigns=without_campaigns
    )


def list_absent_people(review: Review, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return for whom a person stands in on a review and has not answered yet; `addresses` are all of theirs.

    It is no one for an owner, whose own part comes first.
    """
    own = {address.casefold() for address in addresses}
    if not own.isdisjoint(owner.casefold() for owner in review.owners):
        return ()
    answered = {(answer.owner or "").casefold() for answer in list_valid_answers(review)}
    return tuple(
        each.absent
        for each in review.stand_ins
        if each.absent.casefold() not in answered and not own.isdisjoint(map(str.casefold, each.people))
    )


def describe_duties(
    work: UnitOfWork, reviews: Sequence[Review], routes: Routes, person: ProvenPerson
) -> dict[str, str]:
    """Return by review id for whom a person stands in, as one sentence to them, where they do."""
    addresses = join_addresses(routes.people, person.addresses)
    absent_people = {review.id: list_absent_people(review, addresses) for review in reviews}
    names = find_absent_names(work, [review for review in reviews if absent_people[review.id]])
    return {
        review_id: _("You stand in for {people}.").format(
            people=join_with_and([show_person(each, names) for each in absent])
        )
        for review_id, absent in absent_people.items()
        if absent
    }


def is_responsible(work: UnitOfWork, routes: Routes, person: ProvenPerson) -> bool:
    """Return whether a route names this person as an owner or a deputy."""
    return any(is_among(work, person, (*route.owners, *route.deputies)) for route in routes.all)


def list_recent_answers(work: UnitOfWork, person: ProvenPerson, limit: int) -> tuple[AnsweredReview, ...]:
    """Return the latest valid answers of this person, the latest first."""
    marks = make_marks(MarkKind.ANSWERED_BY, person.addresses)
    entries = work.listings.fetch_page(ListingQuery(marks=(marks,)), MAX_REVIEWS_SEARCHED).entries
    pairs = [
        (entry.review, find_newest_answer(list_valid_answers(entry.review), person.aliases))
        for entry in entries
    ]
    answered = [
        AnsweredReview(review=review, answer=answer) for review, answer in pairs if answer is not None
    ]
    return tuple(sorted(answered, key=lambda each: each.answer.at, reverse=True)[:limit])


def require_responsible(
    work: UnitOfWork, review_request: ReviewRequest, routes: Routes, *, now: datetime
) -> None:
    """Raise `Refused` for a person who has no such review on a page of their own.

    The channel of a card proves that its readers were meant to see it. A page proves no such thing: there
    only owners and deputies act, and only on a review that was sent to some channel.
    """
    review = work.reviews.get(review_request.review_id)
    if (
        review is None
        or not review.cards
        or not Authority(work=work, review=review, routes=routes, at=now).includes(review_request.person)
    ):
        raise Refused(RefusalReason.NOT_ALLOWED, _("Only the owners of this folder may answer here."))
