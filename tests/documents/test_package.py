"""The archive that an office document is."""

from __future__ import annotations

import pytest

from documents.errors import Reason, UnreadDocument
from documents.formats import read_document
from documents.package import Package, parse_xml
from tests.documents.packages import build_docx, relate, write_paragraph, zip_members


def test_names_are_found_in_either_case_and_with_escapes() -> None:
    package = Package(zip_members({"Word/my%20part.xml": "x"}))
    assert [name in package for name in ("word/MY PART.xml", "word/my%20part.xml", "word/other.xml")] == [
        True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("names", [("a.xml", "A.xml"), ("a b.xml", "a%20b.xml")])
def test_two_members_of_one_name_are_damage(names: tuple[str, str]) -> None:
    with pytest.raises(UnreadDocument) as caught:
        Package(zip_members(dict.fromkeys(names, "x")))
    assert caught.value.reason is Reason.DAMAGED


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("header.xml", "word/header.xml"),
        ("/a/b.xml", "a/b.xml"),
        ("../a.xml", "a.xml"),
        ("../../../a.xml", "a.xml"),
    ],
)
def test_a_target_is_found_from_the_part_that_names_it(target: str, name: str) -> None:
    package = Package(zip_members({"word/_rels/document.xml.rels": relate(("header", target)), name: "x"}))
    assert package.find_related("word/document.xml", "header") == [name]


def test_an_external_target_is_not_followed() -> None:
    relations = relate(external=("header", "file:///etc/passwd"))
    package = Package(zip_members({"word/_rels/document.xml.rels": relations}))
    assert package.find_related("word/document.xml", "header") == []


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"<a/><b/>", b"<a>\0</a>", b'<?xml version="1.0" encoding="nonsense"?><a/>']
)
def test_xml_that_is_not_well_formed_is_damage(content: bytes) -> None:
    with pytest.raises(UnreadDocument) as caught:
        parse_xml(content)
    assert caught.value.reason is Reason.DAMAGED


def test_the_content_decides_on_the_format_and_not_the_name() -> None:
    assert read_document(build_docx(write_paragraph("x")), "wrong.pdf").format == "docx"


def test_a_text_about_pdf_files_is_a_text() -> None:
    assert read_document(b"A file begins with %PDF-1.7", "notes.txt").format == "txt"
