"""The entries that a pack's proofs prove: their numbers and the hashes of their leaves, in little memory."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.evidence.inclusion_proofs import parse_inclusion_proof
from reviews.evidence.merkle_tree import HASH_SIZE, hash_leaf
from reviews.evidence.signed_notes import NoteError
from reviews.ledger.hash_chain import LedgerBroken, parse_entry
from reviews.ledger.people_commitments import find_commitments
from reviews.ledger.receipt_disclosures import (
    parse_disclosure_block,
    require_commitments,
    split_disclosure_block,
)
from reviews.ledger.receipts import RECEIPT_ENDING, require_inclusion, split_receipt
from reviews.pack.file_names import RECEIPTS, WITHOUT_REVIEW
from runtime.pack.folder_reading import PackInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runtime.pack.evidence_files import SignedCheckpoint
    from runtime.pack.folder_reading import OpenedPack

MAX_RECEIPT_BYTES = 128 * 2**20
"""Six times the receipt of a bulk review of ten thousand files."""


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
        _ProofFile(name, review_id, signed, proven).check(pack)
        show(done, len(names))
    proven.finish()
    return proven


@dataclass
class _ProofFile:
    """The check of one file of proofs, all of one review, or of none."""

    name: str
    review_id: str | None
    signed: SignedCheckpoint
    proven: ProvenEntries
    last: int = 0
    commitments: dict[int, Mapping[str, str]] = field(default_factory=dict)

    def check(self, pack: OpenedPack) -> None:
        text = pack.read_text(self.name, max_bytes=MAX_RECEIPT_BYTES)
        for number, part in enumerate(split_receipt(text), start=1):
            try:
                self._add_proof(part)
            except (NoteError, LedgerBroken) as error:
                raise PackInvalid(f"{self.name}, proof {number}: {error}") from None
        _, lines = split_disclosure_block(text)
        try:
            if lines is not None:
                self._check_disclosures(lines)
        except LedgerBroken as error:
            raise PackInvalid(f"{self.name}, disclosures: {error}") from None

    def _check_disclosures(self, lines: str) -> None:
        for number, values in parse_disclosure_block(lines).items():
            if number not in self.commitments:
                raise LedgerBroken(f"entry {number} has no proof before them, or commits to nothing")
            require_commitments(values, self.commitments[number], seq=number)

    def _add_proof(self, text: str) -> None:
        proof = parse_inclusion_proof(text)
        number = proof.index + 1
        if proof.checkpoint != self.signed.note:
            raise NoteError("it has another checkpoint than the pack")
        if proof.extra is None:
            raise NoteError("it has no line with the entry's bytes")
        if number <= self.last:
            raise NoteError(f"entry {number} stands after entry {self.last}: the order is that of the ledger")
        require_inclusion(proof, self.signed.checkpoint)
        self._require_owner(proof.extra, number)
        self.proven.add(number, hash_leaf(proof.extra))
        self.last = number

    def _require_owner(self, content: bytes, number: int) -> None:
        """Refuse an entry of another review than that of the file."""
        try:
            entry = parse_entry(content.decode(), label=f"entry {number}")
        except UnicodeDecodeError:
            raise LedgerBroken(f"entry {number} is not text") from None
        if entry.get("seq") != number:
            raise LedgerBroken(f"the entry at index {number - 1} is not entry {number}")
        if commitments := find_commitments(entry):
            self.commitments[number] = commitments
        if entry.get("review_id") != self.review_id:
            raise LedgerBroken(f"entry {number} is not of the review that the file is named after")
