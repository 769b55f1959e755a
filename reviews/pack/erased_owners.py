"""The quorum of a review whose owners or reviewers were erased: all of them have the same placeholder."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.ledger.people_commitments import ERASED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.identity import Person
    from reviews.model import Answer
    from reviews.quorum import AnsweredDuty


@dataclass(frozen=True, kw_only=True)
class NumberedDuty:
    """A duty in which erased owners have numbers, and so have the answers for them.

    Without these one answer would count for all erased owners. Whose answer was for whom is not known any
    more, but each answer is for another owner.
    """

    revision: int
    owners: tuple[str, ...]
    contributors: Sequence[Person]
    required: int | None
    answers: tuple[Answer, ...]

    @classmethod
    def from_duty(cls, duty: AnsweredDuty, answers: Sequence[Answer]) -> NumberedDuty:
        """Return the duty with these of its answers."""
        of_owners, of_answers = itertools.count(1), itertools.count(1)
        return cls(
            revision=duty.revision,
            owners=tuple(f"{ERASED} {next(of_owners)}" if each == ERASED else each for each in duty.owners),
            contributors=duty.contributors,
            required=duty.required,
            answers=tuple(
                replace(each, owner=f"{ERASED} {next(of_answers)}") if each.owner == ERASED else each
                for each in answers
            ),
        )
