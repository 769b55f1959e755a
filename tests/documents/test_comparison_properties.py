"""Nothing is missed and nothing is invented, whatever the documents."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.comparison.comparison import compare_documents
from documents.encoding import decode_comparison, encode_comparison
from documents.errors import State
from tests.documents.texts import (
    build_sheet,
    build_table,
    build_text,
    count_document_words,
    count_reported_words,
    list_parts,
    subtract,
)

if TYPE_CHECKING:
    from documents.passages import DocumentText

WORDS = st.sampled_from(["pay", "within", "30", "days", "Anna", "shall", "not", "5", "EUR", "the", "a"])
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=3).map(lambda each: f"{'. '.join(each)}.")
TEXTS = st.lists(PARAGRAPHS, max_size=8).map(lambda each: build_text(*each))
ROWS = st.lists(st.lists(SENTENCES | st.just(""), min_size=3, max_size=3), max_size=6)
TABLES = ROWS.map(lambda rows: build_table(*rows))
CELLS = st.sampled_from(["", "1", "2", "30", "Anna", "Fee", "Sum", "=SUM(A1:A3)", "=B2*2"])
GRIDS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)
)
SHEETS = GRIDS.map(lambda rows: build_sheet(*rows))
FREE_TEXTS = st.lists(st.text(max_size=40), max_size=5).map(lambda each: build_text(*each))
PAIRS = st.one_of([st.tuples(kind, kind) for kind in (TEXTS, TABLES, SHEETS, FREE_TEXTS)])
DOCUMENTS = st.one_of(TEXTS, TABLES, SHEETS, FREE_TEXTS)
NEW = "Quite another text that is nowhere else"


@given(DOCUMENTS)
def test_a_document_has_the_same_text_as_itself(document: DocumentText) -> None:
    assert compare_documents(document, document).state is State.SAME_TEXT


@settings(max_examples=300)
@given(st.one_of(st.tuples(TEXTS, TEXTS), st.tuples(TABLES, TABLES)))
def test_parts_hold_every_word_that_differs(pair: tuple[DocumentText, DocumentText]) -> None:
    before, after = pair

    reported = count_reported_words(compare_documents(before, after).parts)

    assert reported == subtract(count_document_words(after), count_document_words(before))


@settings(max_examples=300)
@given(ROWS, ROWS)
def test_parts_hold_every_cell_that_differs(before: list[list[str]], after: list[list[str]]) -> None:
    old, new = build_sheet(*before), build_sheet(*after)

    reported = count_reported_words(compare_documents(old, new).parts)

    assert reported == subtract(count_document_words(new), count_document_words(old))


@given(PAIRS)
def test_a_comparison_can_be_encoded_and_read_again(pair: tuple[DocumentText, DocumentText]) -> None:
    comparison = compare_documents(*pair)

    assert decode_comparison(encode_comparison(comparison)) == comparison


@given(PAIRS)
def test_both_directions_agree_on_whether_the_text_is_the_same(
    pair: tuple[DocumentText, DocumentText],
) -> None:
    before, after = pair

    assert compare_documents(before, after).state is compare_documents(after, before).state


@given(st.lists(SENTENCES, max_size=8), st.data())
def test_one_inserted_paragraph_is_one_insertion_and_back_one_deletion(
    paragraphs: list[str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(paragraphs)))
    before, after = build_text(*paragraphs), build_text(*paragraphs[:place], NEW, *paragraphs[place:])

    assert list_parts(before, after) == [("inserted", "", NEW)]
    assert list_parts(after, before) == [("deleted", NEW, "")]


@given(st.lists(st.tuples(SENTENCES, SENTENCES), min_size=1, max_size=6), st.data())
def test_one_inserted_row_of_a_table_is_one_insertion(
    rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows)))
    row = (NEW, "7")
    before, after = build_table(*rows), build_table(*rows[:place], row, *rows[place:])

    assert list_parts(before, after) == [("inserted", "", f"{NEW} | 7")]
    assert list_parts(after, before) == [("deleted", f"{NEW} | 7", "")]


@given(st.integers(2, 8), st.data())
def test_one_inserted_row_of_a_sheet_is_one_insertion_whatever_the_formulas(
    count: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, count - 1))
    rows = [[f"Item {number}", str(number * 7)] for number in range(1, count + 1)]
    longer = [*rows[:place], [NEW, "5"], *rows[place:]]
    before = build_sheet(*rows, ["Sum", f"=SUM(B1:B{count})"])
    after = build_sheet(*longer, ["Sum", f"=SUM(B1:B{count + 1})"])

    assert list_parts(before, after) == [("inserted", "", f"{NEW} | 5")]
    assert list_parts(after, before) == [("deleted", f"{NEW} | 5", "")]


@given(st.integers(0, 3))
def test_one_inserted_column_of_a_sheet_is_one_insertion_whatever_the_formulas(place: int) -> None:
    rows = [[f"{column} {row}" for column in ("Name", "Fee", "Tax")] for row in range(1, 6)]
    before = build_sheet(*rows, ["Sum", "=SUM(B1:B5)", "=SUM(C1:C5)"])
    second, third = ("B" if place > 1 else "C"), ("C" if place > 2 else "D")
    last = ["Sum", f"=SUM({second}1:{second}5)", f"=SUM({third}1:{third}5)"]
    wider = [[*row[:place], f"new {number}", *row[place:]] for number, row in enumerate(rows)]
    after = build_sheet(*wider, [*last[:place], "", *last[place:]])

    assert list_parts(before, after) == [("inserted", "", "new 0\nnew 1\nnew 2\nnew 3\nnew 4")]


@given(ROWS.filter(any), st.data())
def test_one_changed_cell_is_one_replacement(rows: list[list[str]], data: st.DataObject) -> None:
    full = [
        [f"{row} {column} {text}".strip() for column, text in enumerate(cells)]
        for row, cells in enumerate(rows)
    ]
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 2))
    changed = [list(cells) for cells in full]
    changed[row][column] = f"{changed[row][column]} more"

    assert list_parts(build_table(*full), build_table(*changed)) == [
        ("replaced", full[row][column], changed[row][column])
    ]


@pytest.mark.parametrize("unit", ["Yes now.", "a b a b"])
def test_time_stays_near_the_length_where_all_is_repeated(unit: str) -> None:
    def measure(count: int) -> float:
        before = build_text(*[unit] * count)
        after = build_text(*[unit] * (count // 2), NEW, *[unit] * (count // 3))
        start = time.process_time()
        compare_documents(before, after)
        return time.process_time() - start

    assert measure(8_000) < 30 * (measure(1_000) + 0.01)
