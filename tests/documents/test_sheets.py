"""Differences between sheets."""

from __future__ import annotations

import pytest

from documents.comparison.comparison import compare_documents
from documents.passages import Area, DocumentPlace, DocumentText, Passage, Run
from tests.documents.texts import build_sheet, list_parts

ROWS = [["Rent", "100"], ["Power", "20"], ["Water", "7"]]


def test_a_changed_cell_is_replaced() -> None:
    after = [["Rent", "100"], ["Power", "25"], ["Water", "7"]]
    assert list_parts(build_sheet(*ROWS), build_sheet(*after)) == [("replaced", "20", "25")]


@pytest.mark.parametrize(
    ("old", "new"), [("5", "-5"), ("-5", "5"), ("5%", "5"), ("5 €", "5 $"), ("1.5", "15")]
)
def test_a_sign_is_a_difference(old: str, new: str) -> None:
    parts = compare_documents(build_sheet(["Rent", old]), build_sheet(["Rent", new])).parts
    assert [(part.before, part.after) for part in parts] == [(old, new)]
    assert parts[0].matters


def test_a_row_that_moved_is_moved() -> None:
    rows = [[f"Position of number {number}", str(number)] for number in range(6)]
    parts = list_parts(build_sheet(*rows), build_sheet(*rows[1:], rows[0]))
    assert parts == [("moved", "Position of number 0 | 0", "Position of number 0 | 0")]


def test_a_cell_in_a_new_row_and_a_new_column_is_reported_once() -> None:
    after = [[*row, f"note {number}"] for number, row in enumerate([*ROWS, ["Gas", "9"]])]
    parts = list_parts(build_sheet(*ROWS), build_sheet(*after))
    assert sorted(parts) == [("inserted", "", "Gas | 9 | note 3"), ("inserted", "", "note 0\nnote 1\nnote 2")]


def test_a_formula_that_follows_its_cells_is_no_difference() -> None:
    before = build_sheet(*ROWS, ["Sum", "=SUM(B1:B3)"])
    after = build_sheet(["Fees of 2026", ""], *ROWS, ["Sum", "=SUM(B2:B4)"])
    assert list_parts(before, after) == [("inserted", "", "Fees of 2026")]


def test_a_formula_of_whole_columns_follows_them() -> None:
    before = build_sheet(*ROWS, ["Sum", "", "=SUM(B:B)"])
    after = build_sheet(*([row[0], "new", *row[1:]] for row in ROWS), ["Sum", "", "", "=SUM(C:C)"])
    assert list_parts(before, after) == [("inserted", "", "new\nnew\nnew")]


def test_a_formula_that_leaves_a_cell_out_is_a_difference() -> None:
    before, after = build_sheet(*ROWS, ["Sum", "=SUM(B1:B3)"]), build_sheet(*ROWS, ["Sum", "=SUM(B1:B2)"])
    assert list_parts(before, after) == [("replaced", "[formula: SUM(B1:B3)]", "[formula: SUM(B1:B2)]")]


def test_a_row_that_was_hidden_is_replaced_by_itself() -> None:
    parts = list_parts(build_sheet(*ROWS), build_sheet(*ROWS, hidden=frozenset({2})))
    assert parts == [("replaced", "Power | 20", "[hidden: Power | 20]")]


def test_a_new_row_that_is_hidden_is_marked() -> None:
    parts = list_parts(build_sheet(*ROWS), build_sheet(*ROWS, ["Gas", "9"], hidden=frozenset({4})))
    assert parts == [("inserted", "", "[hidden: Gas] | [hidden: 9]")]


def test_a_renamed_sheet_is_the_same_sheet() -> None:
    assert list_parts(build_sheet(*ROWS), build_sheet(*ROWS, name="Costs")) == [("replaced", "Fees", "Costs")]


def test_both_values_of_a_cell_that_is_there_twice_count() -> None:
    def build(first: str, second: str) -> DocumentText:
        place = DocumentPlace(Area.CELL, sheet="Fees", row=1, column=1)
        return DocumentText("xlsx", tuple(Passage(place, (Run(text),)) for text in (first, second)))

    assert list_parts(build("1", "9"), build("2", "9")) == [("replaced", "1 9", "2 9")]


def test_an_amount_that_stands_in_the_next_column_has_moved() -> None:
    before, after = [["Rent", "100", ""], ["Power", "20", ""]], [["Rent", "", "100"], ["Power", "", "20"]]
    [part] = compare_documents(build_sheet(*before), build_sheet(*after)).parts
    assert (part.kind, part.place.column, part.place.row, part.after) == ("moved", 3, 0, "100\n20")


def test_a_column_that_was_inserted_moves_no_other() -> None:
    after = [[row[0], f"new {number}", row[1]] for number, row in enumerate(ROWS)]
    assert {kind for kind, *_ in list_parts(build_sheet(*ROWS), build_sheet(*after))} == {"inserted"}
