"""The entries that a pack's proofs prove: their numbers and the hashes of their leaves, in little memory."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.evidence.inclusion_proofs import parse_inclusion_proof
from reviews.evidence.merkle_tree import HASH_SIZE, hash_leaf
from reviews.evidence.signed_notes import NoteError
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.proof_sequence import ProofSequence, read_proven_entry
from reviews.ledger.receipt_disclosures import iterate_disclosures
from reviews.ledger.receipts import RECEIPT_ENDING
from reviews.pack.file_names import RECEIPTS, WITHOUT_REVIEW
from runtime.pack.opened_folder import PackInvalid
from runtime.pack.proof_stream import ProofStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.pack.evidence_writer import SignedCheckpoint
    from runtime.pack.opened_folder import OpenedPack


@dataclass
class ProvenEntries:
    """Entries by their place in the pack's proofs; `finish` puts them in order."""

    _numbers: array[int] = field(default_factory=lambda: array("Q"))
    _hashes: bytearray = field(default_factory=bytearray)
    _order: array[int] = field(default_factory=lambda: array("Q"))

    @property
    def count(self) -> int:
        return len(self._numbers)

    def add(self, number: int, leaf_hash: bytes) -> None:
        self._numbers.append(number)
        self._hashes += leaf_hash

    def finish(self) -> None:
        """Put them in the order of the ledger. None is there twice: a file has one review, in order."""
        self._order = array("Q", sorted(range(self.count), key=self._numbers.__getitem__))

    def get_number(self, position: int) -> int | None:
        """Return the number of the entry at a position in the order of the ledger."""
        return self._numbers[self._order[position]] if position < self.count else None

    def get_hash(self, position: int) -> bytes:
        """Return the hash of the leaf of the entry at such a position."""
        at = self._order[position] * HASH_SIZE
        return bytes(self._hashes[at : at + HASH_SIZE])


def check_proofs(
    pack: OpenedPack, signed: SignedCheckpoint, *, show: Callable[[int, int], None]
) -> ProvenEntries:
    """Verify all proofs of a pack under its checkpoint, or raise `PackInvalid`.

    `show` is called with how many files are checked, and of how many.
    """
    proven = ProvenEntries()
    names = [*pack.list_folder(RECEIPTS), *({WITHOUT_REVIEW} & pack.names)]
    for done, name in enumerate(names, start=1):
        review_id = None
        if name != WITHOUT_REVIEW:
            review_id = name.removeprefix(f"{RECEIPTS}/").removesuffix(RECEIPT_ENDING)
        sequence = ProofSequence(review_id, note=signed.note, checkpoint=signed.checkpoint)
        _check_file(pack, name, sequence, proven)
        show(done, len(names))
    proven.finish()
    return proven


def _check_file(pack: OpenedPack, name: str, sequence: ProofSequence, proven: ProvenEntries) -> None:
    """Add the entries of one file of proofs, all of one review, or of none."""
    with pack.open_file(name) as file:
        stream = ProofStream(file, name=name)
        for number, text in enumerate(stream.iterate_proofs(), start=1):
            try:
                _add_proof(text, sequence, proven)
            except (NoteError, LedgerBroken) as error:
                raise PackInvalid(f"{name}, proof {number}: {error}") from None
        try:
            for seq, disclosures in iterate_disclosures(stream.lines) if stream.has_disclosures else ():
                sequence.check_disclosures(disclosures, seq=seq)
        except LedgerBroken as error:
            raise PackInvalid(f"{name}, disclosures: {error}") from None


def _add_proof(text: str, sequence: ProofSequence, proven: ProvenEntries) -> None:
    proof = parse_inclusion_proof(text)
    entry = read_proven_entry(proof)
    sequence.add_proof(proof, entry)
    proven.add(proof.index + 1, hash_leaf(proof.extra or b""))
