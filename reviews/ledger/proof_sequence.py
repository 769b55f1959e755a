"""Proofs of entries that belong together: of one review or of none, in order and under one checkpoint."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from reviews.evidence.merkle_tree import hash_leaf, verify_inclusion
from reviews.evidence.signed_notes import NoteError
from reviews.ledger.hash_chain import LedgerBroken, parse_entry
from reviews.ledger.people_commitments import find_commitments
from reviews.ledger.receipt_disclosures import require_commitments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.inclusion_proofs import InclusionProof
    from reviews.ledger.people_commitments import Disclosures


def require_inclusion(proof: InclusionProof, checkpoint: Checkpoint) -> None:
    """Raise `LedgerBroken` unless the proof leads from its entry to the checkpoint's root."""
    leaf_hash = hash_leaf(proof.extra or b"")
    if not verify_inclusion(
        leaf_hash, index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
    ):
        raise LedgerBroken(f"entry {proof.index + 1} is not the one that the checkpoint covers")


def read_proven_entry(proof: InclusionProof) -> dict[str, Any]:
    """Return the entry in a proof; raise `NoteError` or `LedgerBroken` if it has none with its number."""
    if proof.extra is None:
        raise NoteError("it has no line with the entry's bytes")
    label = f"entry {proof.index + 1}"
    try:
        entry = parse_entry(proof.extra.decode(), label=label)
    except UnicodeDecodeError:
        raise LedgerBroken(f"{label} is not text") from None
    if entry.get("seq") != proof.index + 1:
        raise LedgerBroken(f"the entry at index {proof.index} is not {label}")
    return entry


class ProofSequence:
    """Checks one proof after the other, all under a checkpoint whose signatures were verified.

    Attributes:
        note: The checkpoint as it was signed, which each proof has.
        review_id: The review of which each entry is; `None` for entries that belong to none.
        numbers: Those of the entries so far.
        commitments: What these commit to, by their numbers.
    """

    def __init__(self, review_id: str | None, *, note: str, checkpoint: Checkpoint) -> None:
        self.review_id, self.note, self.checkpoint = review_id, note, checkpoint
        self.numbers = array("Q")
        self.commitments: dict[int, Mapping[str, str]] = {}

    def add_proof(self, proof: InclusionProof, entry: Mapping[str, Any]) -> None:
        """Raise `NoteError` or `LedgerBroken` unless the proof holds and goes on from those before it."""
        number = proof.index + 1
        if proof.checkpoint != self.note:
            raise NoteError("it has another checkpoint")
        if entry.get("review_id") != self.review_id:
            raise NoteError(f"entry {number} is of another review")
        self._require_order(number)
        require_inclusion(proof, self.checkpoint)
        self.numbers.append(number)
        if commitments := find_commitments(entry):
            self.commitments[number] = commitments

    def check_disclosures(self, disclosures: Disclosures, *, seq: int) -> None:
        """Raise `LedgerBroken` unless an entry of these commits to the values."""
        if seq not in self.commitments and not self._has_number(seq):
            raise LedgerBroken(f"entry {seq} is not proven in this receipt")
        require_commitments(disclosures, self.commitments.get(seq, {}), seq=seq)

    def _require_order(self, number: int) -> None:
        if self._has_number(number):
            raise NoteError(f"entry {number} is proven twice")
        if self.numbers and number < self.numbers[-1]:
            last = self.numbers[-1]
            raise NoteError(f"entry {number} stands after entry {last}: the order is that of the ledger")

    def _has_number(self, number: int) -> bool:
        at = bisect_left(self.numbers, number)
        return at < len(self.numbers) and self.numbers[at] == number
