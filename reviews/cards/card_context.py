"""The context of a card, beyond its review: the reviews before and after, deputies, the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.campaign import has_ended
from reviews.comparisons.reviewed_bytes import find_reviewed_bytes
from reviews.comparisons.snippet_lookup import find_snippets
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.people.answerers import find_answering_deputies, list_accountable
from reviews.people.stand_ins import find_absent_names
from reviews.quorum import find_deciding_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.comparisons.reviewed_bytes import ReviewedBytes
    from reviews.comparisons.snippets import Snippet
    from reviews.model import Answer, Review
    from reviews.ports.documents import Sealer
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes


@dataclass(frozen=True, kw_only=True)
class CardContext:
    """`earlier` is the review that this one superseded, `newer` the one that superseded it.

    `owners` are those of an open review by its route as it is now; without them those recorded are shown.
    `deputies` are the deputies who answer because no owner can. Without `now` only reviews that the clock
    has marked as lapsed are overdue. `snippets` are of the document, for everyone who sees the card.
    Without `reviewed_bytes` the card does not say what an acknowledgement means. `names` are those of people
    who are or were away, and of their stand-ins, by casefolded address. With `shows_people` the card of a
    campaign names its people, which is for the owners and deputies of the route. Once the campaign
    `has_ended`, it asks for nothing, also before a worker has closed the review.
    """

    newer: Review | None = None
    earlier: Review | None = None
    owners: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    now: datetime | None = None
    snippets: tuple[Snippet, ...] = ()
    reviewed_bytes: ReviewedBytes | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    shows_people: bool = False
    has_ended: bool = False


NO_CONTEXT = CardContext()


@dataclass(frozen=True, kw_only=True)
class NeighbourReview:
    """The review before or after a card's own, and the ids of its cards' messages by (notifier, target)."""

    review_id: str
    revision: int
    cards: Mapping[tuple[str, str], str] = field(default_factory=dict)


def find_context(
    work: UnitOfWork, review: Review, route: Route | None, *, now: datetime, sealer: Sealer | None = None
) -> CardContext:
    """Return the context of one review's card; without a `sealer` it has no snippets of the document."""
    earlier = work.reviews.find_predecessors([review.id]) if _has_shown_predecessor(review) else {}
    names = find_absent_names(work, [review, *earlier.values()])
    return CardContext(
        newer=work.reviews.get(review.superseded_by) if review.superseded_by else None,
        earlier=earlier.get(review.id),
        owners=_find_owners(review, route),
        deputies=find_answering_deputies(review, route),
        now=now,
        snippets=find_snippets(work, [(review, route)], sealer).get(review.id, ()),
        reviewed_bytes=find_reviewed_bytes(review, route),
        names=names,
        has_ended=review.campaign is not None and has_ended(work.campaigns.get(review.campaign.id)),
    )


def _find_owners(review: Review, route: Route | None) -> tuple[str, ...]:
    """Return the accountable owners of an open review; if none is left, those of its route."""
    if review.state is not ReviewState.OPEN:
        return ()
    return list_accountable(review, route) or (route.owners if route else ())


def find_contexts(
    work: UnitOfWork,
    reviews: Sequence[Review],
    routes: Routes,
    *,
    now: datetime,
    sealer: Sealer | None = None,
) -> dict[str, CardContext]:
    """Return the contexts of a page's reviews by id, without the newer ones: the page links by id.

    Without a `sealer` they have no snippets of documents.
    """
    current = [review.id for review in reviews if _has_shown_predecessor(review)]
    earlier = work.reviews.find_predecessors(current) if current else {}
    routed = [(review, routes.find_route(review.route)) for review in reviews]
    snippets = find_snippets(work, routed, sealer)
    names = find_absent_names(work, [*reviews, *earlier.values()])
    campaign_ids = {review.campaign.id for review in reviews if review.campaign}
    ended = {each for each in campaign_ids if has_ended(work.campaigns.get(each))}
    return {
        review.id: CardContext(
            earlier=earlier.get(review.id),
            owners=_find_owners(review, route),
            deputies=find_answering_deputies(review, route),
            now=now,
            snippets=snippets.get(review.id, ()),
            reviewed_bytes=find_reviewed_bytes(review, route),
            names=names,
            has_ended=review.campaign is not None and review.campaign.id in ended,
        )
        for review, route in routed
    }


def find_successors(work: UnitOfWork, reviews: Sequence[Review]) -> dict[str, CardContext]:
    """Return the context of each superseded review of a list: the newer review."""
    successor_ids = {review.id: review.superseded_by for review in reviews if review.superseded_by}
    newer = {successor.id: successor for successor in work.reviews.get_many(list(successor_ids.values()))}
    names = find_absent_names(work, reviews)
    return {
        review_id: CardContext(newer=newer.get(successor_id), names=names)
        for review_id, successor_id in successor_ids.items()
    }


def may_have_predecessors(review: Review | None, context: CardContext) -> bool:
    """Return whether a review may have superseded others, by the context of its card; a notice has none."""
    if review is None or context is NO_CONTEXT:
        return False
    return context.earlier is not None or not _has_shown_predecessor(review)


def _has_shown_predecessor(review: Review) -> bool:
    """Return whether a card mentions the review before; each file of a bulk review had one of its own."""
    return review.superseded_by is None and review.kind is not ChangeKind.BULK


def make_neighbour(review: Review | None) -> NeighbourReview | None:
    if review is None:
        return None
    cards = {(card.notifier, card.target): card.message_id for card in review.cards if card.message_id}
    return NeighbourReview(review_id=review.id, revision=review.revision, cards=cards)


def find_request(review: Review | None) -> Answer | None:
    """Return the answer that requested changes in a review; `None` where it ended otherwise."""
    answer = find_deciding_answer(review) if review else None
    return answer if answer and answer.decision is Decision.REQUEST_CHANGES else None
