"""What notes, checkpoints and proofs have in common: how texts, numbers and bytes are written in them."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

from reviews.errors import ReviewError

MAX_NUMBER = 2**63 - 1
_NUMBER = re.compile("0|[1-9][0-9]{0,18}")
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")


class NoteError(ReviewError, ValueError):
    """A note, checkpoint, key or proof is malformed or isn't proven; the message says what is wrong."""


def check_text(text: str, *, subject: str) -> None:
    """Raise `NoteError` unless the text is UTF-8 without ASCII control characters other than newline.

    C2SP signed-note, Format.
    """
    if "\r\n" in text:
        raise NoteError(f"{subject} has line ends of Windows (CRLF), and only newlines (LF) are allowed")
    if (character := _FORBIDDEN.search(text)) is not None:
        surrogate = character[0] > " "
        raise NoteError(f"{subject} {'is not valid UTF-8' if surrogate else 'has a control character'}")


def split_lines(text: str, *, subject: str) -> list[str]:
    """Return the lines of a text, each of which ends in a newline."""
    if not text.endswith("\n"):
        raise NoteError(f"{subject} does not end in a newline")
    return text.split("\n")[:-1]


def encode_base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def decode_base64(text: str, *, subject: str) -> bytes:
    """Return the bytes of a text that is the one standard encoding of them (RFC 4648, 4)."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise NoteError(f"{subject} is not base64") from None
    if encode_base64(data) != text:
        raise NoteError(f"{subject} is not written in the one base64 of its bytes")
    return data


def parse_number(text: str, *, subject: str) -> int:
    """Return an ASCII decimal without leading zeroes, of at most 63 bits."""
    if not _NUMBER.fullmatch(text):
        raise NoteError(f"{subject} is not a whole number in decimal digits without leading zeroes")
    number = int(text)
    if number > MAX_NUMBER:
        raise NoteError(f"{subject} is larger than 2^63 - 1")
    return number
