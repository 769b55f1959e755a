"""What a step of an erasure leaves, so that who is stopped before the end finds the same person again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from store.chain import NO_REVIEW
from store.erasure.stored_entries import find_values

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.ledger.people_commitments import Disclosures


@dataclass(frozen=True, kw_only=True)
class Precautions:
    """What an erasure takes care of: the routes in `held` are under legal hold and keep their people.

    What is in `showing`, reviews and numbers of entries without one, says which ids and names belong to the
    person's address: it stays until all else is done. With `in_tables`, the person without what the ledger
    says of them, it loses nevertheless what only the ledger says is theirs, such as a note with a former
    name: once another of these reviews is erased, no one would know. Persons stay with `keeps_people`.
    """

    held: AbstractSet[str] = frozenset()
    showing: AbstractSet[str | int] = frozenset()
    in_tables: ErasedPerson | None = None
    keeps_people: bool = False

    def is_postponed(self, seq: int, review_id: str) -> bool:
        return (seq if review_id == NO_REVIEW else review_id) in self.showing

    def find_values(
        self, person: ErasedPerson, seq: int, review_id: str, disclosures: Disclosures
    ) -> dict[str, Any]:
        """Return which values beside an entry are the person's and go in this step, by their pointer."""
        values = find_values(person, disclosures)
        if not values or not self.is_postponed(seq, review_id):
            return values
        if self.in_tables is None:
            return {}
        values_in_tables = find_values(self.in_tables, disclosures)
        return {
            pointer: value
            for pointer, value in values.items()
            if pointer not in values_in_tables and not (self.keeps_people and isinstance(value, dict))
        }


NO_PRECAUTIONS = Precautions()
