"""How far a review has come: whose answers stand, and whose are still missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import Decision, ReviewState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.model import Answer, Review


def list_valid_answers(review: Review) -> tuple[Answer, ...]:
    """Return the answers that count: to what the review covers now, and not taken back."""
    return tuple(
        given for given in review.answers if given.revision == review.revision and given.withdrawn_at is None
    )


def find_deciding_answer(review: Review) -> Answer | None:
    """Return the answer that gave the review its state; `None` while it is open."""
    if review.state is ReviewState.OPEN:
        return None
    return next(iter(reversed(list_valid_answers(review))), None)


def list_acknowledgements(review: Review) -> tuple[Answer, ...]:
    return tuple(given for given in list_valid_answers(review) if given.decision is Decision.ACKNOWLEDGE)


def list_required_owners(review: Review) -> tuple[str, ...]:
    """Return the owners each of whom has to answer where all of them have to.

    Those who changed the document themselves need not: nobody can review their own work.
    """
    authors = {(who.email or "").casefold() for who in review.contributors}
    return tuple(owner for owner in review.owners if owner.casefold() not in authors)


def list_missing_owners(review: Review) -> tuple[str, ...]:
    """Return the owners who could still answer, and where all of them have to, those who have to."""
    given = {(answer.owner or "").casefold() for answer in list_valid_answers(review)}
    return tuple(owner for owner in list_required_owners(review) if owner.casefold() not in given)


def count_required_answers(review: Review) -> int:
    """Return how many people have to acknowledge the review."""
    return len(list_required_owners(review)) or 1 if review.required is None else review.required


def derive_state(review: Review, answers: Sequence[Answer]) -> ReviewState:
    """Return the state that the review has with these standing answers."""
    if any(given.decision is Decision.REQUEST_CHANGES for given in answers):
        return ReviewState.CHANGES_REQUESTED
    owners = {(given.owner or "").casefold() for given in answers}
    everybody = all(owner.casefold() in owners for owner in list_required_owners(review))
    enough = bool(answers) and everybody if review.required is None else len(answers) >= review.required
    return ReviewState.ACKNOWLEDGED if enough else ReviewState.OPEN
