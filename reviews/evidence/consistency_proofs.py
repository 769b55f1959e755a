"""Proofs that a tree begins with an older one, as witnesses take them (C2SP tlog-witness, add-checkpoint)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.evidence.note_syntax import check_text, decode_base64, encode_base64, parse_number
from reviews.evidence.signed_notes import NoteError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_HASHES = 63
_START = "old "


@dataclass(frozen=True)
class ConsistencyProof:
    """The size of the older tree, the hashes that lead from it to the newer one, and the note of that."""

    old_size: int
    hashes: tuple[bytes, ...]
    checkpoint: str


def format_consistency_proof(*, old_size: int, hashes: Iterable[bytes], checkpoint: str) -> str:
    lines = [f"{_START}{old_size}", *map(encode_base64, hashes), "", checkpoint]
    return "\n".join(lines)


def parse_consistency_proof(text: str) -> ConsistencyProof:
    """Parse a proof without verifying it; `NoteError` for any other text."""
    check_text(text, subject="the proof")
    header, separator, checkpoint = text.partition("\n\n")
    first, *lines = header.split("\n")
    if not separator or not first.startswith(_START):
        raise NoteError("the proof is not an old size, hashes, an empty line and a checkpoint")
    if len(lines) > MAX_HASHES:
        raise NoteError(f"the proof has more than {MAX_HASHES} hashes")
    old_size = parse_number(first.removeprefix(_START), subject="the old size")
    hashes = tuple(decode_base64(line, subject="a hash of the proof") for line in lines)
    return ConsistencyProof(old_size, hashes, checkpoint)
