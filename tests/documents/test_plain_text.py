"""Text, Markdown and CSV files."""

from __future__ import annotations

import pytest

from documents.errors import Reason, UnreadDocument
from documents.formats import read_document
from documents.passages import Area, Passage
from documents.plain.markdown import read_markdown
from documents.plain.plain_text import decode_text, read_csv, read_plain_text


def _list_texts(passages: list[Passage]) -> list[str]:
    return [each.text for each in passages]


def test_each_line_with_text_is_a_passage() -> None:
    assert _list_texts(read_plain_text(b"One\r\n\n  \nTwo  words\n")) == ["One", "Two words"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    assert decode_text("Gebühr 5 €".encode(encoding)) == "Gebühr 5 €"


def test_bytes_that_are_no_utf_8_are_windows_1252() -> None:
    assert decode_text(b"Geb\xfchr 5 \x80") == "Gebühr 5 €"


@pytest.mark.parametrize("content", [b"MZ\0\0\1", b"\xff\xfea\0b", b"\xff\xfe\0\0abc"])
def test_bytes_that_are_no_text_are_damaged(content: bytes) -> None:
    with pytest.raises(UnreadDocument) as caught:
        decode_text(content)
    assert caught.value.reason is Reason.DAMAGED


def test_hard_wraps_of_a_markdown_paragraph_are_no_content() -> None:
    assert _list_texts(read_markdown(b"The fee\nis due.\n\nNext\n")) == ["The fee is due.", "Next"]


@pytest.mark.parametrize("text", [b"# Fees #\nDue", b"Fees\n====\nDue", b"Fees\n---\n\nDue"])
def test_a_markdown_heading_is_above_what_follows(text: bytes) -> None:
    heading, body = read_markdown(text)
    assert (heading.place.area, heading.text) == (Area.HEADING, "Fees")
    assert (body.place.area, body.place.heading, body.text) == (Area.BODY, "Fees", "Due")


def test_markdown_list_items_are_passages_with_their_signs() -> None:
    text = b"1. One\n   more\n2. Two\n- [x] Done\n- [ ] Open\n"
    assert _list_texts(read_markdown(text)) == [
        "1. One more",
        "2. Two",
        "- ☒ Done",
        "- ☐ Open",
    ]


def test_markdown_table_cells_have_row_and_column() -> None:
    cells = read_markdown(b"| A | B\\|C |\n|---|:-:|\n| 1 | 2 |\n\nAfter")
    places = [(each.place.table, each.place.row, each.place.column, each.text) for each in cells[:-1]]
    assert places == [(1, 1, 1, "A"), (1, 1, 2, "B|C"), (1, 2, 1, "1"), (1, 2, 2, "2")]
    assert cells[-1].place.area is Area.BODY


def test_markdown_code_is_read_line_by_line() -> None:
    assert _list_texts(read_markdown(b"```\n# no heading\nx = 1\n```\nText")) == [
        "# no heading",
        "x = 1",
        "Text",
    ]


def test_markdown_quotes_are_read_without_their_mark() -> None:
    assert _list_texts(read_markdown(b"> Quoted\n> text\n")) == ["Quoted text"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_cells_have_row_and_column(delimiter: str) -> None:
    cells = read_csv(f'Name{delimiter}Fee\n"A,;|B"{delimiter}5\n'.encode())
    places = [(each.place.area, each.place.row, each.place.column, each.text) for each in cells]
    assert places == [
        (Area.CELL, 1, 1, "Name"),
        (Area.CELL, 1, 2, "Fee"),
        (Area.CELL, 2, 1, "A,;|B"),
        (Area.CELL, 2, 2, "5"),
    ]


def test_decimal_commas_do_not_delimit_csv_cells() -> None:
    cells = read_csv(b"Fee;Rate;Sum\n1,5;2,5;4,0\n2,5;3,5;6,0\n")
    assert _list_texts(cells)[3:6] == ["1,5", "2,5", "4,0"]


def test_a_csv_file_may_name_its_delimiter() -> None:
    assert _list_texts(read_csv(b"sep=;\r\na,b;c\r\n")) == ["a,b", "c"]


def test_a_csv_cell_may_have_several_lines() -> None:
    assert _list_texts(read_csv(b'"One\r\nTwo",3\r\n')) == ["One Two", "3"]


def test_a_quotation_mark_that_is_never_closed_is_damage() -> None:
    with pytest.raises(UnreadDocument) as caught:
        read_csv(b'a,"' + b"x" * 200_000)
    assert caught.value.reason is Reason.DAMAGED


def test_the_extension_decides_between_kinds_of_text() -> None:
    assert [read_document(b"a,b", f"x.{each}").format for each in ("txt", "MD", "tsv")] == [
        "txt",
        "md",
        "csv",
    ]
