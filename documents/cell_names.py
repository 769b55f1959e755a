"""Names of cells: `B7` is row 7, column 2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_LETTERS = 26


def parse_cell_name(name: str) -> tuple[int, int]:
    """Return row and column of a cell, from 1; zeros where the name is none."""
    match = _NAME.match(name)
    return (int(match[2]), parse_column(match[1])) if match else (0, 0)


class CellRange(NamedTuple):
    """Cells of a sheet between two corners, both included; rows and columns from 1."""

    column: int
    last_column: int
    row: int
    last_row: int


def parse_range(name: str) -> CellRange:
    """Return the cells that a name as `B2:B10` or `B2` means; zeros where it is none."""
    first, _, last = name.partition(":")
    row, column = parse_cell_name(first)
    last_row, last_column = parse_cell_name(last or first)
    return CellRange(column, last_column, row, last_row)


def format_ranges(ranges: Iterable[CellRange]) -> str:
    """Return ranges as names, in one way for all that mean the same cells: `B2:B10 C4`."""
    joined: list[CellRange] = []
    for each in sorted(ranges):
        last = joined[-1] if joined else None
        if last and last[:2] == each[:2] and each.row <= last.last_row + 1:
            joined[-1] = last._replace(last_row=max(last.last_row, each.last_row))
        else:
            joined.append(each)
    for position in range(len(joined) - 1, 0, -1):
        left, right = joined[position - 1 : position + 1]
        if left[2:] == right[2:] and right.column == left.last_column + 1:
            joined[position - 1 : position + 1] = [left._replace(last_column=right.last_column)]
    return " ".join(map(_format_range, joined))


def _format_range(cells: CellRange) -> str:
    first = format_cell_name(cells.row, cells.column)
    last = format_cell_name(cells.last_row, cells.last_column)
    return first if first == last else f"{first}:{last}"


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
