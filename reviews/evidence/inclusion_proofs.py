"""Proofs that an entry is in a log, to be checked offline (C2SP tlog-proof)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.evidence.checkpoints import parse_checkpoint, verify_checkpoint
from reviews.evidence.merkle_tree import HASH_SIZE, hash_leaf, verify_inclusion
from reviews.evidence.note_syntax import (
    MAX_NUMBER,
    check_text,
    decode_base64,
    encode_base64,
    parse_number,
)
from reviews.evidence.signed_notes import NoteError, parse_note

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.signed_notes import CheckSignature, VerifierKey

MAX_HASHES = 63
PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
"""The first line of each proof."""


@dataclass(frozen=True)
class InclusionProof:
    """The index of an entry, the hashes that lead from its sibling to the root, and the signed checkpoint.

    `checkpoint` is the whole signed note, verbatim. `extra` is proven by nothing.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_NUMBER:
            raise NoteError("the index is not between 0 and 2^63 - 1")
        if len(self.hashes) > MAX_HASHES:
            raise NoteError(f"the proof has more than {MAX_HASHES} hashes")
        if any(len(value) != HASH_SIZE for value in self.hashes):
            raise NoteError(f"a hash of the proof does not have {HASH_SIZE} bytes")
        if self.extra == b"":
            raise NoteError("the extra data is empty, and a proof without any has no line for it")
        parse_checkpoint(parse_note(self.checkpoint).text)


def format_inclusion_proof(proof: InclusionProof) -> str:
    extra = [] if proof.extra is None else [f"extra {encode_base64(proof.extra)}"]
    hashes = [encode_base64(value) for value in proof.hashes]
    return "\n".join([PROOF_FORMAT, *extra, f"index {proof.index}", *hashes, "", proof.checkpoint])


def parse_inclusion_proof(text: str) -> InclusionProof:
    """Parse a proof without verifying it (C2SP tlog-proof, Format); `NoteError` for any other text."""
    check_text(text, subject="the proof")
    header, separator, checkpoint = text.partition("\n\n")
    first, *lines = header.split("\n")
    if first != PROOF_FORMAT:
        raise NoteError(f"the first line of the proof is not {PROOF_FORMAT}")
    if not separator:
        raise NoteError("the proof has no empty line before its checkpoint")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), subject="the extra data")
    if not lines or not lines[0].startswith("index "):
        raise NoteError("the proof has no index where one belongs")
    index = parse_number(lines.pop(0).removeprefix("index "), subject="the index")
    hashes = [decode_base64(line, subject="a hash of the proof") for line in lines]
    return InclusionProof(index, tuple(hashes), checkpoint, extra)


def verify_inclusion_proof(
    proof: InclusionProof, leaf: bytes, keys: Collection[VerifierKey], check_signature: CheckSignature
) -> Checkpoint:
    """Return the checkpoint whose tree holds these bytes at the proof's index, or raise `NoteError`.

    The checkpoint is verified with `keys`, as `verify_checkpoint` does.
    """
    checkpoint = verify_checkpoint(proof.checkpoint, keys, check_signature)
    if not verify_inclusion(
        hash_leaf(leaf), index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
    ):
        raise NoteError(f"the checkpoint's tree does not hold the entry at index {proof.index}")
    return checkpoint
