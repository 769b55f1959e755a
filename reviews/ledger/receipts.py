"""Receipts: a C2SP tlog-proof for each entry of one review, with the entry's bytes, to be checked offline.

The proofs stand in the order of the ledger, separated by an empty line, and have the same checkpoint. Each of
them is by itself a whole tlog-proof. After another empty line follows what the entries commit to
(`reviews.ledger.receipt_disclosures`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.errors import ReviewError
from reviews.evidence.cosigned_checkpoints import verify_checkpoint_by_all
from reviews.evidence.inclusion_proofs import (
    PROOF_FORMAT,
    InclusionProof,
    format_inclusion_proof,
    parse_inclusion_proof,
)
from reviews.evidence.signed_notes import NoteError
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.proof_sequence import ProofSequence, read_proven_entry
from reviews.ledger.receipt_disclosures import (
    parse_disclosure_block,
    split_disclosure_block,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.cosigned_checkpoints import CosignedCheckpoint
    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import CheckSignature, VerifierKey
    from reviews.ledger.people_commitments import Disclosures

RECEIPT_ENDING = ".tlog-proof"
"""The end of the name of a receipt's file."""
_NEXT_PROOF = re.compile(rf"(?<=\n)\n(?={re.escape(PROOF_FORMAT)}\n)")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A receipt that can be handed out.

    Attributes:
        review_id: The review, which may be removed already.
        count: How many ledger entries it has; all of them are proven.
        last: The number of the last one.
        checkpoint: What proves them.
        verifier_keys: The keys of this installation that have signed it; none where that has no key.
        iterate_parts: Yields the text, a part for each entry, and one for what they commit to; raises
            `LedgerBroken` at an entry that was changed. The parts are made while they are read, some
            hundreds at a time.
    """

    review_id: str
    count: int
    last: int
    checkpoint: Checkpoint
    verifier_keys: tuple[str, ...]
    iterate_parts: Callable[[], Iterator[str]]


PrepareReceipt = Callable[[str], Receipt]
"""Returns the receipt of a review, or raises `ReceiptMissing`."""


class ReceiptObstacle(StrEnum):
    """Why a review has no receipt now."""

    NO_ENTRY = "no_entry"
    NOT_SIGNED = "not_signed"
    """The ledger has no key."""
    NOT_COVERED = "not_covered"
    """No signed checkpoint covers all of its entries yet."""
    STOPPED = "stopped"
    """Something keeps checkpoints from covering them."""


class ReceiptMissing(ReviewError):
    """A review has no receipt now; the message is meant for operators."""

    def __init__(self, obstacle: ReceiptObstacle, message: str) -> None:
        super().__init__(message)
        self.obstacle = obstacle


@dataclass(frozen=True, kw_only=True)
class VerifiedReceipt:
    """What a receipt proves: entries of one review in the tree of a checkpoint, and who signed that.

    `disclosures` is what the receipt says of the people whom the entries commit to, by the entries' numbers;
    `withheld` is the number of commitments of which it says nothing.
    """

    review_id: str
    entries: tuple[int, ...]
    checkpoint: Checkpoint
    signers: tuple[str, ...]
    disclosures: Mapping[int, Disclosures] = field(default_factory=dict)
    withheld: int = 0


class ReceiptInvalid(NoteError):
    """A receipt does not hold; `number` is that of its first proof that does not, counted from 1.

    It is `None` where all proofs hold, and what it says of people does not.
    """

    def __init__(self, number: int | None, reason: str) -> None:
        super().__init__(f"disclosures: {reason}" if number is None else f"proof {number}: {reason}")
        self.number, self.reason = number, reason


def format_receipt(proofs: Iterable[InclusionProof]) -> Iterator[str]:
    """Yield the parts of a receipt's text, one for each proof."""
    for number, proof in enumerate(proofs):
        separator = "\n" if number else ""
        yield f"{separator}{format_inclusion_proof(proof)}"


def split_receipt(text: str) -> list[str]:
    """Return the proofs of a receipt as texts: in none of them, its first line follows an empty one."""
    return _NEXT_PROOF.split(split_disclosure_block(text)[0])


def build_entry_proof(entry: bytes, hashes: Iterable[bytes], *, seq: int, note: str) -> InclusionProof:
    """Return the proof of an entry with this number; `note` is the signed checkpoint."""
    return InclusionProof(index=seq - 1, hashes=tuple(hashes), checkpoint=note, extra=entry)


def verify_receipt(
    text: str,
    keys: Collection[VerifierKey],
    check_signature: CheckSignature,
    *,
    policy: Policy | None = None,
) -> VerifiedReceipt:
    """Return what a receipt proves by the keys and the policy, if there is one, or raise `ReceiptInvalid`."""
    check = _ReceiptCheck(lambda note: verify_checkpoint_by_all(note, keys, policy, check_signature))
    proofs, disclosures = split_disclosure_block(text)
    for number, part in enumerate(_NEXT_PROOF.split(proofs), start=1):
        try:
            check.add_part(part)
        except (NoteError, LedgerBroken) as error:
            raise ReceiptInvalid(number, str(error)) from None
    try:
        if disclosures is not None:
            check.add_disclosures(disclosures)
    except LedgerBroken as error:
        raise ReceiptInvalid(None, str(error)) from None
    return check.finish()


class _ReceiptCheck:
    """Checks one proof after the other. The signatures of their common checkpoint are verified once."""

    def __init__(self, verify: Callable[[str], CosignedCheckpoint]) -> None:
        self._verify = verify
        self._disclosures: Mapping[int, Disclosures] = {}
        self._signed: CosignedCheckpoint | None = None
        self._sequence: ProofSequence | None = None

    def add_part(self, text: str) -> None:
        """Raise `NoteError` or `LedgerBroken` unless the proof holds and goes on from those before it."""
        proof = parse_inclusion_proof(text)
        entry = read_proven_entry(proof)
        review_id = entry.get("review_id")
        if not isinstance(review_id, str):
            raise LedgerBroken(f"the entry at index {proof.index} is not entry {proof.index + 1} of a review")
        if self._sequence is None:
            self._signed = self._verify(proof.checkpoint)
            self._sequence = ProofSequence(
                review_id, note=proof.checkpoint, checkpoint=self._signed.checkpoint
            )
        self._sequence.add_proof(proof, entry)

    def add_disclosures(self, text: str) -> None:
        """Raise `LedgerBroken` unless the block after the proofs says what their entries commit to."""
        self._disclosures = parse_disclosure_block(text)
        for seq, disclosures in self._disclosures.items():
            if self._sequence is not None:
                self._sequence.check_disclosures(disclosures, seq=seq)

    def finish(self) -> VerifiedReceipt:
        if self._signed is None or self._sequence is None:
            raise ReceiptInvalid(1, "there is none")
        commitments = self._sequence.commitments.values()
        return VerifiedReceipt(
            review_id=self._sequence.review_id or "",
            entries=tuple(self._sequence.numbers),
            checkpoint=self._signed.checkpoint,
            signers=tuple(map(str, self._signed.signers)),
            disclosures=self._disclosures,
            withheld=sum(map(len, commitments)) - sum(map(len, self._disclosures.values())),
        )
