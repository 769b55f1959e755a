"""The PDF of a pack: what it says on its pages, whatever the texts in the ledger are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from reviews.text import clean_text
from runtime.pack.pdf import write_pdf
from runtime.pack.typesetting import TypesettingFailed, find_undrawn, replace_texts, set_pdf
from tests.language.catalogue import english_left
from tests.pack.pages_of_pdf import (
    list_bookmarks,
    list_fonts,
    list_places,
    open_pdf,
    read_catalog,
    read_letters,
    read_pages,
    read_text,
)
from tests.pack.reports import HOSTILE_TITLES, MADE_AT, make_bare_evidence, make_evidence, make_report

A4 = (595.28, 841.89)
MARGIN = 20 / 25.4 * 72
HEBREW = "מדיניות"
UNDRAWABLE = "\ue000"
"""For private use: the standard forbids it, whatever fonts a machine has."""


@pytest.fixture(scope="module")
def hostile() -> bytes:
    """The PDF of a review of each hostile title, all of them in the sample."""
    return write_pdf(make_report(len(HOSTILE_TITLES)), make_evidence(), language="en")


@pytest.fixture(scope="module")
def year() -> bytes:
    return write_pdf(make_report(700, titles=()), make_evidence(), language="en")


@pytest.fixture(scope="module")
def empty() -> bytes:
    return write_pdf(make_report(0), make_bare_evidence(), language="en")


def test_the_first_page_answers_what_an_auditor_asks_first(year: bytes) -> None:
    evidence = make_evidence()

    first = read_pages(year)[0]

    assert "Reviews of the route “compliance”" in first
    assert "Opened from 1 Jan 2026 to 31 Dec 2026. All times are UTC." in first
    assert re.search(r"^700\b", first, re.MULTILINE)
    assert "41,234 entries" in first
    assert evidence.root in first
    assert str(evidence.verifier_key) in "".join(first.split())
    assert all(witness in first for witness in evidence.witnesses)
    assert "11 Jan 2027, 06:30" in first
    assert "What it does not show" in first


def test_each_page_has_its_number_and_the_beginning_of_the_root(year: bytes) -> None:
    pages = read_pages(year)

    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert f"Checkpoint {make_evidence().root[:16]}…, 41,234 entries" in text


@pytest.mark.parametrize("title", [title for title in HOSTILE_TITLES if HEBREW not in title])
def test_a_title_is_shown_as_it_is_and_never_read_as_markup(hostile: bytes, title: str) -> None:
    assert "".join(clean_text(title).split()) in read_letters(hostile)


def test_a_title_from_right_to_left_is_shown(hostile: bytes) -> None:
    text = read_text(hostile)

    assert HEBREW in text or HEBREW[::-1] in text


def test_marks_of_direction_and_control_characters_are_left_out(hostile: bytes) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", read_text(hostile))


def test_a_word_that_is_longer_than_a_line_is_broken(hostile: bytes) -> None:
    longest = max(map(len, re.findall("W+", read_text(hostile))))

    assert 20 < longest < 80  # 400 in all, and a line of the sample takes some 60


def test_nothing_begins_outside_of_the_page_or_in_its_margins(hostile: bytes) -> None:
    places = list_places(hostile)

    assert all(MARGIN - 1 <= x <= A4[0] - MARGIN + 1 and 20 <= y <= A4[1] - 20 for x, y in places)


def test_the_same_report_makes_the_same_bytes(hostile: bytes) -> None:
    again = write_pdf(make_report(len(HOSTILE_TITLES)), make_evidence(), language="en")

    assert again == hostile


def test_only_fonts_that_come_along_are_used_where_they_suffice(hostile: bytes) -> None:
    assert {name.partition("-")[0] for name in list_fonts(hostile)} == {"LibertinusSerif", "DejaVuSansMono"}


def test_a_character_that_no_font_has_is_a_box_and_the_first_page_says_so() -> None:
    pdf = write_pdf(make_report(1, titles=(f"Plan {UNDRAWABLE}\u0378.docx",)), make_evidence(), language="en")

    assert "Plan □□.docx" in read_text(pdf)
    assert "A box, □, stands for" in read_pages(pdf)[0]


def test_no_box_is_mentioned_where_there_is_none(hostile: bytes) -> None:
    assert "□" not in read_text(hostile)


def test_what_typst_can_not_draw_is_read_from_its_diagnostics() -> None:
    diagnostic = (
        'error: PDF/A-2a error: the text `"四"` could not be displayed with font `"Libertinus Serif"`\n'
        "  = hint: try using a different font\n\n"
        'error: PDF/A-2a error: the text `"\\u{200d}\\\\é"` could not be displayed with font `"DejaVu"`\n'
        'error: PDF/A-2a error: the PDF contains the codepoint `"\\u{e000}"`\n'
        "error: unknown variable: `abc`\n"
    )

    assert find_undrawn(diagnostic) == {"四", "\u200d\\é", "\ue000"}


def test_undrawn_texts_are_replaced_wherever_they_are_the_longest_first() -> None:
    value = {"title": "四\\é", "rows": [["é四四"], {"text": "plain é"}], "count": 4}

    replaced = replace_texts(value, ["四", "四四", "\\é"])

    assert replaced == {"title": "□□□", "rows": [["é□□"], {"text": "plain é"}], "count": 4}


def test_another_fault_is_not_taken_for_a_missing_character() -> None:
    with pytest.raises(TypesettingFailed, match="language"):
        set_pdf({"made": [2027, 1, 12, 8, 30, 5], "title": ""})


def test_an_empty_period_has_no_charts_and_says_none(empty: bytes) -> None:
    text = read_text(empty)

    assert "No review was drawn." in text
    assert "How the reviews ended" not in text
    assert re.search(r"Own changes\n.*\nNone", text)
    assert len(read_pages(empty)) <= 3


def test_a_ledger_without_timestamp_and_witness_says_so(empty: bytes) -> None:
    first = read_pages(empty)[0]

    assert "When the checkpoint existed: no authority and no witness confirms it." in first


def test_numbers_and_dates_are_those_of_the_language() -> None:
    pdf = write_pdf(make_report(1, titles=()), make_evidence(), language="de-AT")
    text = read_text(pdf)

    assert read_catalog(pdf)["/Lang"] == "de"
    assert "Zeit bis zur Bestätigung" in text
    assert "41.234" in text


def test_it_is_tagged_for_screen_readers_and_made_for_archives(hostile: bytes) -> None:
    root = read_catalog(hostile)
    metadata = root["/Metadata"].get_data().decode()

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_its_title_and_date_are_those_of_the_report(hostile: bytes) -> None:
    information = open_pdf(hostile).metadata

    assert information is not None
    assert information.title == "Reviews of the route “compliance”, 1 Jan 2026 to 31 Dec 2026"
    assert information.creation_date == MADE_AT.replace(microsecond=0)


def test_sections_and_reviews_of_the_sample_are_bookmarks(hostile: bytes) -> None:
    bookmarks = list_bookmarks(hostile)

    assert [*bookmarks[:2], bookmarks[-1]] == ["Summary", "Is it complete?", "How to check it"]
    assert f'1 of {len(HOSTILE_TITLES)}: #import "x": y' in bookmarks


def test_the_page_of_an_exception_is_where_its_list_begins(year: bytes) -> None:
    pages = read_pages(year)
    overview = next(text for text in pages if "Exception Number Page" in text)
    named = re.search(r"^Lapsed\n.*\n\d+ reviews (\d+)$", overview, re.MULTILINE)

    assert named is not None
    assert "Lapsed\nReviews that did not have enough answers" in pages[int(named[1]) - 1]


def test_a_year_has_a_bounded_number_of_pages(year: bytes) -> None:
    assert len(read_pages(year)) < 40


def test_a_story_line_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    report = make_report(1, titles=())
    [sampled] = report.sample.reviews
    long = replace(sampled.story[0], text=" ".join(f"word{number}" for number in range(1500)))
    sampled = replace(sampled, story=(long, replace(long, text="The end.", at=long.at + timedelta(days=1))))

    pdf = write_pdf(
        replace(report, sample=replace(report.sample, reviews=(sampled,))), make_evidence(), language="en"
    )

    text = read_text(pdf)
    assert all(re.search(rf"\bword{number}\b", text) for number in (0, 700, 1499))
    assert "The end." in text
    assert all(20 <= y <= A4[1] - 20 for _x, y in list_places(pdf))


def test_no_page_says_half_of_it_in_english() -> None:
    report = make_report(120, titles=("Vertrag.docx",), sample_size=0)

    pdf = write_pdf(report, make_bare_evidence(), language="de")

    assert english_left(read_text(pdf).splitlines()) == []
