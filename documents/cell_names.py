"""Names of cells: `B7` is row 7, column 2."""

from __future__ import annotations

import re

_NAME = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_LETTERS = 26


def parse_cell_name(name: str) -> tuple[int, int]:
    """Return row and column of a cell, from 1; zeros where the name is none."""
    match = _NAME.match(name)
    return (int(match[2]), parse_column(match[1])) if match else (0, 0)


def parse_column(letters: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number


def format_column(number: int) -> str:
    """Return the letters of a column."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def format_cell_name(row: int, column: int) -> str:
    """Return the name of a cell."""
    return f"{format_column(column)}{row}"
