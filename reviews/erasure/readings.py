"""What a text says to its readers: what links encode is decoded, and what does not show is left out."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category, normalize
from urllib.parse import unquote

from reviews.text import strip_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = re.compile(r"(?P<encoded>(?:%[0-9a-fA-F]{2})+)|.", re.DOTALL)
_BYTE_LENGTH = len("%40")
_HANGUL_CONTINUATIONS = ("\u1160", "\u11ff")


class Letter(NamedTuple):
    """A letter of a text as it is stored, and as it shows, composed: there it may be nothing."""

    stored: str
    shown: str


def list_readings(text: str) -> list[str]:
    """Return a text as it is, and if they differ without what links encode and what does not show."""
    shown = strip_hidden(unquote(text) if "%" in text else text)
    return [text] if shown == text else [text, shown]


def split_letters(text: str) -> list[Letter]:
    """Return the letters of a text as it is, all of them composed."""
    return [Letter(letter, letter) for letter in normalize("NFC", text)]


def split_reading(text: str) -> list[Letter]:
    """Return the letters of a text as it is read; what is stored of them is the whole text."""
    groups: list[list[Letter]] = []
    for letter in _iterate_decoded(text):
        if groups and _continues(letter.shown):
            groups[-1].append(letter)
        else:
            groups.append([letter])
    return [_compose(group) for group in groups]


def _iterate_decoded(text: str) -> Iterator[Letter]:
    for part in _PART.finditer(text):
        if part["encoded"]:
            yield from _decode(part["encoded"])
        else:
            yield Letter(part[0], strip_hidden(part[0]))


def _decode(encoded: str) -> Iterator[Letter]:
    """Yield the letters of bytes of UTF-8 as a link encodes them."""
    decoder, stored = getincrementaldecoder("utf-8")("replace"), ""
    for start in range(0, len(encoded), _BYTE_LENGTH):
        byte = encoded[start : start + _BYTE_LENGTH]
        stored += byte
        if shown := decoder.decode(bytes.fromhex(byte[1:])):
            yield Letter(stored, strip_hidden(shown))
            stored = ""
    if stored:
        yield Letter(stored, decoder.decode(b"", final=True))


def _continues(shown: str) -> bool:
    """Return whether a letter belongs to the one before: an accent, a part of a syllable, nothing."""
    first, last = _HANGUL_CONTINUATIONS
    return not shown or category(shown[0])[0] == "M" or first <= shown[0] <= last


def _compose(group: list[Letter]) -> Letter:
    shown = "".join(each.shown for each in group)
    return Letter("".join(each.stored for each in group), normalize("NFC", shown))
