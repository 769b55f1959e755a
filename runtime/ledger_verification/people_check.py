"""The check of people beside the ledger: each is what its entry commits to, or was erased on record."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.ledger.findings import LedgerFinding, LedgerFindings, LedgerPart
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.people_checks import (
    UndisclosedPlace,
    check_disclosures,
    describe_loss,
    describe_return,
)
from reviews.ledger.people_commitments import find_commitments
from runtime.ledger_verification.erased_commitments import ErasedCommitments
from store import recorded_erasures
from store.disclosures import is_disclosed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import sqlalchemy as sa

    from store.ledger_reading import StoredEntry

MAX_UNMATCHED = 50_000
"""Commitments with nothing beside them that are held at once: each time, all later erasures are read."""


@dataclass
class PeopleCheck:
    """Check of what stands beside the entries of a stretch; memory grows by 16 bytes for each erased value.

    An erasure is a later entry than what it erases, and may be written while the ledger is checked. So the
    database is asked for erasures after the entries were read.
    """

    engine: sa.Engine
    findings: LedgerFindings
    max_unmatched: int = MAX_UNMATCHED
    _unmatched: list[UndisclosedPlace] = field(default_factory=list)

    def watch(self, entries: Iterable[StoredEntry]) -> Iterator[StoredEntry]:
        """Yield the entries, and add a finding for each value that is another, or gone, or there again."""
        erased = ErasedCommitments.read(self.engine)  # first: what is erased meanwhile was there
        for stored in entries:
            yield stored  # which follows the one before, or the check of the chain ends here
            if not is_disclosed(stored.read.entry, text=stored.text, people=stored.people):
                self._check(stored)
            if stored.people is not None and erased.may_be_in(stored.text, seq=stored.seq):
                self._check_returned(stored, erased)
            if len(self._unmatched) >= self.max_unmatched:
                self.check_erased()

    def check_erased(self) -> None:
        """Add a finding for each value gone since the last check that no later entry lists as erased."""
        if not self._unmatched:
            return
        last_by_commitment = {each.commitment: 0 for each in self._unmatched}
        for seq, commitments in recorded_erasures.iterate_erasures(self.engine, after=self._unmatched[0].seq):
            last_by_commitment |= dict.fromkeys(last_by_commitment.keys() & set(commitments), seq)
        for each in self._unmatched:
            if last_by_commitment[each.commitment] <= each.seq:
                self.findings.add(describe_loss(each))
        self._unmatched.clear()

    def _check_returned(self, stored: StoredEntry, erased: ErasedCommitments) -> None:
        commitments = find_commitments(stored.read.entry)
        with suppress(LedgerBroken):  # `_check` has said so
            for pointer in stored.disclosures:
                if pointer in commitments and erased.has(commitments[pointer], seq=stored.seq):
                    self.findings.add(describe_return(stored.seq, pointer))

    def _check(self, stored: StoredEntry) -> None:
        commitments = find_commitments(stored.read.entry)
        try:
            disclosures = stored.disclosures
        except LedgerBroken as broken:
            self.findings.add(LedgerFinding(part=LedgerPart.PEOPLE, entry=stored.seq, says=str(broken)))
            return
        for finding in check_disclosures(stored.seq, commitments, disclosures):
            self.findings.add(finding)
        self._unmatched += [
            UndisclosedPlace(stored.seq, pointer, commitment)
            for pointer, commitment in commitments.items()
            if pointer not in disclosures
        ]


def describe_stray(seq: int | None) -> LedgerFinding:
    """Return the finding of a row of people that belongs to no entry."""
    whose = (
        "has a row without the number of an entry"
        if seq is None
        else f"tells of entry {seq}, which is not there"
    )
    says = f"the table ledger_people {whose}"
    return LedgerFinding(part=LedgerPart.PEOPLE, entry=seq, says=says)
