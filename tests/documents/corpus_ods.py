"""Writes workbooks by odfpy: formulas as OpenFormula has them, without their values."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from odf import dc, number, office, style, table, text
from odf.opendocument import OpenDocumentSpreadsheet

from tests.documents.corpus_workbook import fill_formula

if TYPE_CHECKING:
    from pathlib import Path

    from tests.documents.corpus_workbook import Cell, Sheet, Workbook

REFERENCE = re.compile(r"(?:(\w+)!)?([A-Z]+\d+)(?::([A-Z]+\d+))?")
CURRENCIES = {"eur": ("EUR", "€"), "usd": ("USD", "$")}


def write_ods(workbook: Workbook, path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    add_styles(document)
    for sheet in workbook.sheets:
        document.spreadsheet.addElement(write_sheet(sheet))
    document.save(str(path))


def add_styles(document: Any) -> None:
    for name, (_, sign) in CURRENCIES.items():
        money = number.CurrencyStyle(name=f"{name}-number")
        money.addElement(number.Number(decimalplaces="2", minintegerdigits="1", grouping="true"))
        money.addElement(number.Text(text="\u00a0"))
        money.addElement(number.CurrencySymbol(text=sign))
        document.automaticstyles.addElement(money)
        document.automaticstyles.addElement(
            style.Style(name=name, family="table-cell", datastylename=f"{name}-number")
        )
    bold = style.Style(name="bold", family="table-cell")
    bold.addElement(style.TextProperties(fontweight="bold"))
    hidden = style.Style(name="hidden", family="table")
    hidden.addElement(style.TableProperties(display="false"))
    for each in (bold, hidden):
        document.automaticstyles.addElement(each)


def write_sheet(sheet: Sheet) -> Any:
    written = table.Table(name=sheet.name, **({"stylename": "hidden"} if sheet.hidden else {}))
    written.addElement(table.TableColumn(numbercolumnsrepeated=6))
    for row in sheet.rows:
        line = table.TableRow(**({"visibility": "collapse"} if row.hidden else {}))
        written.addElement(line)
        for cell in row.cells:
            line.addElement(write_cell(cell, sheet))
    return written


def write_cell(cell: Cell, sheet: Sheet) -> Any:
    options: dict[str, Any] = {}
    if cell.bold or cell.form in CURRENCIES:
        options["stylename"] = "bold" if cell.bold else cell.form
    if cell.is_formula:
        options["formula"] = "of:" + REFERENCE.sub(name_cells, fill_formula(str(cell.value), sheet))
    else:
        options |= describe_value(cell)
    written = table.TableCell(**options)
    if cell.comment:
        comment = office.Annotation()
        comment.addElement(dc.Creator(text="Ana Ruiz"))
        comment.addElement(text.P(text=cell.comment))
        written.addElement(comment)
    if cell.value is not None and not cell.is_formula:
        written.addElement(text.P(text=show_value(cell)))
    return written


def name_cells(match: re.Match[str]) -> str:
    """Return a reference as OpenFormula writes it: `[.B2:.B6]`, `[$Rates.B3]`."""
    sheet, first, last = match.groups()
    return f"[{f'${sheet}' if sheet else ''}.{first}{f':.{last}' if last else ''}]"


def describe_value(cell: Cell) -> dict[str, Any]:
    match cell.value:
        case None:
            return {}
        case date() as day:
            return {"valuetype": "date", "datevalue": day.isoformat()}
        case str() as words:
            return {"valuetype": "string", "stringvalue": words}
    if cell.form in CURRENCIES:
        return {"valuetype": "currency", "value": cell.value, "currency": CURRENCIES[cell.form][0]}
    return {"valuetype": "percentage" if cell.form == "percent" else "float", "value": cell.value}


def show_value(cell: Cell) -> str:
    """Return a value as its cell shows it."""
    if isinstance(cell.value, int | float) and cell.form == "percent":
        return f"{cell.value:.0%}"
    if isinstance(cell.value, int | float) and cell.form in CURRENCIES:
        return f"{cell.value:,.2f}\u00a0{CURRENCIES[cell.form][1]}"
    return str(cell.value)
