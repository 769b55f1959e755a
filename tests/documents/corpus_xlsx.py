"""Writes workbooks by openpyxl, which gives formulas without their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl import Workbook as Book
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tests.documents.corpus_workbook import fill_formula

if TYPE_CHECKING:
    from pathlib import Path

    from tests.documents.corpus_workbook import Cell, Sheet, Workbook

WIDTH = 18
FORMATS = {
    "eur": "#,##0.00\\ [$€-407]",
    "usd": '"$"#,##0.00',
    "percent": "0%",
    "date": "yyyy\\-mm\\-dd",
    "": "General",
}


def write_xlsx(workbook: Workbook, path: Path) -> None:
    book = Book()
    book.remove(book.active)
    for sheet in workbook.sheets:
        write_sheet(sheet, book.create_sheet(sheet.name))
    book.save(path)


def write_sheet(sheet: Sheet, page: Any) -> None:
    page.sheet_state = "hidden" if sheet.hidden else "visible"
    for number, row in enumerate(sheet.rows, 1):
        page.row_dimensions[number].hidden = row.hidden
        for column, cell in enumerate(row.cells, 1):
            page.column_dimensions[get_column_letter(column)].width = WIDTH
            write_cell(cell, page.cell(number, column), sheet)


def write_cell(cell: Cell, place: Any, sheet: Sheet) -> None:
    place.value = fill_formula(str(cell.value), sheet) if cell.is_formula else cell.value
    place.number_format = FORMATS[cell.form]
    if cell.comment:
        place.comment = Comment(cell.comment, "Ana Ruiz")
    if cell.bold:
        place.font = Font(bold=True)
