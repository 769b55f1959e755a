"""Receipts: every proof of one review, in order, and what is refused in their place."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.inclusion_proofs import InclusionProof, format_inclusion_proof, parse_inclusion_proof
from reviews.evidence.signed_notes import format_note, parse_verifier_key
from reviews.ledger.receipts import (
    ReceiptInvalid,
    VerifiedReceipt,
    format_receipt,
    split_receipt,
    verify_receipt,
)
from tests.evidence.hostile_texts import spoil_text
from tests.evidence.signers import (
    LOG,
    ORIGIN,
    WITNESS,
    Signer,
    check_signature,
    make_signer,
    sign_note,
)
from tests.evidence.trees import mth, path

KEYS = [LOG.verifier_key]
SIZE = 7
ENTRIES = tuple(
    json.dumps({"seq": seq, "review_id": "other" if seq == 4 else "rev-1"}).encode()
    for seq in range(1, SIZE + 1)
)
SEQS = (1, 2, 5)


def sign_tree(entries: tuple[bytes, ...], *signers: Signer) -> str:
    text = format_checkpoint(Checkpoint(ORIGIN, len(entries), mth(entries)))
    return format_note(sign_note(text, *(signers or (LOG,))))


def make_proofs(
    *seqs: int, entries: tuple[bytes, ...] = ENTRIES, signer: Signer = LOG
) -> list[InclusionProof]:
    note = sign_tree(entries, signer)
    return [InclusionProof(seq - 1, tuple(path(seq - 1, entries)), note, entries[seq - 1]) for seq in seqs]


def write(*proofs: InclusionProof) -> str:
    return "".join(format_receipt(proofs))


TEXT = write(*make_proofs(*SEQS))


def verify(text: str) -> VerifiedReceipt:
    return verify_receipt(text, KEYS, check_signature)


def refuse(text: str) -> ReceiptInvalid:
    with pytest.raises(ReceiptInvalid) as refused:
        verify(text)
    return refused.value


@pytest.mark.parametrize("seqs", [(3,), SEQS, (1, 2, 3, 5, 6, 7)])
def test_a_receipt_proves_its_entries(seqs: tuple[int, ...]) -> None:
    verified = verify(write(*make_proofs(*seqs)))

    assert (verified.review_id, verified.entries) == ("rev-1", seqs)
    assert verified.checkpoint == Checkpoint(ORIGIN, SIZE, mth(ENTRIES))
    assert verified.signers == (str(LOG.verifier_key),)


def test_each_part_is_by_itself_a_proof_that_others_read() -> None:
    proofs = make_proofs(*SEQS)

    parts = split_receipt(TEXT)

    assert [parse_inclusion_proof(part) for part in parts] == proofs
    assert "\n".join(parts) == TEXT
    assert [verify(part).entries for part in parts] == [(seq,) for seq in SEQS]


def test_it_says_which_keys_have_signed() -> None:
    note = sign_tree(ENTRIES, LOG, WITNESS)
    proofs = [replace(each, checkpoint=note) for each in make_proofs(*SEQS)]
    keys = [WITNESS.verifier_key, LOG.verifier_key, make_signer("another").verifier_key]

    verified = verify_receipt(write(*proofs), keys, check_signature)

    assert [parse_verifier_key(each) for each in verified.signers] == keys[:2]


def spell_entry(text: str) -> InclusionProof:
    """Return the proof of a tree whose second leaf is this text."""
    entries = (ENTRIES[0], text.encode(), *ENTRIES[2:])
    return make_proofs(2, entries=entries)[0]


FIRST, SECOND, THIRD = make_proofs(*SEQS)
LARGER = (*ENTRIES, b'{"seq": 8, "review_id": "rev-1"}')
ALTERED = ENTRIES[1].replace(b"rev-1", b'rev-1", "note": "x')
STRANGER = make_signer(ORIGIN, seed=9)


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        (write(FIRST, replace(SECOND, extra=ALTERED), THIRD), 2, "entry 2 is not the one that the check"),
        (write(FIRST, replace(SECOND, hashes=FIRST.hashes)), 2, "entry 2 is not the one that the check"),
        (write(FIRST, replace(SECOND, index=2)), 2, "the entry at index 2 is not entry 3"),
        (write(FIRST, *make_proofs(2, entries=LARGER)), 2, "it has another checkpoint"),
        (write(replace(FIRST, checkpoint=sign_tree(LARGER)), SECOND), 1, "entry 1 is not the one"),
        (write(*make_proofs(1, 2, signer=STRANGER)), 1, "is signed by none of the keys"),
        (write(*make_proofs(1, signer=WITNESS)), 1, "is signed by none of the keys"),
        (write(FIRST, SECOND, *make_proofs(4)), 3, "entry 4 is of another review"),
        (write(FIRST, SECOND, SECOND), 3, "entry 2 is proven twice"),
        (write(FIRST, SECOND, FIRST), 3, "entry 1 is proven twice"),
        (write(FIRST, THIRD, SECOND), 3, "entry 2 stands after entry 5"),
        (write(FIRST, replace(SECOND, extra=None)), 2, "no line with the entry's bytes"),
        (write(FIRST, replace(SECOND, extra=b"\xff")), 2, "entry 2 is not text"),
        (write(FIRST, replace(SECOND, extra=b"text")), 2, "entry 2 is not JSON"),
        (write(spell_entry('{"seq": 2, "review_id": "rev-1", "seq": 2}')), 1, "entry 2 says 'seq' twice"),
        (write(spell_entry('{"seq": 2}')), 1, "is not entry 2 of a review"),
        (write(spell_entry('{"seq": 2, "review_id": 7}')), 1, "is not entry 2 of a review"),
        (TEXT.replace("\n", "\r\n"), 1, "line ends of Windows"),
        (f"{TEXT}\n", 3, "no signature"),
        (TEXT[:-1], 3, "does not end in a newline"),
        (TEXT[: TEXT.rindex("index")], 3, "no empty line before its checkpoint"),
        (TEXT[: TEXT.rindex("\n\n") + 1], 3, "no empty line before its signatures"),
        (TEXT.replace("\n\nc2sp", "\nc2sp", 1), 1, "the checkpoint is not origin, tree size and root"),
        (TEXT[1:], 1, "the first line of the proof is not"),
        ("", 1, "the first line of the proof is not"),
        ("\udcff", 1, "is not valid UTF-8"),
    ],
)  # fmt: skip
def test_the_first_proof_that_does_not_hold_is_named(text: str, number: int, reason: str) -> None:
    refusal = refuse(text)

    assert (refusal.number, reason in refusal.reason) == (number, True), refusal
    assert str(refusal) == f"proof {number}: {refusal.reason}"


def test_no_change_of_one_character_holds() -> None:
    part = format_inclusion_proof(SECOND)

    for at, character in enumerate(part):
        other = "A" if character != "A" else "B"
        refuse(f"{part[:at]}{other}{part[at + 1 :]}")


def test_no_receipt_that_is_cut_within_a_proof_holds() -> None:
    ends = {len("\n".join(split_receipt(TEXT)[:count])) for count in (1, 2, 3)}

    assert [end for end in range(len(TEXT) + 1) if end not in ends and not refuse(TEXT[:end])] == []
    assert [verify(TEXT[:end]).entries for end in sorted(ends)] == [(1,), (1, 2), SEQS]


@given(text=spoil_text(TEXT))
def test_any_text_is_refused_or_proves_entries_of_that_review(text: str) -> None:
    try:
        verified = verify(text)
    except ReceiptInvalid:
        return
    assert verified.review_id == "rev-1"
    assert set(verified.entries) <= set(SEQS)
