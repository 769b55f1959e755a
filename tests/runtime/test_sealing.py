"""What is stored of documents opens with its key alone, and in its own place alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from reviews.ports.documents import SealedColumn, SealedPlace
from runtime.documents.sealing import ContentSealer
from tests.keys import SECRET_KEY

TEXT = "The fee is EUR 100. ä\0".encode()
PLACE = SealedPlace(column=SealedColumn.TEXT, review_id="rev-1", revision=2, states=("ab" * 32, ""))
SEALER = ContentSealer(SECRET_KEY)


def test_what_was_sealed_opens_again() -> None:
    assert ContentSealer(SECRET_KEY).open(SEALER.seal(TEXT, PLACE), PLACE) == TEXT


def test_another_key_opens_nothing() -> None:
    assert ContentSealer(SECRET_KEY + "x").open(SEALER.seal(TEXT, PLACE), PLACE) is None


def test_another_place_opens_nothing_and_the_log_says_which() -> None:
    sealed = SEALER.seal(TEXT, PLACE)
    others = [
        *(replace(PLACE, column=column) for column in SealedColumn if column is not PLACE.column),
        replace(PLACE, review_id="rev-2"),
        replace(PLACE, revision=1),
        replace(PLACE, states=("cd" * 32, "")),
        replace(PLACE, states=("", "ab" * 32)),
    ]
    with capture_logs() as lines:
        opened = [SEALER.open(sealed, other) for other in others]

    assert opened == [None] * len(others)
    named = [(line["column"], line["review_id"], line["revision"]) for line in lines]
    assert named == [(each.column, each.review_id, each.revision) for each in others]


def test_the_same_content_seals_differently_and_shows_nothing_of_it() -> None:
    first, second = (SEALER.seal(TEXT, PLACE) for _ in range(2))

    assert first != second
    assert b"The fee" not in first
    assert SECRET_KEY.encode() not in first


@pytest.mark.parametrize("position", [0, 11, 12, 20, -1])
def test_a_changed_byte_opens_nothing(position: int) -> None:
    sealed = bytearray(SEALER.seal(TEXT, PLACE))
    sealed[position] ^= 1

    assert SEALER.open(bytes(sealed), PLACE) is None


@pytest.mark.parametrize("sealed", [b"", b"text", b"\xff" * 12, b"\xff" * 99])
def test_what_was_never_sealed_opens_nothing(sealed: bytes) -> None:
    assert SEALER.open(sealed, PLACE) is None
