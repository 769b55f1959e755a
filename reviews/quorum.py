"""Progress of a review: which answers are valid, and which are still missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from reviews.identity import ERASED
from reviews.kinds import Decision, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reviews.identity import Person
    from reviews.model import Answer, Review


class _RevisedAnswer(Protocol):
    @property
    def revision(self) -> int: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


AnyAnswer = TypeVar("AnyAnswer", bound=_RevisedAnswer)
"""An answer as the product has it, or as a pack does."""


class AnsweredDuty(Protocol):
    """What decides whether a review has its answers: a review, or what the ledger says of one."""

    @property
    def revision(self) -> int: ...
    @property
    def owners(self) -> Sequence[str]: ...
    @property
    def contributors(self) -> Sequence[Person]: ...
    @property
    def required(self) -> int | None: ...
    @property
    def answers(self) -> Sequence[Answer]: ...


def list_valid_answers(review: AnsweredDuty) -> tuple[Answer, ...]:
    """Return the answers that count: to the current revision, and not withdrawn."""
    return filter_valid(review.answers, revision=review.revision)


def filter_valid(answers: Iterable[AnyAnswer], *, revision: int) -> tuple[AnyAnswer, ...]:
    """Return those of some answers that count at a revision."""
    return tuple(each for each in answers if each.revision == revision and each.withdrawn_at is None)


def find_deciding_answer(review: Review) -> Answer | None:
    """Return the answer that gave the review its state; `None` while it is open, or if none did."""
    if review.state in {ReviewState.OPEN, ReviewState.CLOSED}:
        return None
    return next(iter(reversed(list_valid_answers(review))), None)


def list_acknowledgements(review: Review) -> tuple[Answer, ...]:
    return tuple(answer for answer in list_valid_answers(review) if answer.decision is Decision.ACKNOWLEDGE)


def list_required_owners(review: AnsweredDuty) -> tuple[str, ...]:
    """Return the owners who each have to answer where all of them are required.

    Those who changed the document themselves are left out: people can't review their own work. So are those
    who were erased, of whom it is no longer known.
    """
    authors = {ERASED, *((person.email or "").casefold() for person in review.contributors)}
    return tuple(owner for owner in review.owners if owner.casefold() not in authors)


def list_missing_owners(review: Review) -> tuple[str, ...]:
    """Return the owners whose answer is still possible, or required where all owners have to answer."""
    answered = {(answer.owner or "").casefold() for answer in list_valid_answers(review)}
    return tuple(owner for owner in list_required_owners(review) if owner.casefold() not in answered)


def count_required_answers(review: Review) -> int:
    """Return how many people have to acknowledge the review."""
    return len(list_required_owners(review)) or 1 if review.required is None else review.required


def derive_state(review: AnsweredDuty, answers: Sequence[Answer]) -> ReviewState:
    """Return the state of the review with these valid answers."""
    if any(answer.decision is Decision.REQUEST_CHANGES for answer in answers):
        return ReviewState.CHANGES_REQUESTED
    owners = {(answer.owner or "").casefold() for answer in answers}
    all_owners_answered = all(owner.casefold() in owners for owner in list_required_owners(review))
    is_complete = (
        bool(answers) and all_owners_answered if review.required is None else len(answers) >= review.required
    )
    return ReviewState.ACKNOWLEDGED if is_complete else ReviewState.OPEN
