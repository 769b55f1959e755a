"""Entries of the ledger with what stands beside them, and what of that is a person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.erasure.stored_values import find_person_values
from reviews.ledger.hash_chain import parse_entry
from reviews.ledger.people_commitments import compute_commitment
from store.disclosures import parse_disclosures
from store.engine import read_only
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.ledger.people_commitments import Disclosures
    from reviews.ports.ledger import LedgerEntry

PAGE_SIZE = 1000
SELECT_ENTRY = sa.select(
    ledger.c.seq, ledger.c.review_id, ledger.c.entry, ledger_people.c.disclosures
).outerjoin(ledger_people, ledger_people.c.seq == ledger.c.seq)


@dataclass(frozen=True, kw_only=True)
class DisclosedEntry:
    """An entry as it is stored, what stands beside it, and what of that goes, by pointer."""

    seq: int
    review_id: str
    entry: LedgerEntry
    disclosures: Disclosures
    own_values: Mapping[str, Any]

    @classmethod
    def build(cls, row: Any, disclosures: Disclosures, own_values: Mapping[str, Any]) -> DisclosedEntry:
        return cls(
            seq=row.seq,
            review_id=row.review_id,
            entry=parse_entry(row.entry, label=f"entry {row.seq}"),
            disclosures=disclosures,
            own_values=own_values,
        )

    @property
    def remaining_disclosures(self) -> Disclosures:
        return {pointer: pair for pointer, pair in self.disclosures.items() if pointer not in self.own_values}

    def list_commitments(self) -> list[str]:
        """Return the commitments to the person's values.

        They are computed from the values: one that was exchanged is not recorded as the one that was
        committed to, so the check still finds that.
        """
        return [compute_commitment(*self.disclosures[pointer]) for pointer in sorted(self.own_values)]


def list_routes(entry: LedgerEntry) -> Iterator[str]:
    """Yield the routes that an entry names."""
    yield from filter(None, [entry.get("route"), *(entry.get("routes") or ())])


def find_values(person: ErasedPerson, disclosures: Disclosures) -> dict[str, Any]:
    """Return which of these values are the person's, by their JSON pointer."""
    values = {pointer: value for pointer, (_, value) in disclosures.items()}
    return {pointer: values[pointer] for pointer in find_person_values(person, values)}


def read_disclosures(row: Any) -> dict[str, tuple[str, Any]]:
    """Return what stands beside the entry of a row, or raise `LedgerBroken`."""
    return parse_disclosures(row.disclosures, seq=row.seq)


def read_page(engine: sa.Engine, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """Return the rows of a query; no transaction stays open."""
    with read_only(engine).connect() as connection:
        return connection.execute(query).all()
