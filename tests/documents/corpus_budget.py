"""The budget of a yard, and what is changed in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.documents.corpus_workbook import (
    Cell,
    Sheet,
    Workbook,
    add_sheet,
    delete_row,
    hide_row,
    hide_sheet,
    insert_column,
    insert_row,
    make_row,
    put,
    rename_sheet,
)

if TYPE_CHECKING:
    from tests.documents.corpus_workbook import Row, WordChange


def plan(key: str, item: str, first: float, second: float, due: date, owner: str) -> Row:
    year = f"=B{{{key}}}+C{{{key}}}"
    amounts = (Cell(first, "eur"), Cell(second, "eur"), Cell(year, "eur"))
    return make_row(key, item, *amounts, Cell(due, "date"), owner)


BUDGET = Workbook(
    (
        Sheet(
            "Budget",
            (
                make_row("heads", "Item", "First half", "Second half", "Year", "Due", "Owner"),
                plan("staff", "Staff", 48000, 49500, date(2026, 1, 31), "Carmen Vidal"),
                plan("steel", "Steel plates", 12500, 9800, date(2026, 3, 15), "Jens Holm"),
                plan("paint", "Paint", 1200, 1450, date(2026, 4, 1), "Ana Ruiz"),
                plan("travel", "Travel", 2300, 2300, date(2026, 5, 20), "Ana Ruiz"),
                plan("cranes", "Crane hire", 7400, 0, date(2026, 6, 30), "Jens Holm"),
                make_row(
                    "total",
                    "Total",
                    Cell("=SUM(B{staff}:B{cranes})", "eur"),
                    Cell("=SUM(C{staff}:C{cranes})", "eur"),
                    Cell("=SUM(D{staff}:D{cranes})", "eur"),
                ),
                make_row("taxed", "With tax", None, None, Cell("=D{total}*(1+Rates!B3)", "eur")),
            ),
        ),
        Sheet(
            "Rates",
            (
                make_row("heads", "Rate", "Value", "Since"),
                make_row(
                    "dollar", "Dollar for a euro", Cell(1.1, comment="Taken from the central bank."),
                    Cell(date(2026, 1, 2), "date"),
                ),
                make_row("tax", "Value added tax", Cell(0.21, "percent"), Cell(date(2012, 9, 1), "date")),
                make_row("fee", "Bank fee", Cell(35, "usd"), Cell(date(2025, 7, 1), "date")),
                make_row("interest", "Interest on late payments", Cell(0.05, "percent")),
            ),
        ),
        Sheet(
            "Suppliers",
            (
                make_row("heads", "Company", "City", "Class"),
                make_row("nordwind", "Nordwind Components", "Bremen", "A"),
                make_row("galmetal", "Galmetal", "Vigo", "B"),
                make_row("pinturas", "Pinturas del Norte", "Gijón", "A"),
            ),
        ),
        Sheet(
            "Old prices",
            (make_row("heads", "Item", "2024"), make_row("paint", "Paint", 990)),
            hidden=True,
        ),
    )
)  # fmt: skip
INSURANCE = plan("insurance", "Insurance", 0, 0, date(2026, 2, 10), "Teresa Couto")
AUDIT = plan("audit", "Safety audit", 900, 600, date(2026, 2, 28), "Teresa Couto")

BUDGET_CHANGES: dict[str, WordChange] = {
    "amount": put("Budget", "paint", "B", Cell(1500, "eur")),
    "date": put("Budget", "steel", "E", Cell(date(2026, 4, 15), "date")),
    "name": put("Budget", "travel", "F", Cell("Lucía Outeiro")),
    "formula": put("Budget", "travel", "D", Cell("=SUM(B{travel}:C{travel})", "eur")),
    "fixed": put("Budget", "cranes", "D", Cell(7400, "eur")),
    "rate": put("Rates", "interest", "B", Cell(0.08, "percent")),
    "tax": put("Rates", "tax", "B", Cell(0.19, "percent")),
    "currency": put("Rates", "fee", "B", Cell(35, "eur")),
    "row-inserted": insert_row("Budget", INSURANCE, after="steel"),
    "row-counted": insert_row("Budget", AUDIT, after="paint"),
    "row-deleted": delete_row("Suppliers", "galmetal"),
    "row-hidden": hide_row("Budget", "travel"),
    "column": insert_column("Suppliers", "C", ("Country", "Germany", "Spain", "Spain")),
    "renamed": rename_sheet("Suppliers", "Partners"),
    "sheet-added": add_sheet(Sheet("Approval", (make_row("text", "Approved by the board"),))),
    "sheet-hidden": hide_sheet("Suppliers"),
    "comment": put("Rates", "dollar", "B", Cell(1.1, comment="Taken from the daily paper.")),
    "comment-inserted": put("Rates", "tax", "B", Cell(0.21, "percent", "Reduced rate for ships?")),
    "hidden-sheet": put("Old prices", "paint", "B", Cell(1090)),
    "bold": put("Suppliers", "nordwind", "A", Cell("Nordwind Components", bold=True)),
}
