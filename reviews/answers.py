"""The one place that decides an answer, whatever it came through: a click, a form, a command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews import record
from reviews.card import names
from reviews.errors import RefusalReason, Refused
from reviews.model import Answer, Decision, Identity, Review, Reviewer, ReviewState
from reviews.routing import MayAcknowledge, Route, Routes, SegregationOfDuties
from reviews.text import plain, storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ports import Clock, Transactions, UnitOfWork

LONGEST_NOTE = 3000


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Somebody's wish to answer: which revision they saw, what they decided, who they were proven to be."""

    review_id: str
    revision: int
    decision: Decision
    reviewer: Reviewer
    identity: Identity
    note: str | None = None
    place: tuple[str, str] | None = None  # the (notifier, target) of the card that was clicked, where known


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Takes answers. Every refusal is a `Refused` with a sentence for the person who tried."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    answered: Callable[[], None] = lambda: None

    def look(self, review_id: str) -> Review:
        """Return a review; `Refused` for one that is not known here."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
        if review is None:
            raise _untracked()
        return review

    def check(self, attempt: Attempt) -> Review:
        """Return the review if this attempt would be taken now, else raise `Refused`. Writes nothing."""
        with self.transactions(reading=True) as work:
            review = _known(work, attempt)
            self._allowed(work, review, attempt)
            return review

    def take(self, attempt: Attempt) -> Review:
        """Record the answer and return the review as answered, or raise `Refused`.

        One conditional UPDATE decides; the ledger entry and the wish to redraw every card are in the same
        transaction.
        """
        note = _note(attempt)
        with self.transactions() as work:
            review = _known(work, attempt)
            reviewer, own_change = self._allowed(work, review, attempt)
            now = self.clock()
            answer = Answer(
                decision=attempt.decision,
                reviewer=reviewer,
                identity=attempt.identity,
                revision=attempt.revision,
                version=review.version_to,
                at=now,
                note=note,
                late=review.due_at is not None and now > review.due_at,
                own_change=own_change,
            )
            if not work.reviews.answer(review.id, answer):
                raise _too_late(_known(work, attempt), attempt.revision)
            work.ledger.append(record.answered(review, answer))
            work.cards.redraw(review.id)
            work.commit()
        self.answered()
        return replace(review, state=answer.decision.outcome, answers=(*review.answers, answer))

    def _allowed(self, work: UnitOfWork, review: Review, attempt: Attempt) -> tuple[Reviewer, bool]:
        """Return the reviewer with what we know of them, and whether they answer for their own change."""
        if review.state is not ReviewState.OPEN or review.revision != attempt.revision:
            raise _too_late(review, attempt.revision)
        reviewer = _recognised(work, attempt.reviewer)
        route = self.routes.named(review.route)
        if attempt.identity is not Identity.LINK:
            _may_answer(review, route, reviewer)
        own_change = _contributed(review, reviewer)
        duties = route.segregation_of_duties if route else SegregationOfDuties.ENFORCE
        if own_change and duties is SegregationOfDuties.ENFORCE:
            raise Refused(
                RefusalReason.OWN_CHANGE,
                "You changed this document yourself, so somebody else has to review it. "
                f"Ask {' or '.join(_others(review, route, reviewer)) or 'a colleague'}.",
            )
        return reviewer, own_change and duties is SegregationOfDuties.WARN


def _known(work: UnitOfWork, attempt: Attempt) -> Review:
    """Return the review; a card that stands where this review was never sent is none of ours."""
    review = work.reviews.get(attempt.review_id)
    if review is None:
        raise _untracked()
    if attempt.place is not None and attempt.place not in {
        (card.notifier, card.target) for card in review.cards
    }:
        raise _untracked()
    return review


def _untracked() -> Refused:
    return Refused(
        RefusalReason.UNKNOWN,
        "This review is no longer tracked here. Nothing was recorded; "
        "look for a newer card of the same document.",
    )


def _too_late(review: Review, revision: int) -> Refused:
    if review.state is not ReviewState.OPEN:
        answer = review.answers[-1]
        verb = {
            Decision.ACKNOWLEDGE: "was already reviewed by",
            Decision.REQUEST_CHANGES: "already has changes requested by",
        }[answer.decision]
        when = answer.at.strftime("%d %b %Y, %H:%M UTC")
        return Refused(
            RefusalReason.ALREADY_ANSWERED,
            f"{plain(review.title)} {verb} {answer.reviewer.name} on {when}. Your click changed nothing.",
        )
    return Refused(
        RefusalReason.STALE,
        f"{plain(review.title)} was changed again by {names(review.contributors)} after the card "
        f"that you saw (you saw revision {revision}, it is now at revision {review.revision}). "
        "Open the document again and answer on the fresh card.",
    )


def _recognised(work: UnitOfWork, reviewer: Reviewer) -> Reviewer:
    known = work.people.by_email(reviewer.email) if reviewer.email else None
    docspace_id = known.id if known else reviewer.docspace_id
    return replace(reviewer, name=plain(reviewer.name), docspace_id=docspace_id)


def _may_answer(review: Review, route: Route | None, reviewer: Reviewer) -> None:
    if route is not None and route.may_acknowledge is MayAcknowledge.CHANNEL:
        return
    allowed = route.answerable_by if route else frozenset(owner.casefold() for owner in review.owners)
    if reviewer.email is None:
        raise Refused(
            RefusalReason.UNPROVEN,
            "Your account shows no e-mail address to this app, so it can't tell whether you may review this. "
            f"These people may: {', '.join(review.owners)}.",
        )
    if reviewer.email.casefold() not in allowed:
        raise Refused(
            RefusalReason.NOT_ALLOWED,
            f"Only the owners of this folder may answer. These people may: {', '.join(review.owners)}.",
        )


def _contributed(review: Review, reviewer: Reviewer) -> bool:
    email = (reviewer.email or "").casefold()
    return any(
        (who.id is not None and who.id == reviewer.docspace_id)
        or (email and (who.email or "").casefold() == email)
        for who in review.contributors
    )


def _others(review: Review, route: Route | None, reviewer: Reviewer) -> list[str]:
    candidates = (*review.owners, *(route.deputies if route else ()))
    mine = (reviewer.email or "").casefold()
    return [address for address in dict.fromkeys(candidates) if address.casefold() != mine]


def _note(attempt: Attempt) -> str | None:
    note = storable(attempt.note or "").strip() or None
    if attempt.decision is Decision.REQUEST_CHANGES and note is None:
        raise Refused(RefusalReason.NOTE_NEEDED, "Say in a few words what has to change.")
    if note and len(note) > LONGEST_NOTE:
        raise Refused(
            RefusalReason.NOTE_TOO_LONG,
            f"The note is {len(note)} characters long; at most {LONGEST_NOTE} fit.",
        )
    return note
