"""Proofs are read as C2SP tlog-proof has them, and prove one entry at one index only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.evidence.checkpoints import Checkpoint
from reviews.evidence.inclusion_proofs import (
    InclusionProof,
    format_inclusion_proof,
    parse_inclusion_proof,
    verify_inclusion_proof,
)
from reviews.evidence.signed_notes import NoteError
from tests.evidence.hostile_texts import parse_or_refuse, spoil_text
from tests.evidence.signers import LOG, ORIGIN, WITNESS, check_signature, make_proof, sign_checkpoint
from tests.evidence.trees import make_leaves, mth

KEYS = [LOG.verifier_key]
PROOF = make_proof(4, 7)
TEXT = format_inclusion_proof(PROOF)
EXTRA = format_inclusion_proof(make_proof(4, 7, extra=b"more"))
FIRST_HASH = TEXT.splitlines()[2]


def test_a_proof_is_written_as_the_specification_has_it() -> None:
    lines = EXTRA.split("\n")

    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 4"]
    assert [len(line) for line in lines[3:7]] == [44, 44, 44, 0]
    assert "\n".join(lines[7:]) == PROOF.checkpoint


@pytest.mark.parametrize("extra", [None, b"more", bytes(range(256))])
@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (4, 7), (69, 70)])
def test_an_entry_is_proven_by_what_was_written(index: int, size: int, extra: bytes | None) -> None:
    text = format_inclusion_proof(make_proof(index, size, extra=extra))

    proof = parse_inclusion_proof(text)

    assert proof == make_proof(index, size, extra=extra)
    assert format_inclusion_proof(proof) == text
    checkpoint = verify_inclusion_proof(proof, make_leaves(size)[index], KEYS, check_signature)
    assert checkpoint == Checkpoint(ORIGIN, size, mth(make_leaves(size)))


def test_cosignatures_stay_with_the_checkpoint() -> None:
    proof = replace(PROOF, checkpoint=sign_checkpoint(7, LOG, WITNESS))

    restored = parse_inclusion_proof(format_inclusion_proof(proof))

    keys = [LOG.verifier_key, WITNESS.verifier_key]
    assert verify_inclusion_proof(restored, make_leaves(7)[4], keys, check_signature).size == 7


def test_another_entry_is_not_proven() -> None:
    with pytest.raises(NoteError, match="does not hold the entry at index 4"):
        verify_inclusion_proof(PROOF, make_leaves(7)[5], KEYS, check_signature)


@pytest.mark.parametrize("index", [0, 3, 5, 6, 7, 2**63 - 1])
def test_another_index_is_not_proven(index: int) -> None:
    with pytest.raises(NoteError, match=f"at index {index}"):
        verify_inclusion_proof(replace(PROOF, index=index), make_leaves(7)[4], KEYS, check_signature)


def test_a_proof_with_any_bit_of_its_hashes_changed_is_refused() -> None:
    joined = int.from_bytes(b"".join(PROOF.hashes))
    for bit in range(len(PROOF.hashes) * 256):
        altered = (joined ^ (1 << bit)).to_bytes(len(PROOF.hashes) * 32)
        hashes = tuple(altered[at : at + 32] for at in range(0, len(altered), 32))
        with pytest.raises(NoteError, match="does not hold"):
            verify_inclusion_proof(replace(PROOF, hashes=hashes), make_leaves(7)[4], KEYS, check_signature)


@pytest.mark.parametrize("hashes", [(), PROOF.hashes[1:], PROOF.hashes[:-1], (*PROOF.hashes, bytes(32))])
def test_a_proof_with_more_or_fewer_hashes_is_refused(hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(NoteError, match="does not hold"):
        verify_inclusion_proof(replace(PROOF, hashes=hashes), make_leaves(7)[4], KEYS, check_signature)


def test_a_proof_beside_a_checkpoint_of_another_tree_is_refused() -> None:
    with pytest.raises(NoteError, match="does not hold"):
        verify_inclusion_proof(
            replace(PROOF, checkpoint=sign_checkpoint(6)), make_leaves(7)[4], KEYS, check_signature
        )


def test_a_proof_whose_checkpoint_is_not_signed_by_the_key_is_refused() -> None:
    with pytest.raises(NoteError, match="none of the keys"):
        verify_inclusion_proof(PROOF, make_leaves(7)[4], [WITNESS.verifier_key], check_signature)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "first line"),
        (TEXT.replace("@v1", "@v2"), "first line"),
        (f"\n{TEXT}", "first line"),
        (TEXT.partition("\n")[2], "first line"),
        (TEXT.partition("\n\n")[0], "no empty line"),
        (TEXT.partition("\n\n")[0] + "\n\n", "no empty line before its signatures"),
        (TEXT.replace("\n", "\r\n"), "CRLF"),
        (TEXT.replace("index 4", "index 4\x00"), "control character"),
        (TEXT.replace("index 4", "index 4\ud800"), "UTF-8"),
        (TEXT.replace("index 4\n", ""), "no index"),
        (TEXT.replace("index 4", "Index 4"), "no index"),
        (TEXT.replace("index 4", "index"), "no index"),
        (TEXT.replace("index 4", "index  4"), "whole number"),
        (TEXT.replace("index 4", "index 04"), "whole number"),
        (TEXT.replace("index 4", "index -4"), "whole number"),
        (TEXT.replace("index 4", "index \u0664"), "whole number"),
        (TEXT.replace("index 4", f"index {2**63}"), "larger than"),
        (TEXT.replace("index 4", "index 4\nindex 4"), "base64"),
        (TEXT.replace("index 4", "index 4\nextra bW9yZQ=="), "base64"),
        (EXTRA.replace("extra bW9yZQ==", "extra bW9yZQ==\nextra bW9yZQ=="), "no index"),
        (EXTRA.replace("extra bW9yZQ==", "extra bW9yZR=="), "one base64"),
        (EXTRA.replace("extra bW9yZQ==", "extra bW9yZQ"), "base64"),
        (EXTRA.replace("extra bW9yZQ==", "extra "), "extra data is empty"),
        (TEXT.replace(FIRST_HASH, "AAAA"), "32 bytes"),
        (TEXT.replace(FIRST_HASH, f"{FIRST_HASH} "), "base64"),
        (TEXT.replace(FIRST_HASH, FIRST_HASH[:-1]), "base64"),
        (TEXT.replace("index 4", "index 4\n"), "not origin"),
        (TEXT.replace(f"\n\n{ORIGIN}", f"\n\n\n{ORIGIN}"), "not empty"),
        (TEXT.replace("\n7\n", "\n07\n"), "whole number"),
        (f"{TEXT}\n", "has no signature"),
        (f"{TEXT}more", "newline"),
    ],
)
def test_what_is_no_proof_is_refused_with_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(NoteError, match=sentence):
        parse_inclusion_proof(text)


def test_a_proof_has_at_most_63_hashes() -> None:
    most = replace(PROOF, hashes=(bytes(32),) * 63)
    text = format_inclusion_proof(most)

    assert parse_inclusion_proof(text) == most
    with pytest.raises(NoteError, match="more than 63 hashes"):
        parse_inclusion_proof(text.replace("index 4", f"index 4\n{FIRST_HASH}"))


@pytest.mark.parametrize("index", [-1, 2**63])
def test_an_index_that_no_tree_has_is_not_written(index: int) -> None:
    with pytest.raises(NoteError, match="index"):
        InclusionProof(index, (), PROOF.checkpoint)


def test_a_proof_is_not_written_without_a_signed_checkpoint() -> None:
    with pytest.raises(NoteError):
        InclusionProof(0, (), "no checkpoint\n")


@given(text=spoil_text(TEXT) | spoil_text(EXTRA))
def test_any_text_is_the_one_spelling_of_a_proof_or_is_refused(text: str) -> None:
    proof = parse_or_refuse(parse_inclusion_proof, text)

    assert proof is None or format_inclusion_proof(proof) == text


@given(
    index=st.integers(0, 2**63 - 1),
    hashes=st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    extra=st.none() | st.binary(min_size=1, max_size=200),
)
def test_any_proof_is_read_as_it_was_written(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = InclusionProof(index, tuple(hashes), PROOF.checkpoint, extra)

    assert parse_inclusion_proof(format_inclusion_proof(proof)) == proof
