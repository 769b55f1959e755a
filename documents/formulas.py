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
      (?<![\w.])(?P<fixed_column>\$?)(?P<column>[A-Z]{1,3})
      (?: (?P<fixed_row>\$?)(?P<row>[1-9][0-9]{0,6})(?![\w(])
        | :(?P<fixed_last>\$?)(?P<last>[A-Z]{1,3})(?![\w($])    # whole columns
      )
    """,
    re.VERBOSE,
)


def shift_formula(formula: str, *, rows: int, columns: int) -> str:
    """Return a formula as it reads when copied by some rows and columns: `$` keeps a reference."""

    def shift(match: re.Match[str]) -> str:
        column = parse_column(match["column"])
        first = column if match["fixed_column"] else column + columns
        if match["last"]:
            last = parse_column(match["last"])
            return _format_columns(match, first, last if match["fixed_last"] else last + columns)
        row = int(match["row"])
        return _format_reference(match, row if match["fixed_row"] else row + rows, first)

    return _replace_references(formula, shift)


def move_references(formula: str, move: Callable[[str, int, int], tuple[str, int, int]]) -> str:
    """Return a formula with each reference moved.

    Args:
        formula: As in the cell.
        move: Gets the sheet's name (empty: the formula's own), row (0: a whole column) and column; returns
            what they are now.
    """

    def replace(match: re.Match[str]) -> str:
        sheet = (match["sheet"] or "").rstrip("!.").lstrip("$").strip("'").replace("''", "'")
        new_sheet, row, column = move(sheet, int(match["row"] or 0), parse_column(match["column"]))
        if match["last"]:
            reference = _format_columns(match, column, move(sheet, 0, parse_column(match["last"]))[2])
        else:
            reference = _format_reference(match, row, column)
        return reference.replace(sheet, new_sheet, 1) if new_sheet != sheet else reference

    return _replace_references(formula, replace)


def _replace_references(formula: str, replace: Callable[[re.Match[str]], str]) -> str:
    return _REFERENCE.sub(lambda match: match[0] if match["text"] else replace(match), formula)


def _format_reference(match: re.Match[str], row: int, column: int) -> str:
    sheet = match["sheet"] or ""
    return f"{sheet}{match['fixed_column']}{format_column(column)}{match['fixed_row']}{row}"


def _format_columns(match: re.Match[str], first: int, last: int) -> str:
    sheet = match["sheet"] or ""
    columns = f"{match['fixed_column']}{format_column(first)}:{match['fixed_last']}{format_column(last)}"
    return f"{sheet}{columns}"
