"""Numbers of lists and headings as a program shows them, in digits, letters or Roman numerals."""

from __future__ import annotations

import hashlib
import re

from documents.collector import clean_text
from documents.passages import Label

_INTEGER = re.compile(r"\s*[+-]?\d{1,9}\s*")
MAX_LETTERS = 780  # 30 rounds of the alphabet, beyond which Word writes none either
_MAX_ROMAN = 3999
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_DEFINITION_LENGTH = 16
_FIRST_LETTER, _LETTERS = ord("a"), 26
_PRIVATE = range(0xE000, 0xF900)
BULLET = "•"
_SIGNS = {0x6F: "☐", 0xA8: "☐", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}
"""Bullets of the font Wingdings that say something; of others the shape is decoration."""


def parse_number(text: str | None, default: int) -> int:
    """Return a number of at most nine digits, or the default."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else default


def format_number(number: int, number_format: str) -> str:
    """Return a number in a format by its name in OOXML (`ST_NumberFormat`, ECMA-376 part 1, 17.18.59).

    Of a format that is none of these the name stands behind the digits: another one is seen by it.
    """
    if number_format == "decimal":
        return str(number)
    if number_format == "decimalZero":
        return f"{number:02}"
    if number_format in {"none", "bullet"}:
        return ""
    if number_format in {"lowerLetter", "upperLetter"}:
        letters = _format_letters(number)
        return letters.upper() if number_format == "upperLetter" else letters
    if number_format in {"lowerRoman", "upperRoman"}:
        numerals = _format_roman(number)
        return numerals.upper() if number_format == "upperRoman" else numerals
    return f"{number} [{number_format}]"


def format_bullet(text: str, font: str) -> str:
    """Return a bullet as text, where it is a sign of a symbol font as what it looks like."""
    is_symbol_font = font.lower().startswith(("symbol", "wingdings", "webdings", "opensymbol", "starsymbol"))
    if len(text) != 1 or not (is_symbol_font or ord(text) in _PRIVATE or font.startswith("Courier")):
        return text
    is_wingdings = font.lower() == "wingdings"
    return _SIGNS.get(ord(text) & 0xFF, BULLET) if is_wingdings else BULLET


def build_label(text: str, definition: str, sequence: int, *, is_counted: bool = False) -> Label | None:
    """Return the label of a paragraph, or None where it shows nothing and counts for no other."""
    shown = clean_text(text).strip()
    return Label(shown, definition, sequence, is_counted) if shown or is_counted else None


def is_number(number_format: str) -> bool:
    """Return whether a format shows a number."""
    return number_format not in {"", "none", "bullet"}


def hash_definition(*values: object) -> str:
    """Return what decides on the numbers of a level, shortly; of plain values, whose `repr` says all."""
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:_DEFINITION_LENGTH]


def _format_letters(number: int) -> str:
    """Return a to z, then aa, bb: as Word counts."""
    if not 0 < number <= MAX_LETTERS:
        return str(number)
    rounds, letter = divmod(number - 1, _LETTERS)
    return chr(_FIRST_LETTER + letter) * (rounds + 1)


def _format_roman(number: int) -> str:
    if not 0 < number <= _MAX_ROMAN:
        return str(number)
    numerals: list[str] = []
    for value, numeral in _ROMAN:
        count, number = divmod(number, value)
        numerals.append(numeral * count)
    return "".join(numerals)
