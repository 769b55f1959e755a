"""Texts from outside: what is printed of them, and where they are cut."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.text import (
    MAX_NAME_LENGTH,
    MAX_TITLE_LENGTH,
    clean_direction,
    clean_name,
    clean_title,
    escape_cell,
    escape_controls,
    omit_middle,
    shorten_start,
    shorten_text,
)
from reviews.tree import Place

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@given(st.text())
def test_escapes_say_the_same_within_json(text: str) -> None:
    written = escape_controls(json.dumps(text, ensure_ascii=False))

    assert json.loads(written) == text
    assert escape_controls(written) == written


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("abcdef", "abcd…"),
        ("abce\u0301f", "abc…"),
        ("abc\U0001f44d\U0001f3fdf", "abc…"),
        (f"abc{FAMILY}", "abc…"),
    ],
)
def test_a_cut_leaves_no_half_of_a_character(text: str, cut: str) -> None:
    assert shorten_text(text, 5) == cut


def test_a_text_of_nothing_but_marks_is_cut_all_the_same() -> None:
    assert len(shorten_text("\u0301" * 1000, 400)) <= 400


def test_titles_names_and_paths_have_a_length() -> None:
    place = Place(folders=tuple((str(number), "f" * 300) for number in range(150)))

    assert len(clean_title("t" * 1000)) == MAX_TITLE_LENGTH
    assert len(clean_name("n" * 1000)) == MAX_NAME_LENGTH
    assert len(place.path) == 4000
    assert clean_title("A.docx") == "A.docx"


def test_a_text_without_its_beginning_keeps_whole_characters() -> None:
    assert shorten_start("abcdef", 6) == "abcdef"
    assert shorten_start("abcdefg", 4) == "…efg"
    assert shorten_start("abcde\u0301f", 3) == "…f"


def test_part_of_a_text_keeps_the_spaces_at_its_edges() -> None:
    assert clean_direction(" to be\u202e paid\n") == " to be paid "


def test_a_text_without_its_middle_is_cut_between_words_and_keeps_whole_characters() -> None:
    assert omit_middle("abcdef", before=3, after=3) == "abcdef"
    assert omit_middle("one two three four", before=5, after=6) == "one … four"
    assert omit_middle("a" * 20, before=3, after=2) == "aaa…aa"
    assert omit_middle("abcde\u0301fgh", before=5, after=1) == "abcd…h"
    assert omit_middle("one two three", before=0, after=5) == "…three"


def test_no_cell_begins_with_a_formula_however_a_spreadsheet_divides_lines() -> None:
    """At commas as written, or at semicolons or tabs, where lines end within a text too."""
    signs, formula = ("", ";", "\t", "\n", "\r\n", ";;", ';"'), "=1+1"
    for before in signs:
        stream = io.StringIO()
        csv.writer(stream).writerow(
            ["a", escape_cell(f"Q1{before}{formula};@x"), escape_cell(f"{before}{formula}")]
        )
        for delimiter in (",", ";", "\t"):
            lines = stream.getvalue().splitlines() if delimiter != "," else [stream.getvalue()]
            cells = [cell for row in csv.reader(lines, delimiter=delimiter) for cell in row]
            assert [cell for cell in cells if cell.startswith(("=", "@"))] == [], (before, delimiter, cells)
    assert escape_cell("Minutes; all-hands") == "Minutes; all-hands"
