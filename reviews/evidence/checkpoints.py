"""Checkpoints: signed heads of a log's tree (C2SP tlog-checkpoint)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.evidence.merkle_tree import HASH_SIZE
from reviews.evidence.note_syntax import (
    MAX_NUMBER,
    check_text,
    decode_base64,
    encode_base64,
    parse_number,
    split_lines,
)
from reviews.evidence.signed_notes import NoteError, SignatureKind, parse_note, verify_note

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.evidence.signed_notes import CheckSignature, VerifierKey


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, the number of its leaves, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_text(self.origin, subject="the origin")
        if not self.origin or "\n" in self.origin:
            raise NoteError("the origin is one line that is not empty")
        if not 0 <= self.size <= MAX_NUMBER:
            raise NoteError("the tree size is not between 0 and 2^63 - 1")
        if len(self.root) != HASH_SIZE:
            raise NoteError(f"the root has {len(self.root)} bytes, not {HASH_SIZE}")


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text of the note that is to be signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Parse the text of a note; `NoteError` for another. Extension lines may follow, and are not read."""
    check_text(text, subject="the checkpoint")
    lines = split_lines(text, subject="the checkpoint")
    if len(lines) < 3 or not all(lines):
        raise NoteError("the checkpoint is not origin, tree size and root, in lines that are not empty")
    origin, size, root = lines[:3]
    return Checkpoint(
        origin,
        parse_number(size, subject="the tree size"),
        decode_base64(root, subject="the root"),
    )


def verify_checkpoint(
    signed_note: str, keys: Collection[VerifierKey], check_signature: CheckSignature
) -> Checkpoint:
    """Return the checkpoint of a signed note that its log has signed, or raise `NoteError`.

    The log is the Ed25519 key whose name is the origin. Cosignatures alone don't make a checkpoint the log's,
    and one of a key in `keys` that isn't valid refuses the note.
    """
    note = parse_note(signed_note)
    checkpoint = parse_checkpoint(note.text)
    signers = verify_note(note, keys, check_signature)
    if not any(key.kind is SignatureKind.ED25519 and key.name == checkpoint.origin for key in signers):
        raise NoteError("the checkpoint is signed by none of the keys that have its origin as their name")
    return checkpoint
