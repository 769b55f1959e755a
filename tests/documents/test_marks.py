"""Two states have the same text where each visible character stands in the same place; else it is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.comparison.comparison import compare_documents
from documents.errors import State
from tests.documents.texts import build_sheet, build_table, list_parts

if TYPE_CHECKING:
    from documents.passages import DocumentText

HEAD = ("Item", "Approved", "Rejected")


def list_marks(before: DocumentText, after: DocumentText) -> list[tuple[str, str, str]]:
    assert compare_documents(before, after).state is State.MARKS_DIFFER
    return list_parts(before, after)


def test_a_mark_in_another_column_is_listed_with_its_row() -> None:
    before = build_table(HEAD, ("Rent", "x", ""), ("Fuel", "", "x"))
    after = build_table(HEAD, ("Rent", "", "x"), ("Fuel", "", "x"))

    assert list_marks(before, after) == [("mark", "Rent | x", "Rent |  | x")]


def test_an_empty_row_in_a_sheet_is_listed_once() -> None:
    before = build_sheet(("Item", "Sum"), ("Rent", "5"), ("Fuel", "6"))
    after = build_sheet(("Item", "Sum"), ("", ""), ("Rent", "5"), ("Fuel", "6"))

    assert list_marks(before, after) == [("moved", "Rent | 5", "Rent | 5")]
