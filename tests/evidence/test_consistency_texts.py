"""A consistency proof as a text: what witnesses take, and nothing else."""

from __future__ import annotations

import pytest

from reviews.evidence.consistency_proofs import (
    ConsistencyProof,
    format_consistency_proof,
    parse_consistency_proof,
)
from reviews.evidence.note_syntax import encode_base64
from reviews.evidence.signed_notes import NoteError

HASHES = (bytes(32), bytes([255]) * 32)
NOTE = "log.example.com\n9\nAAAA\n\nsignatures\n"
TEXT = f"old 5\n{encode_base64(HASHES[0])}\n{encode_base64(HASHES[1])}\n\n{NOTE}"


def test_a_proof_is_written_as_the_specification_has_it_and_read_again() -> None:
    assert format_consistency_proof(old_size=5, hashes=HASHES, checkpoint=NOTE) == TEXT
    assert parse_consistency_proof(TEXT) == ConsistencyProof(5, HASHES, NOTE)


def test_a_proof_from_an_empty_tree_has_no_hashes() -> None:
    assert parse_consistency_proof(f"old 0\n\n{NOTE}") == ConsistencyProof(0, (), NOTE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not an old size, hashes, an empty line"),
        ("old 5\n", "is not an old size, hashes, an empty line"),
        (TEXT.replace("old", "new"), "is not an old size, hashes, an empty line"),
        (TEXT.replace("old 5", "old 05"), "the old size"),
        (TEXT.replace("old 5", "old -5"), "the old size"),
        (TEXT.replace("AAAA", "A A", 1), "a hash of the proof"),
        (TEXT.replace("\n", "\r\n"), "the proof"),
        ("old 5\n" + "AAAA\n" * 64 + f"\n{NOTE}", "more than 63 hashes"),
    ],
)
def test_what_is_no_proof_is_refused_with_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(NoteError, match=says):
        parse_consistency_proof(text)
