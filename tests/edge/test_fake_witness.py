"""The witness of the tests refuses what C2SP tlog-witness says that a witness refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.note_syntax import encode_base64
from reviews.evidence.signed_notes import Note, format_note, parse_note, verify_note
from tests.edge.fake_witness import FakeWitness
from tests.evidence.signers import LOG, ORIGIN, check_signature, make_signer, sign_checkpoint, sign_note
from tests.evidence.trees import make_leaves, mth, proof

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER_ORIGIN = make_signer("other.example.com", seed=3)
STRANGE_KEY = make_signer(ORIGIN, seed=4)
REWRITTEN = format_note(sign_note(format_checkpoint(Checkpoint(ORIGIN, 5, mth(make_leaves(4)))), LOG))
OTHER_LOG = format_note(
    sign_note(format_checkpoint(Checkpoint("other.example.com", 7, mth(make_leaves(7)))), OTHER_ORIGIN)
)


@pytest.fixture
def witness() -> Iterator[FakeWitness]:
    """Yield a witness that has cosigned the first five entries."""
    with FakeWitness() as fake:
        fake.accept(LOG.verifier_key)
        assert post(fake, f"old 0\n\n{sign_checkpoint(5)}").status_code == 200
        yield fake


def post(witness: FakeWitness, body: str) -> requests.Response:
    return requests.post(f"{witness.url}/add-checkpoint", data=body.encode(), timeout=30)


def grow(old_size: int, size: int, *, claimed: int | None = None) -> str:
    """Return a request with the proof between two sizes; `claimed` stands there as the old one."""
    lines = [encode_base64(each) for each in proof(old_size, make_leaves(size))]
    claim = old_size if claimed is None else claimed
    return "\n".join([f"old {claim}", *lines, "", sign_checkpoint(size)])


def test_growth_is_cosigned(witness: FakeWitness) -> None:
    answer = post(witness, grow(5, 7))

    text = parse_note(sign_checkpoint(7)).text
    cosigned = parse_note(f"{text}\n{answer.text}")
    assert answer.status_code == 200
    assert verify_note(Note(text, cosigned.signatures), [witness.key], check_signature) == [witness.key]
    assert post(witness, grow(7, 9)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "content"),
    [
        (grow(5, 7).replace("old 5", "old 05"), 400, ""),
        (grow(5, 7).replace("old 5", "size 5"), 400, ""),
        (grow(5, 7).replace("\n\n", "\n", 1), 400, ""),
        (grow(5, 7, claimed=8), 400, ""),
        (grow(5, 7, claimed=0), 400, ""),
        (f"old 5\n{'A' * 43}\n\n{sign_checkpoint(7)}", 400, ""),
        (f"old 5\n{encode_base64(bytes(31))}\n\n{sign_checkpoint(7)}", 400, ""),
        (f"old 5\n{f'{encode_base64(bytes(32))}{chr(10)}' * 64}\n{sign_checkpoint(7)}", 400, ""),
        (f"old 5\n\n{sign_checkpoint(7)[:-1]}", 400, ""),
        (f"old 0\n\n{OTHER_LOG}", 404, ""),
        (f"old 5\n\n{sign_checkpoint(7, STRANGE_KEY)}", 403, ""),
        (grow(3, 7), 409, "5\n"),
        (f"old 0\n\n{sign_checkpoint(7)}", 409, "5\n"),
        (f"old 3\n\n{sign_checkpoint(3)}", 409, "5\n"),
        (f"old 5\n\n{REWRITTEN}", 409, ""),
        (grow(4, 7, claimed=5), 422, ""),
        (f"old 5\n\n{sign_checkpoint(7)}", 422, ""),
    ],
)
def test_what_is_not_growth_is_refused_and_changes_nothing(
    witness: FakeWitness, body: str, status: int, content: str
) -> None:
    answer = post(witness, body)

    assert (answer.status_code, answer.text) == (status, content)
    assert answer.headers["Content-Type"] == ("text/x.tlog.size" if content else "text/plain; charset=utf-8")
    assert post(witness, grow(5, 7)).status_code == 200
