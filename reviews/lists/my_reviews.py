"""What one person has to review and has answered, given under each of their proven addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.permission import of
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.people.answerers import concerns, is_among
from reviews.ports.listing import Order, Wanted, answered_by, waits_for, waits_on
from reviews.quorum import standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.identity import Reviewer
    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.routing import Routes
    from reviews.wish import Wish

LOOKED_THROUGH = 30
"""The newest reviews that somebody answered, of which the latest answers are taken."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """A review, and the answer to it of the person whom it is shown to."""

    review: Review
    answer: Answer


def waiting(work: UnitOfWork, routes: Routes, people: Sequence[Reviewer]) -> Wanted:
    """Return what to ask for: what waits for somebody, a group that they are in, or whom they stand in for.

    A review that was handed over to them waits for them too.
    """
    addresses = [who.email for who in people if who.email]
    groups = [name for name in routes.groups if is_among(work, people, [name])]
    stands_in = [route.name for route in routes.all if is_among(work, people, route.deputies)]
    marks = (*map(waits_for, addresses), *map(waits_for, groups), *map(waits_on, stands_in))
    return Wanted(order=Order.OLDEST, waiting=True, marks=(marks,))


def is_responsible(work: UnitOfWork, routes: Routes, people: Sequence[Reviewer]) -> bool:
    """Tell whether a route names somebody as an owner or a deputy."""
    return any(is_among(work, people, (*route.owners, *route.deputies)) for route in routes.all)


def answered_lately(work: UnitOfWork, people: Sequence[Reviewer], most: int) -> tuple[Given, ...]:
    """Return the latest answers of somebody that stand, the latest first."""
    marks = tuple(answered_by(who.email) for who in people if who.email)
    entries = work.listings.page(Wanted(marks=(marks,)), LOOKED_THROUGH).entries
    found = [(entry.review, of(standing(entry.review), list(people))) for entry in entries]
    given = [Given(review=review, answer=answer) for review, answer in found if answer is not None]
    return tuple(sorted(given, key=lambda each: each.answer.at, reverse=True)[:most])


def vouch(work: UnitOfWork, wish: Wish, routes: Routes) -> None:
    """Raise `Refused` for whoever has no such review on a page of their own.

    A card proves by its place that its readers were meant to see it. Such a page is no such place: there only
    owners and deputies act, and only on what was sent to some channel.
    """
    review = work.reviews.get(wish.review_id)
    sent = review if review is not None and review.cards else None
    if sent is None or not concerns(work, sent, routes.named(sent.route), wish.aliases):
        raise Refused(RefusalReason.NOT_ALLOWED, _("Only the owners of this folder may answer here."))
