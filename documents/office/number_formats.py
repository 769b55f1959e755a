"""Number formats of a workbook, as far as they change what a number says: dates, percentages, currencies.

Widths, colours and the number of digits are formatting, and left out (ECMA-376 part 1, 18.8.30 and 18.8.31).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BUILT_IN_DATES = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)}
_BUILT_IN_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47}
_BUILT_IN_PERCENTAGES = {9, 10}
_BUILT_IN_CURRENCIES = {*range(5, 9), 42, 44}
_CURRENCY = re.compile(r"\[\$([^\]-]+)(?:-[0-9A-Fa-f]+)?\]|\"?([$€£¥₹₽₴₺₩])\"?|\"([^\"]*\w[^\"]*)\"")
"""A currency, or the unit that a number is written with."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_MAX_SERIAL = 2_958_466  # the first day that is none: 10000-01-01
_DAYS_TO_1904 = 1462
_SIGNIFICANT_DIGITS = 15  # of a number that spreadsheets keep


class _Meaning(Enum):
    NUMBER = auto()
    DATE = auto()
    TIME = auto()
    PERCENTAGE = auto()


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What a number in a cell means."""

    meaning: _Meaning = _Meaning.NUMBER
    currency: str = ""

    def format_number(self, value: float, *, starts_1904: bool = False) -> str:
        """Return a number as text, the same in every language: `2026-03-15`, `5%`, `1200.5 €`.

        Args:
            value: As stored; a date counts days.
            starts_1904: Whether days are counted from 1904 (ECMA-376 part 1, 18.17.4.1).
        """
        if self.meaning in {_Meaning.DATE, _Meaning.TIME} and 0 <= value < _MAX_SERIAL - (
            _DAYS_TO_1904 if starts_1904 else 0
        ):
            return _format_moment(value, starts_1904=starts_1904, is_time=self.meaning is _Meaning.TIME)
        if self.meaning is _Meaning.PERCENTAGE:
            return f"{format_plain(value * 100)}%"
        return f"{format_plain(value)} {self.currency}".strip()


def format_plain(value: float) -> str:
    """Return a number in the shortest decimal form without an exponent."""
    digits = format(value + 0.0, f".{_SIGNIFICANT_DIGITS}g")  # never "-0"
    return format(Decimal(digits), "f") if "e" in digits else digits


def read_formats(styles: Element) -> list[NumberFormat]:
    """Return the number format of each cell style (`s:cellXfs`), by its index."""
    codes = {each.get("numFmtId", ""): each.get("formatCode", "") for each in styles.iter("s:numFmt")}
    cell_styles = styles.find("s:cellXfs")
    if cell_styles is None:
        return []
    return [
        _interpret_format(each.get("numFmtId", "0"), codes.get(each.get("numFmtId", "0")))
        for each in cell_styles
    ]


def _interpret_format(number: str, code: str | None) -> NumberFormat:
    if code is not None:
        return interpret_code(code)
    built_in = int(number) if number.isdecimal() else 0
    if built_in in _BUILT_IN_DATES:
        return NumberFormat(_Meaning.DATE)
    if built_in in _BUILT_IN_TIMES:
        return NumberFormat(_Meaning.TIME)
    if built_in in _BUILT_IN_PERCENTAGES:
        return NumberFormat(_Meaning.PERCENTAGE)
    return NumberFormat(currency="$" if built_in in _BUILT_IN_CURRENCIES else "")


def interpret_code(code: str) -> NumberFormat:
    """Return what a format code means, by its section for positive numbers."""
    section = code.partition(";")[0]
    currency = _CURRENCY.search(section)
    letters = _LITERAL.sub("", section).lower()
    if _ELAPSED.search(section):
        return NumberFormat(_Meaning.TIME)
    if any(letter in letters for letter in "dy") or (
        "m" in letters and "h" not in letters and "s" not in letters
    ):
        return NumberFormat(_Meaning.DATE)
    if any(letter in letters for letter in "hs"):
        return NumberFormat(_Meaning.TIME)
    if "%" in letters:
        return NumberFormat(_Meaning.PERCENTAGE)
    return NumberFormat(currency=next(filter(None, currency.groups()), "") if currency else "")


def _format_moment(value: float, *, starts_1904: bool, is_time: bool) -> str:
    days, seconds = divmod(round(value * 86_400), 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    if is_time and days == 0:
        return clock
    if is_time:
        hours = days * 24 + seconds // 3600
        return f"{hours}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # Excel counts a 29 February 1900, which there was not: days before it are off by one.
    start = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30 if days >= 60 else 31)  # noqa: DTZ001
    day = (start + timedelta(days=days)).date().isoformat()
    return f"{day} {clock}" if seconds else day
