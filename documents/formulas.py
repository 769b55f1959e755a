"""References within formulas, rewritten where cells have moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.cell_names import format_column, parse_column

if TYPE_CHECKING:
    from collections.abc import Callable

# A text in quotes is passed over; a word before "(" is a function, one with a dot or letters behind a name.
_REFERENCE = re.compile(
    r"""
      (?P<text>"(?:[^"]|"")*")
    | (?P<sheet>(?:'(?:[^']|'')+'|\$?[\w.]+)[!.])?
      (?<![\w.])(?P<fixed_column>\$?)(?P<column>[A-Z]{1,3})(?P<fixed_row>\$?)(?P<row>[1-9][0-9]{0,6})(?![\w(])
    """,
    re.VERBOSE,
)


def shift_formula(formula: str, *, rows: int, columns: int) -> str:
    """Return a formula as it reads when copied by some rows and columns: `$` keeps a reference."""

    def shift(match: re.Match[str]) -> str:
        row, column = int(match["row"]), parse_column(match["column"])
        return _format_reference(
            match,
            row if match["fixed_row"] else row + rows,
            column if match["fixed_column"] else column + columns,
        )

    return _replace_references(formula, shift)


def move_references(formula: str, move: Callable[[str, int, int], tuple[str, int, int]]) -> str:
    """Return a formula with each reference moved.

    Args:
        formula: As in the cell.
        move: Gets the sheet's name (empty: the formula's own), row and column; returns what they are now.
    """

    def replace(match: re.Match[str]) -> str:
        sheet = (match["sheet"] or "").rstrip("!.").lstrip("$").strip("'").replace("''", "'")
        new_sheet, row, column = move(sheet, int(match["row"]), parse_column(match["column"]))
        reference = _format_reference(match, row, column)
        return reference.replace(sheet, new_sheet, 1) if new_sheet != sheet else reference

    return _replace_references(formula, replace)


def _replace_references(formula: str, replace: Callable[[re.Match[str]], str]) -> str:
    return _REFERENCE.sub(lambda match: match[0] if match["text"] else replace(match), formula)


def _format_reference(match: re.Match[str], row: int, column: int) -> str:
    sheet = match["sheet"] or ""
    return f"{sheet}{match['fixed_column']}{format_column(column)}{match['fixed_row']}{row}"
