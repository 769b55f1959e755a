"""A workbook before any writer has written it, and how it is changed.

A formula names rows by their keys, `B{staff}`, so that a row that comes between moves it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    WordChange = Callable[["Workbook"], "Workbook"]

Format = Literal["", "eur", "usd", "percent", "date"]


@dataclass(frozen=True)
class Cell:
    """A cell with a value or, beginning with `=`, a formula."""

    value: str | float | date | None
    form: Format = ""
    comment: str = ""
    bold: bool = False

    @property
    def is_formula(self) -> bool:
        return isinstance(self.value, str) and self.value.startswith("=")


@dataclass(frozen=True)
class Row:
    """A row by the key that formulas know it by."""

    key: str
    cells: tuple[Cell, ...]
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: tuple[Row, ...]
    hidden: bool = False

    @property
    def places(self) -> dict[str, int]:
        return {row.key: number for number, row in enumerate(self.rows, 1)}


@dataclass(frozen=True)
class Workbook:
    sheets: tuple[Sheet, ...] = field(default_factory=tuple)


def make_row(key: str, *cells: Cell | str | float | date | None) -> Row:
    return Row(key, tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells))


def fill_formula(formula: str, sheet: Sheet) -> str:
    """Return a formula with the numbers of the rows that it names."""
    return formula.format_map(sheet.places)


def change_sheet(name: str, change: Callable[[Sheet], Sheet]) -> WordChange:
    def change_workbook(book: Workbook) -> Workbook:
        if name not in {sheet.name for sheet in book.sheets}:
            raise ValueError(name)
        return Workbook(tuple(change(sheet) if sheet.name == name else sheet for sheet in book.sheets))

    return change_workbook


def change_row(name: str, key: str, change: Callable[[Row], Row]) -> WordChange:
    def change_rows(sheet: Sheet) -> Sheet:
        if key not in sheet.places:
            raise ValueError(key)
        return replace(sheet, rows=tuple(change(row) if row.key == key else row for row in sheet.rows))

    return change_sheet(name, change_rows)


def put(name: str, key: str, column: str, cell: Cell) -> WordChange:
    """Return the change that puts another cell in the place of one."""
    at = ord(column) - ord("A")
    return change_row(
        name, key, lambda row: replace(row, cells=(*row.cells[:at], cell, *row.cells[at + 1 :]))
    )


def hide_row(name: str, key: str) -> WordChange:
    return change_row(name, key, lambda row: replace(row, hidden=True))


def insert_row(name: str, row: Row, *, after: str) -> WordChange:
    def change(sheet: Sheet) -> Sheet:
        at = sheet.places[after]
        return replace(sheet, rows=(*sheet.rows[:at], row, *sheet.rows[at:]))

    return change_sheet(name, change)


def delete_row(name: str, key: str) -> WordChange:
    return change_sheet(
        name, lambda sheet: replace(sheet, rows=tuple(row for row in sheet.rows if row.key != key))
    )


def insert_column(name: str, column: str, values: tuple[str, ...]) -> WordChange:
    """Return the change that puts a column in front of one; formulas must not reach it."""
    at = ord(column) - ord("A")

    def change(sheet: Sheet) -> Sheet:
        rows = (
            replace(row, cells=(*row.cells[:at], Cell(value), *row.cells[at:]))
            for row, value in zip(sheet.rows, values, strict=True)
        )
        return replace(sheet, rows=tuple(rows))

    return change_sheet(name, change)


def add_sheet(sheet: Sheet) -> WordChange:
    return lambda book: Workbook((*book.sheets, sheet))


def rename_sheet(old: str, new: str) -> WordChange:
    return change_sheet(old, lambda sheet: replace(sheet, name=new))


def hide_sheet(name: str) -> WordChange:
    return change_sheet(name, lambda sheet: replace(sheet, hidden=True))
