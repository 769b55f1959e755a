"""PDF files: flowing text, whatever the lines and pages; fields, comments, attachments."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from pypdf.annotations import Text
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    RectangleObject,
    TextStringObject,
)

from documents.comparison.comparison import compare_documents
from documents.errors import Reason, State, UnreadDocument
from documents.passages import Area, AttachmentKind, DocumentText
from documents.pdf.reader import read_pdf

_FULL = "This line is one of those that end because there is no more room"


def _write_pdf(*pages: list[str], writer: PdfWriter | None = None, password: str = "") -> bytes:
    writer = writer or PdfWriter()
    font = {
        "/Type": "/Font",
        "/Subtype": "/Type1",
        "/BaseFont": "/Helvetica",
        "/Encoding": "/WinAnsiEncoding",
    }
    names = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    for lines in pages:
        page = writer.add_blank_page(600, 800)
        stream = DecodedStreamObject()
        texts = [line.replace("(", r"\(").replace(")", r"\)").encode("cp1252") for line in lines]
        stream.set_data(
            b"BT /F1 10 Tf 14 TL 50 750 Td " + b" ".join(b"(%b) Tj T*" % each for each in texts) + b" ET"
        )
        page[NameObject("/Contents")] = stream
        fonts = DictionaryObject({NameObject("/F1"): names})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if password:
        writer.encrypt(password)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def _list_texts(document: DocumentText, area: Area = Area.BODY) -> list[str]:
    return [each.text for each in document.passages if each.place.area is area]


def _read_lines(*pages: list[str]) -> list[str]:
    return _list_texts(read_pdf(_write_pdf(*pages)))


def _read_error(content: bytes) -> Reason:
    with pytest.raises(UnreadDocument) as caught:
        read_pdf(content)
    return caught.value.reason


def test_lines_of_a_paragraph_are_joined() -> None:
    assert _read_lines([_FULL, "was", "made. Risk passes then."]) == [f"{_FULL} was made. Risk passes then."]


def test_a_short_line_before_a_capital_stands_alone() -> None:
    assert _read_lines(["Delivery", f"{_FULL} on it and", "goes on."]) == [
        "Delivery",
        f"{_FULL} on it and goes on.",
    ]


def test_list_items_are_passages_with_their_signs_wherever_these_stand() -> None:
    assert _read_lines([f"{_FULL}", "• pumps and", "valves", "•", "Seals", "- 500", "•", "•"]) == [
        _FULL,
        "• pumps and valves",
        "• Seals",
        "- 500",
    ]


def test_a_number_that_moves_on_with_the_pages_but_is_not_theirs_is_text() -> None:
    def read_header(*lines: str) -> list[str]:
        bodies = (["One.", "Two.", "Three."], ["Four.", "Five.", "Six."])
        pages = ([line, *body] for line, body in zip(lines, bodies, strict=True))
        return _list_texts(read_pdf(_write_pdf(*pages)), Area.HEADER)

    assert read_header("Pay group 5/6", "Pay group 6/6") == ["Pay group 5/6"]
    assert read_header("Handbook 1", "Handbook 2") == ["Handbook"]


def test_a_sentence_over_two_pages_is_one_passage() -> None:
    assert _read_lines([f"{_FULL} and"], ["goes on here."]) == [f"{_FULL} and goes on here."]


def test_a_passage_has_the_page_where_its_paragraph_begins() -> None:
    document = read_pdf(_write_pdf(["One."], ["Two."]))
    assert [each.place.page for each in document.passages] == [1, 2]


@pytest.mark.parametrize(
    ("line", "following", "text"),
    [
        ("The supp-", "lier", "The supplier"),
        ("A long-term plan and a long-", "term plan", "A long-term plan and a long-term plan"),
        ("The Anglo-", "American", "The Anglo-American"),
        ("The year 2026-", "2027", "The year 2026-2027"),
        ("The supp\xad", "lier", "The supplier"),
    ],
)
def test_a_word_divided_at_a_line_end_is_joined(line: str, following: str, text: str) -> None:
    fill = "and this fills the line until it is a full one, as it has to be: "
    assert _read_lines([fill + line, following])[-1].endswith(text)


def test_running_lines_are_left_out_of_the_text_and_named_once() -> None:
    bodies = (["One.", "Two.", "Three."], ["Four.", "Five.", "Six."], ["Seven.", "Eight.", "Nine."])
    pages = [
        ["General terms", *body, *[""] * 40, f"ACME, page {number} of 3"]
        for number, body in enumerate(bodies, 1)
    ]
    document = read_pdf(_write_pdf(*pages))
    assert " ".join(_list_texts(document)) == "One. Two. Three. Four. Five. Six. Seven. Eight. Nine."
    assert _list_texts(document, Area.HEADER) == ["General terms"]
    assert _list_texts(document, Area.FOOTER) == ["ACME, page of"]


def test_a_footer_that_a_writer_puts_before_the_text_is_a_footer() -> None:
    content = _write_pdf(*[["ACME", f"{_FULL}."]] * 2).replace(
        b"(ACME) Tj T*", b"0 -700 Td (ACME) Tj 0 700 Td T*"
    )
    assert _list_texts(read_pdf(content), Area.FOOTER)[0] == "ACME"


def test_a_page_number_alone_is_no_text() -> None:
    document = read_pdf(_write_pdf(["First text.", "Page 1 of 2"], ["Second text.", "Page 2 of 2"]))
    assert [each.text for each in document.passages] == ["First text. Second text."]


def test_numbers_at_the_edge_that_do_not_follow_the_page_are_text() -> None:
    pages = [["Fee 100", f"{_FULL} up."], ["Fee 250", f"{_FULL} down."], ["Fee 120", f"{_FULL} left."]]
    assert " ".join(_read_lines(*pages)) == " ".join(line for page in pages for line in page)


def test_a_file_set_in_another_page_size_has_the_same_text() -> None:
    text = [
        "Rent is due on the first day of a month. ",
        "Notice is given in writing, ",
        "three months before.",
    ]
    wide = read_pdf(_write_pdf(["ACME terms", "".join(text), *[""] * 40, "Page 1 of 1"]))
    pages = [["ACME terms", line, *[""] * 40, f"Page {number} of 3"] for number, line in enumerate(text, 1)]
    narrow = read_pdf(_write_pdf(*pages))
    other = read_pdf(_write_pdf(["ACME terms", "".join(text), *[""] * 40, "Page 7 of 9"]))

    assert compare_documents(wide, narrow).state is State.SAME_TEXT
    assert compare_documents(narrow, wide).state is State.SAME_TEXT
    assert compare_documents(wide, other).state is not State.SAME_TEXT
    assert compare_documents(narrow, other).state is not State.SAME_TEXT


def test_an_inserted_sentence_changes_no_other_though_all_lines_break_elsewhere() -> None:
    sentences = [
        f"Party {chr(65 + number % 26)}{number} shall pay within {number} days of the long-term order."
        for number in range(120)
    ]
    inserted = [*sentences[:5], "Nothing else is due here.", *sentences[5:]]
    assert _read_lines(*_break_lines(sentences)) == [" ".join(sentences)]
    assert _read_lines(*_break_lines(inserted)) == [" ".join(inserted)]


def _break_lines(sentences: list[str]) -> list[list[str]]:
    lines = [""]
    for word in " ".join(sentences).split():
        if len(lines[-1]) + len(word) > 70:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    bounds = [*range(0, len(lines), 40), len(lines)]
    return [lines[first:last] for first, last in pairwise(bounds)]


def test_kerning_between_letters_is_no_space() -> None:
    content = _write_pdf(["x"]).replace(b"(x) Tj", b"[<48>-3<65>70<6C6C6F>-400<796F75>] TJ")
    assert _list_texts(read_pdf(content)) == ["Hello you"]


def test_a_file_without_text_is_not_read() -> None:
    assert _read_error(_write_pdf([])) is Reason.NO_TEXT


def test_a_file_with_a_password_is_not_read() -> None:
    assert _read_error(_write_pdf(["Secret."], password="x")) is Reason.PASSWORD


def test_a_file_that_is_only_protected_from_changes_is_read() -> None:
    writer = PdfWriter()
    writer.encrypt("", "owner")
    assert _list_texts(read_pdf(_write_pdf(["Open."], writer=writer))) == ["Open."]


def test_a_file_that_was_cut_off_is_damaged() -> None:
    content = _write_pdf(*[["Text."]] * 40)
    assert _read_error(content[: len(content) // 2]) is Reason.DAMAGED


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n%%EOF", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"]
)
def test_a_file_without_pages_is_damaged(content: bytes) -> None:
    assert _read_error(content) is Reason.DAMAGED


def test_a_comment_has_its_author_and_page() -> None:
    writer = PdfWriter()
    _write_pdf(["Text."], writer=writer)
    note = Text(rect=(10, 10, 20, 20), text="Too high?", title_bar="Ana Ruiz")
    writer.add_annotation(0, note)
    document = read_pdf(_rewrite(writer))
    comment = document.passages[-1]
    assert (comment.place.area, comment.place.name, comment.place.page) == (Area.COMMENT, "Ana Ruiz", 1)
    assert comment.text == "Too high?"


def test_a_link_over_two_lines_is_one_passage() -> None:
    writer = PdfWriter()
    _write_pdf(["Text."], writer=writer)
    writer.add_uri(0, "https://example.com/", RectangleObject((10, 10, 20, 20)))
    writer.add_uri(0, "https://example.com/", RectangleObject((10, 0, 20, 10)))
    assert _list_texts(read_pdf(_rewrite(writer))) == ["Text.", "[link: https://example.com/]"]


@pytest.mark.parametrize(
    ("kind", "value", "flags", "text"),
    [
        ("/Tx", TextStringObject("EUR 48,000"), 0, "EUR 48,000"),
        ("/Ch", ArrayObject([TextStringObject("low"), TextStringObject("high")]), 0, "low, high"),
        ("/Btn", NameObject("/Yes"), 0, "☒"),
        ("/Btn", NameObject("/Off"), 0, "☐"),
        ("/Btn", NameObject("/Second"), 1 << 15, "Second"),
    ],
)
def test_a_form_field_has_its_value(
    kind: str, value: ArrayObject | NameObject, flags: int, text: str
) -> None:
    fields = _read_field(kind, value, flags)
    assert [(each.place.name, each.text) for each in fields.passages] == [("Fee", text)]


@pytest.mark.parametrize(
    ("kind", "value", "flags"),
    [
        ("/Tx", TextStringObject(""), 0),
        ("/Btn", NameObject("/Off"), 1 << 15),
        ("/Btn", NameObject("/Off"), 1 << 16),
    ],
)
def test_a_form_field_without_a_value_is_no_passage(kind: str, value: NameObject, flags: int) -> None:
    with pytest.raises(UnreadDocument):
        _read_field(kind, value, flags)


def _read_field(kind: str, value: ArrayObject | NameObject | TextStringObject, flags: int) -> DocumentText:
    writer = PdfWriter()
    field = DictionaryObject({NameObject("/T"): TextStringObject("Fee"), NameObject("/FT"): NameObject(kind)})
    field[NameObject("/V")] = value
    field[NameObject("/Ff")] = NumberObject(flags)
    reference = writer._add_object(field)  # noqa: SLF001 - a field is an object of its own
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([reference])})
    writer.root_object[NameObject("/AcroForm")] = form
    return read_pdf(_write_pdf([], writer=writer))


def test_pictures_files_and_scripts_are_attachments() -> None:
    writer = PdfWriter()
    writer.add_attachment("data.csv", b"a,b")
    writer.root_object[NameObject("/OpenAction")] = JavaScript("app.alert(1)")
    picture = DecodedStreamObject()
    picture.set_data(b"\0")
    picture[NameObject("/Subtype")] = NameObject("/Image")
    _write_pdf(["Text."], writer=writer)
    pictures = DictionaryObject({NameObject("/Im1"): picture})
    resources = writer.pages[0]["/Resources"]
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/XObject")] = pictures
    kinds = [each.kind for each in read_pdf(_rewrite(writer)).attachments]
    assert sorted(kinds) == [AttachmentKind.MACRO, AttachmentKind.OBJECT, AttachmentKind.PICTURE]


def _rewrite(writer: PdfWriter) -> bytes:
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()
