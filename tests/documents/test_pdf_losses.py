"""What a reader of a PDF file sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from documents.comparison.comparison import compare_documents
from documents.errors import Reason, UnreadDocument
from documents.pdf.reader import read_pdf
from tests.documents.pdf_files import build_page, write_stream, write_text
from tests.documents.texts import build_text

if TYPE_CHECKING:
    from documents.passages import DocumentText

IDENTITY = "<</Type/Font/Subtype/Type0/BaseFont/A+B/Encoding/Identity-H/DescendantFonts[6 0 R]>>"
NUMBERED = "<</Type/Font/Subtype/TrueType/BaseFont/A+B/Encoding<</Differences[1/g1/g2/g3]>>>>"
DESCENDANT = "<</Type/Font/Subtype/CIDFontType2/BaseFont/A+B>>"
GLYPHS = "BT /F1 12 Tf 50 700 Td <010203010203> Tj ET"


def list_texts(document: DocumentText) -> list[str]:
    return [passage.text for passage in document.passages]


@pytest.mark.parametrize("font", [IDENTITY, NUMBERED])
def test_glyphs_without_characters_are_no_text(font: str) -> None:
    with pytest.raises(UnreadDocument) as caught:
        read_pdf(build_page(GLYPHS, font=font, others={6: DESCENDANT}))
    assert caught.value.reason is Reason.NO_TEXT


def test_a_form_that_is_damaged_on_a_page_with_text_is_damage() -> None:
    entries = "/Subtype/Form/Resources<</Font<</F1 5 0 R>>>>/Filter/NoSuchFilter"
    form = write_stream(b"x", entries)
    page = build_page(f"/X Do {write_text('x')}", resources="/XObject<</X 6 0 R>>", others={6: form})
    with pytest.raises(UnreadDocument) as caught:
        read_pdf(page)
    assert caught.value.reason is Reason.DAMAGED


def test_nothing_is_printed_of_what_is_mended(capfd: pytest.CaptureFixture[str]) -> None:
    page = build_page(write_text("x"))
    read_pdf(page.replace(b"startxref\n", b"startxref\n9"))
    assert capfd.readouterr() == ("", "")


def test_a_form_of_xfa_is_an_object_whose_change_is_reported() -> None:
    def build(data: bytes) -> DocumentText:
        catalog = "/AcroForm<</Fields[]/XFA[(datasets) 6 0 R]>>"
        return read_pdf(
            build_page(write_text("Please wait"), catalog=catalog, others={6: write_stream(data)})
        )

    comparison = compare_documents(build(b"<fee>5</fee>"), build(b"<fee>9</fee>"))
    assert (comparison.state, comparison.reason) == ("same_text", Reason.OBJECTS)


def test_a_drawing_may_have_changed_where_the_text_is_the_same() -> None:
    plain = build_page(write_text("Pay 500"))
    struck = build_page(f"{write_text('Pay 500')} 50 704 m 95 704 l S")
    comparison = compare_documents(read_pdf(plain), read_pdf(struck))
    assert (comparison.state, comparison.reason) == ("same_text", Reason.APPEARANCE)


def test_of_other_formats_only_formatting_changed() -> None:
    comparison = compare_documents(build_text("Pay 500"), build_text("Pay 500"))
    assert (comparison.state, comparison.reason) == ("same_text", Reason.FORMATTING)


def test_a_comment_alone_is_text() -> None:
    comment = "<</Subtype/FreeText/Contents(Pay 500)/T(Bo)>>"
    document = read_pdf(build_page("", page="/Annots[6 0 R]", others={6: comment}))
    assert list_texts(document) == ["Pay 500"]
    assert document.passages[0].place.name == "Bo"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("/FT/Tx/T(a)/V(Anna)", "Anna"),
        ("/FT/Ch/T(a)/V[(one)(two)]", "one, two"),
        ("/FT/Ch/T(a)/V(one)", "one"),
        ("/FT/Btn/T(a)/V/Yes", "☒"),
        ("/FT/Btn/T(a)/V/Off", "☐"),
        ("/FT/Btn/Ff 32768/T(a)/V/Two", "Two"),
    ],
)
def test_a_field_is_read_by_its_value(field: str, text: str) -> None:
    content = build_page("", catalog="/AcroForm<</Fields[6 0 R]>>", others={6: f"<<{field}>>"})
    document = read_pdf(content)
    assert (list_texts(document), document.passages[0].place.name) == ([text], "a")


@pytest.mark.parametrize("operators", ["0 1 -1 0 50 700 Tm", "50 700 Td 3 Tr"])
def test_rotated_and_invisible_text_is_read(operators: str) -> None:
    assert list_texts(read_pdf(build_page(f"BT /F1 12 Tf {operators} (Pay 500) Tj ET"))) == ["Pay 500"]


def test_the_last_update_of_a_file_counts() -> None:
    first = build_page(write_text("Pay 500"))
    body = b"4 0 obj\n" + write_stream(write_text("Pay 900").encode()) + b"\nendobj\n"
    xref = b"xref\n4 1\n%010d 00000 n \n" % len(first)
    trailer = b"trailer\n<</Size 6/Root 1 0 R/Prev %d>>\n" % first.rindex(b"xref\n0")
    content = first + body + xref + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(first) + len(body))
    assert list_texts(read_pdf(content)) == ["Pay 900"]


def test_a_file_whose_table_of_objects_is_lost_is_read() -> None:
    content = build_page(write_text("Pay 500"))
    lost = content[: content.rindex(b"startxref")] + b"startxref\n99999\n%%EOF\n"
    assert list_texts(read_pdf(lost)) == ["Pay 500"]
