"""Numbers and bullets that are shown in front of paragraphs of a slide."""

from __future__ import annotations

import pytest

from tests.documents.packages import build_pptx, list_texts, read
from tests.documents.texts import list_parts

FEES = "The fee is 500 euros a year."
TERM = "The term is three years from signing."
NOTICE = "Notice is given three months ahead."
ARABIC = '<a:buAutoNum type="arabicPeriod"/>'


def write_paragraph(text: str, bullet: str = ARABIC, level: int = 0) -> str:
    return f'<a:p><a:pPr lvl="{level}">{bullet}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'


def build(*paragraphs: str, style: str = "") -> bytes:
    return build_pptx(f"<p:sp><p:txBody>{style}{''.join(paragraphs)}</p:txBody></p:sp>")


def compare(before: bytes, after: bytes) -> list[tuple[str, str, str]]:
    return list_parts(read(before), read(after))


@pytest.mark.parametrize(
    ("bullet", "texts"),
    [
        (ARABIC, ["1. A", "2. A"]),
        ('<a:buAutoNum type="alphaLcParenR" startAt="3"/>', ["c) A", "d) A"]),
        ('<a:buAutoNum type="romanUcParenBoth"/>', ["(I) A", "(II) A"]),
        ('<a:buAutoNum type="thaiNumPeriod"/>', ["1 [thaiNumPeriod] A", "2 [thaiNumPeriod] A"]),
        ('<a:buFont typeface="Wingdings"/><a:buChar char="\xfc"/>', ["✓ A", "✓ A"]),
        ('<a:buChar char="–"/>', ["– A", "– A"]),
        ("<a:buBlip/>", ["• A", "• A"]),
        ("<a:buNone/>", ["A", "A"]),
        ("", ["A", "A"]),
    ],
)
def test_a_paragraph_of_a_slide_has_the_number_that_is_shown(bullet: str, texts: list[str]) -> None:
    assert list_texts(build(write_paragraph("A", bullet), write_paragraph("A", bullet))) == texts


def test_levels_of_a_slide_are_counted_within_each_other() -> None:
    levels = (0, 1, 1, 0, 1)
    texts = list_texts(build(*(write_paragraph("A", level=level) for level in levels)))
    assert texts == ["1. A", "1. A", "2. A", "2. A", "1. A"]


def test_a_paragraph_without_text_is_not_counted() -> None:
    assert list_texts(
        build(write_paragraph("A"), f"<a:p><a:pPr>{ARABIC}</a:pPr></a:p>", write_paragraph("B"))
    ) == [
        "1. A",
        "2. B",
    ]


def test_a_paragraph_has_the_bullet_of_its_shape_unless_it_has_its_own() -> None:
    style = f"<a:lstStyle><a:lvl2pPr>{ARABIC}</a:lvl2pPr></a:lstStyle>"
    paragraphs = [
        write_paragraph("A", "", 1),
        write_paragraph("B", "<a:buNone/>", 1),
        write_paragraph("C", ""),
    ]
    assert list_texts(build(*paragraphs, style=style)) == ["1. A", "B", "C"]


@pytest.mark.parametrize(
    ("bullet", "label"),
    [
        ('<a:buAutoNum type="alphaLcPeriod"/>', "a. "),
        ('<a:buAutoNum type="arabicPeriod" startAt="4"/>', "4. "),
        ('<a:buChar char="–"/>', "– "),
        ("", ""),
    ],
)
def test_another_number_is_a_difference(bullet: str, label: str) -> None:
    assert compare(build(write_paragraph(FEES)), build(write_paragraph(FEES, bullet))) == [
        ("replaced", f"1. {FEES}", f"{label}{FEES}")
    ]


def test_an_inserted_paragraph_is_all_that_differs_on_a_slide() -> None:
    before = build(*map(write_paragraph, (FEES, TERM)))
    assert compare(before, build(*map(write_paragraph, (NOTICE, FEES, TERM)))) == [
        ("inserted", "", f"1. {NOTICE}")
    ]
