"""A file of proofs is cut as a receipt's text is, and never read as a whole."""

from __future__ import annotations

import io
from itertools import repeat

import pytest

from reviews.evidence.inclusion_proofs import PROOF_FORMAT
from reviews.ledger.receipt_disclosures import DISCLOSURES_FORMAT, split_disclosure_block
from reviews.ledger.receipts import split_receipt
from runtime.pack.opened_folder import PackInvalid
from runtime.pack.proof_stream import MAX_PROOF_BYTES, ProofStream

PROOF = f"{PROOF_FORMAT}\nextra YQ==\nindex 1\n\nledger.example.com\n2\nAA==\n\n— ledger.example.com AA==\n"
BLOCK = f"\n{DISCLOSURES_FORMAT}\n"


@pytest.mark.parametrize(
    "text",
    [
        PROOF,
        f"{PROOF}\n{PROOF}\n{PROOF}",
        f"{PROOF}{BLOCK}one\ntwo\n",
        f"{PROOF}\n{PROOF}{BLOCK}",
        f"{PROOF}{PROOF}",
        f"{PROOF}\n\n{PROOF}",
        f"{PROOF}{DISCLOSURES_FORMAT}\n",
        f"{PROOF}{BLOCK}one\n\n{PROOF}",
        f"{PROOF}\n",
        f"{PROOF}{BLOCK[:-1]}",
        "a",
    ],
)
def test_a_file_is_cut_as_a_receipt_is(text: str) -> None:
    stream = ProofStream(io.BytesIO(text.encode()), name="file")

    assert list(stream.iterate_proofs()) == split_receipt(text)
    _, block = split_disclosure_block(text)
    assert stream.has_disclosures == (block is not None)
    assert "".join(stream.lines) == (block or "")


def test_the_next_proof_is_read_when_it_is_asked_for() -> None:
    file = io.BytesIO("\n".join(repeat(PROOF, 1000)).encode())
    proofs = ProofStream(file, name="file").iterate_proofs()

    assert next(proofs) == PROOF
    assert file.tell() < 3 * len(PROOF.encode())
    assert sum(1 for _ in proofs) == 999


def test_a_proof_that_never_ends_is_refused() -> None:
    stream = ProofStream(io.BytesIO(b"a" * (MAX_PROOF_BYTES + 1)), name="file")

    with pytest.raises(PackInvalid, match="file has a proof of more than 9,388,608 bytes"):
        list(stream.iterate_proofs())
