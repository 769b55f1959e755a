"""References within formulas."""

from __future__ import annotations

import pytest

from documents.cell_names import format_cell_name, parse_cell_name
from documents.formulas import move_references, shift_formula


@pytest.mark.parametrize(
    ("formula", "shifted"),
    [
        ("A1+B2", "B3+C4"),
        ("$A$1+A$1+$A1", "$A$1+B$1+$A3"),
        ('IF(A1="B2","C3",D4)', 'IF(B3="B2","C3",E6)'),
        ("LOG10(A1)", "LOG10(B3)"),
        ("SUM(B:C)+SUM($B:$C)+SUM(Fees!B:B)", "SUM(C:D)+SUM($B:$C)+SUM(Fees!C:C)"),
        ("Rate2026*A1", "Rate2026*B3"),
        ("Fees!A1+'My B2'!C3", "Fees!B3+'My B2'!D5"),
    ],
)
def test_a_formula_is_copied_two_rows_down_and_one_column_right(formula: str, shifted: str) -> None:
    assert shift_formula(formula, rows=2, columns=1) == shifted


def test_references_follow_the_name_of_their_sheet() -> None:
    def move(sheet: str, row: int, column: int) -> tuple[str, int, int]:
        return ("Costs" if sheet == "Fees" else sheet), row + (1 if sheet else 0), column

    assert move_references("Fees!A1+A1", move) == "Costs!A2+A1"


@pytest.mark.parametrize(
    ("name", "place"),
    [("B7", (7, 2)), ("$AA$10", (10, 27)), ("", (0, 0)), ("7B", (0, 0)), ("XFD1048576", (1048576, 16384))],
)
def test_a_name_of_a_cell_is_row_and_column(name: str, place: tuple[int, int]) -> None:
    assert parse_cell_name(name) == place
    if place != (0, 0):
        assert format_cell_name(*place) == name.replace("$", "")
