"""What a receipt says of people, after its proofs: what its entries commit to, and nothing else."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.inclusion_proofs import InclusionProof
from reviews.evidence.signed_notes import format_note
from reviews.ledger.hash_chain import encode_canonical
from reviews.ledger.people_commitments import commit_people
from reviews.ledger.receipt_disclosures import DISCLOSURES_FORMAT, format_disclosure_block
from reviews.ledger.receipts import (
    ReceiptInvalid,
    VerifiedReceipt,
    format_receipt,
    split_receipt,
    verify_receipt,
)
from tests.evidence.hostile_texts import spoil_text
from tests.evidence.signers import LOG, ORIGIN, check_signature, sign_note
from tests.evidence.trees import mth, path

NUMBERS = count()
BODIES: list[dict[str, Any]] = [
    {"owners": ["dana@example.com", "zoë@example.com"]},
    {"reviewer": {"name": "Dana Ozola", "email": "dana@example.com"}, "note": "seen\u202e by Dana"},
    {"title": "AML Policy 2026.docx"},
    {"reviewer": {"name": "Zoë"}},
]
COMMITTED = [
    commit_people({"seq": seq, "review_id": "rev-1", **body}, make_salt=lambda: f"salt-{next(NUMBERS)}")
    for seq, body in enumerate(BODIES, start=1)
]
ENTRIES = tuple(encode_canonical(entry) for entry, _ in COMMITTED)
DISCLOSURES = {seq: disclosures for seq, (_, disclosures) in enumerate(COMMITTED, start=1) if disclosures}
NOTE = format_note(sign_note(format_checkpoint(Checkpoint(ORIGIN, len(ENTRIES), mth(ENTRIES))), LOG))
PROOFS = "".join(
    format_receipt(
        InclusionProof(index, tuple(path(index, ENTRIES)), NOTE, leaf)
        for index, leaf in enumerate(ENTRIES[:3])
    )
)
OF_PROVEN = {seq: values for seq, values in DISCLOSURES.items() if seq <= 3}
BLOCK = format_disclosure_block(OF_PROVEN)
TEXT = PROOFS + BLOCK
OWNERS, ANSWER = BLOCK.splitlines()[2:]


def verify(text: str) -> VerifiedReceipt:
    return verify_receipt(text, [LOG.verifier_key], check_signature)


def write_block(*lines: str) -> str:
    return "\n".join([f"{PROOFS}\n{DISCLOSURES_FORMAT}", *lines, ""])


def write_answer(**members: Any) -> str:
    """Return a receipt whose last line is the one of the answer with other members."""
    return write_block(OWNERS, encode_canonical({**json.loads(ANSWER), **members}).decode())


def test_a_receipt_says_what_its_entries_commit_to() -> None:
    verified = verify(TEXT)

    assert (verified.entries, verified.withheld) == ((1, 2, 3), 0)
    assert verified.disclosures == OF_PROVEN
    assert BLOCK.startswith(f'\n{DISCLOSURES_FORMAT}\n{{"seq":1,"values":{{"/owners/0":["salt-')
    assert BLOCK.count("\n") == 4


def test_what_it_does_not_say_is_counted_and_its_entries_are_proven_all_the_same() -> None:
    without_first, without_all = write_block(ANSWER), PROOFS

    partly = format_disclosure_block({1: {"/owners/1": DISCLOSURES[1]["/owners/1"]}, 2: {}, 3: {}})

    assert [verify(each).withheld for each in (without_first, without_all, PROOFS + partly)] == [2, 4, 3]
    assert verify(without_all).entries == (1, 2, 3)
    assert verify(without_all).disclosures == {}
    assert format_disclosure_block({1: {}}) == ""


def test_each_proof_is_whole_without_what_follows_the_last_one() -> None:
    parts = split_receipt(TEXT)

    assert "\n".join(parts) == PROOFS
    assert [verify(part).entries for part in parts] == [(1,), (2,), (3,)]
    assert parts == split_receipt(PROOFS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TEXT.replace("Dana Ozola", "Eve"), "entry 2 commits to another '/reviewer'"),
        (TEXT.replace('["salt-', '["SALT-', 1), "entry 1 commits to another '/owners/0'"),
        (TEXT.replace('"/reviewer":', '"/reviewers":'), "entry 2 commits to nothing at '/reviewers'"),
        (write_answer(values={"/" + "x" * 500: ["salt", "x"]}), "entry 2 commits to nothing at '/xxxx"),
        (write_answer(seq=4), "entry 4 is not proven in this receipt"),
        (write_answer(seq=3), "entry 3 commits to nothing at '/note'"),
        (write_answer(seq=True), "line 2 is not the number of an entry with values of it"),
        (write_answer(seq="2"), "line 2 is not the number of an entry with values of it"),
        (write_answer(values={}), "line 2 is not the number of an entry with values of it"),
        (write_answer(values=[]), "line 2 is not the number of an entry with values of it"),
        (write_answer(more=1), "line 2 is not the number of an entry with values of it"),
        (write_answer(values={"/note": "x"}), "line 2 has a value without its salt"),
        (write_answer(values={"/note": ["salt"]}), "line 2 has a value without its salt"),
        (write_answer(values={"/note": [7, "x"]}), "line 2 has a value without its salt"),
        (write_block(OWNERS, ANSWER, ANSWER), "entry 2 is there twice"),
        (write_block(ANSWER, OWNERS), "entry 1 stands after entry 2: the order is that of the ledger"),
        (TEXT.replace('{"/note":', '{"/note":["salt","x"],"/note":'), "line 2 says '/note' twice"),
        (write_block(OWNERS, ANSWER.replace(":{", ": {")), "line 2 is not as it was written"),
        (write_block(OWNERS, json.dumps(json.loads(ANSWER))), "line 2 is not as it was written"),
        (write_block(OWNERS, ANSWER.replace("seen", "se\udcffen")), "line 2 is not as it was written"),
        (write_block(OWNERS, "[]"), "line 2 is no disclosure"),
        (write_block(OWNERS, "Dana Ozola"), "line 2 is not JSON"),
        (write_block(OWNERS, ANSWER + "\r"), "line 2 is not as it was written"),
        (write_block(), "there is none"),
        (TEXT[:-1], "line 2 is cut off"),
        (TEXT[:-30], "line 2 is cut off"),
        (f"{TEXT}\n", "line 3 is empty, and nothing follows them in a receipt"),
        (TEXT + BLOCK, "line 3 is empty, and nothing follows them in a receipt"),
        (f"{TEXT}\n{PROOFS}", "line 3 is empty, and nothing follows them in a receipt"),
    ],
)  # fmt: skip
def test_what_is_not_what_the_entries_commit_to_is_named(text: str, reason: str) -> None:
    with pytest.raises(ReceiptInvalid) as refused:
        verify(text)

    assert refused.value.number is None
    assert str(refused.value).startswith(f"disclosures: {reason}")
    assert len(str(refused.value)) < 200


def test_a_block_between_proofs_is_no_part_of_a_receipt() -> None:
    first, *others = split_receipt(PROOFS)
    text = "\n".join([first + BLOCK, *others])

    with pytest.raises(ReceiptInvalid, match="line 3 is empty, and nothing follows them"):
        verify(text)


def test_a_proof_that_does_not_hold_is_named_before_what_follows() -> None:
    with pytest.raises(ReceiptInvalid, match="proof 2: "):
        verify(TEXT.replace("\nindex 1\n", "\nindex 2\n").replace("Dana Ozola", "Eve"))


def test_no_change_of_one_character_holds() -> None:
    for at in range(len(PROOFS), len(TEXT)):
        other = "a" if TEXT[at] != "a" else "b"
        with pytest.raises(ReceiptInvalid):
            verify(f"{TEXT[:at]}{other}{TEXT[at + 1 :]}")


def test_a_receipt_that_is_cut_within_the_block_holds_only_between_its_lines() -> None:
    whole = {len(PROOFS): 4, len(TEXT) - len(ANSWER) - 1: 2, len(TEXT): 0}

    for end in range(len(PROOFS), len(TEXT) + 1):
        if end in whole:
            assert verify(TEXT[:end]).withheld == whole[end]
            continue
        with pytest.raises(ReceiptInvalid):
            verify(TEXT[:end])


@given(text=spoil_text(TEXT))
def test_any_text_is_refused_or_says_what_the_entries_commit_to(text: str) -> None:
    try:
        verified = verify(text)
    except ReceiptInvalid:
        return
    disclosed = {
        (seq, pointer): pair for seq, each in verified.disclosures.items() for pointer, pair in each.items()
    }
    meant = {(seq, pointer): pair for seq, each in DISCLOSURES.items() for pointer, pair in each.items()}
    assert disclosed.items() <= meant.items()
