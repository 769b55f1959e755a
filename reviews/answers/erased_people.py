"""The refusal to open a review again in which a person was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.errors import RefusalReason, Refused
from reviews.identity import ERASED, is_erased
from reviews.language import _
from reviews.wording.subject import name_subject

if TYPE_CHECKING:
    from reviews.identity import Person, Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork


def require_all_people(work: UnitOfWork, review: Review) -> None:
    """Raise `Refused` if a person of a review was erased, so that it must not be open again.

    The one who was erased could answer it then, whose own change or answer is no longer known.
    """
    if _has_erased_people(work, review):
        sentence = _(
            "A person who took part in the review of {title} was erased, so answers to it can't be withdrawn "
            "any more."
        )
        raise Refused(RefusalReason.NOT_ALLOWED, sentence.format(title=name_subject(review)))


def _has_erased_people(work: UnitOfWork, review: Review) -> bool:
    """Return whether an owner, a contributor or a reviewer was erased, or one for whom they stood in."""
    doers = [person for act in review.acts for person in act.people]
    reviewers = (answer.reviewer for answer in review.answers)
    people: list[Person | Reviewer] = [*review.contributors, *doers, *reviewers]
    return (
        ERASED in review.owners
        or any(answer.stand_in_for == ERASED for answer in review.answers)
        or any(map(is_erased, people))
        or (review.bulk is not None and work.bulk_files.has_erased_contributor(review.id))
    )
