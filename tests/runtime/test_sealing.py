"""What is stored of documents can be opened with its key alone."""

from __future__ import annotations

import pytest

from runtime.documents.sealing import FernetSealer
from tests.keys import SECRET_KEY

TEXT = "The fee is EUR 100. ä\0".encode()


def test_what_was_sealed_opens_again() -> None:
    assert FernetSealer(SECRET_KEY).open(FernetSealer(SECRET_KEY).seal(TEXT)) == TEXT


def test_another_key_opens_nothing() -> None:
    assert FernetSealer(SECRET_KEY + "x").open(FernetSealer(SECRET_KEY).seal(TEXT)) is None


def test_the_same_content_seals_differently_and_shows_nothing_of_it() -> None:
    first, second = (FernetSealer(SECRET_KEY).seal(TEXT) for _ in range(2))

    assert first != second
    assert b"The fee" not in first
    assert SECRET_KEY.encode() not in first


@pytest.mark.parametrize("position", [0, 1, 9, 20, 60, -30, -1])
def test_a_changed_byte_opens_nothing(position: int) -> None:
    sealed = bytearray(FernetSealer(SECRET_KEY).seal(TEXT))
    sealed[position] = ord("A") if sealed[position] != ord("A") else ord("B")

    assert FernetSealer(SECRET_KEY).open(bytes(sealed)) is None


@pytest.mark.parametrize("sealed", [b"", b"text", TEXT, b"gAAAA", b"\xff" * 99])
def test_what_was_never_sealed_opens_nothing(sealed: bytes) -> None:
    assert FernetSealer(SECRET_KEY).open(sealed) is None
