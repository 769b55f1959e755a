"""Two states have the same text where each visible character stands in the same place; else it is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from documents.comparison.comparison import compare_documents
from documents.comparison.parts import Matter
from documents.errors import State
from tests.documents.packages import build_docx, build_xlsx, read, write_paragraph, write_rows
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


def test_what_is_in_another_column_is_what_is_marked_in_its_row() -> None:
    before = build_table(("Item", "2026", "2027", "Note"), ("Roof", "EUR 5,000", "", "1 May"))
    after = build_table(("Item", "2026", "2027", "Note"), ("Roof", "", "EUR 5,000", "1 May"))

    (part,) = compare_documents(before, after).parts

    assert [(piece.change, piece.text) for piece in part.pieces if piece.change != "same"] == [
        ("deleted", " EUR 5,000"),
        ("inserted", " EUR 5,000"),
    ]
    assert part.matters == (Matter.AMOUNT,)


def test_a_mark_in_another_column_is_listed_beside_other_differences() -> None:
    before = build_table(HEAD, ("Rent", "x", ""), ("Fuel", "", "x"))
    after = build_table((*HEAD[:1], "No", *HEAD[1:]), ("Rent", "1", "", "x"), ("Oil", "2", "", "x"))

    parts = list_parts(before, after)

    assert ("mark", "Rent | x", "Rent |  |  | x") in parts
    assert [each for each in parts if each[0] == "mark" and "x" not in each[1]] == []


def test_marks_of_most_rows_in_another_column_are_listed_beside_other_differences() -> None:
    before = build_table(HEAD, ("Rent", "x", ""), ("Fuel", "", "x"), ("Roof", "x", ""), ("Note", "Old", ""))
    after = build_table(HEAD, ("Rent", "", "x"), ("Fuel", "", "x"), ("Roof", "", "x"), ("Note", "New", ""))

    assert sorted(list_parts(before, after)) == [
        ("mark", "Rent | x", "Rent |  | x"),
        ("mark", "Roof | x", "Roof |  | x"),
        ("replaced", "Old", "New"),
    ]


def test_a_quotation_is_listed_beside_other_differences() -> None:
    before, after = read(b"> 500 euros\n\nRent\n", "x.md"), read(b"500 euros\n\nFuel\n", "x.md")

    assert sorted(list_parts(before, after)) == [
        ("mark", "> 500 euros", "500 euros"),
        ("replaced", "Rent", "Fuel"),
    ]


def test_an_empty_row_in_a_sheet_is_listed_once() -> None:
    before = build_sheet(("Item", "Sum"), ("Rent", "5"), ("Fuel", "6"))
    after = build_sheet(("Item", "Sum"), ("", ""), ("Rent", "5"), ("Fuel", "6"))

    assert list_marks(before, after) == [("moved", "Rent | 5", "Rent | 5")]


def test_a_mark_in_another_row_is_a_place_that_differs() -> None:
    before, after = build_table(("Yes",), ("x",), ("",)), build_table(("Yes",), ("",), ("x",))

    assert list_marks(before, after) == [("moved", "x", "x")]


def write_markdown_table(*rows: tuple[str, ...]) -> bytes:
    lines = [f"| {' | '.join(row)} |" for row in (rows[0], ("---",) * len(rows[0]), *rows[1:])]
    return "\n".join(lines).encode()


YEARS = ("Item", "2026", "2027")
SAID_OTHERWISE = {
    "an amount in another column": (
        write_markdown_table(YEARS, ("Roof", "EUR 1,200,000", "")),
        write_markdown_table(YEARS, ("Roof", "", "EUR 1,200,000")),
    ),
    "a date at the start of a line": (b"Due:\n\n30. June\n", b"Due:\n\n15. June\n"),
    "a sign": (b"Balance\n\n- 500\n", b"Balance\n\n500\n"),
    "a quotation": (b"> 500 euros\n", b"500 euros\n"),
    "boxes": (b"- [x] Yes\n- [ ] No\n", b"- [ ] Yes\n- [x] No\n"),
    "a bullet": (b"* Fee\n* Tax\n", b"* Fee\n+ Tax\n"),
}


@pytest.mark.parametrize("change", SAID_OTHERWISE)
def test_marks_that_markdown_takes_for_structure_are_text(change: str) -> None:
    before, after = (read(content, "x.md") for content in SAID_OTHERWISE[change])

    assert before != after
    assert compare_documents(before, after).state is not State.SAME_TEXT
    assert compare_documents(before, after).parts


def test_items_that_are_counted_on_are_no_difference_beside_the_one_that_came() -> None:
    before, after = read(b"1. Fee\n2. Tax\n", "x.md"), read(b"1. Fee\n2. Toll\n3. Tax\n", "x.md")

    assert list_parts(before, after) == [("inserted", "", "2. Toll")]


def test_numbers_that_are_counted_on_alone_are_listed() -> None:
    before, after = read(b"1. Fee\n2. Tax\n", "x.md"), read(b"1. Fee\n3. Tax\n", "x.md")

    assert list_marks(before, after) == [("mark", "2. Tax", "3. Tax")]


def write_cells(tag: str, row: str, cells: tuple[str, ...]) -> str:
    written = "".join(f"<{tag}><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></{tag}>" for cell in cells)
    return f"<{row}>{written}</{row}>"


def write_word_table(*rows: tuple[str, ...]) -> str:
    return f"<w:tbl>{''.join(write_cells('w:tc', 'w:tr', row) for row in rows)}</w:tbl>"


WRAPPED = {
    "body": "{}",
    "control": '<w:sdt><w:sdtPr><w:alias w:val="Vote"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>',
    "text box": "<w:p><w:r><w:t>Votes</w:t><w:txbxContent>{}</w:txbxContent></w:r></w:p>",
}


@pytest.mark.parametrize("wrapper", WRAPPED)
def test_a_table_has_its_cells_wherever_it_stands(wrapper: str) -> None:
    before, after = (
        read(build_docx(WRAPPED[wrapper].format(write_word_table(HEAD, row))))
        for row in (("Rent", "x", ""), ("Rent", "", "x"))
    )

    assert list_marks(before, after) == [("mark", "Rent | x", "Rent |  | x")]


def test_a_cell_that_spans_columns_moves_those_behind_it() -> None:
    span = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{}"/></w:tcPr>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>'
    )
    cells = [write_paragraph(each) for each in ("2026", "2027")]
    before, after = (read(build_docx(span.format(count, *cells))) for count in (1, 2))

    assert list_marks(before, after) == [("mark", "2026 | 2027", "2026 |  | 2027")]


def test_choices_and_comments_have_their_cells() -> None:
    rule = (
        '<dataValidations><dataValidation sqref="{}"><formula1>"Yes,No"</formula1></dataValidation>'
        "</dataValidations>"
    )
    sheet = write_rows(("Item", "Approved", "Rejected"))
    before, after = (read(build_xlsx(sheet + rule.format(cells))) for cells in ("B2:B9", "C2:C9"))

    assert list_marks(before, after) == [("mark", "B2:B9 Yes, No", "C2:C9 Yes, No")]
