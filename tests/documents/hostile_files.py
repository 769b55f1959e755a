"""Files that are built to burden or to deceive their reader, and the reasons that they may end with."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from tests.documents.packages import (
    OPEN_XML,
    build_docx,
    build_office,
    build_opendocument,
    build_xlsx,
    write_paragraph,
    zip_members,
)
from tests.documents.pdf_files import build_page, build_pdf, compress_zeros, write_stream, write_text

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = f'<w:document xmlns:w="{OPEN_XML}/wordprocessingml/2006/main">'
LAUGHS = "".join(f'<!ENTITY l{each + 1} "{f"&l{each};" * 10}">' for each in range(9))
MEGABYTE = bytes(1_000_000)


def build_document(text: str) -> bytes:
    """Return a Word document by the whole text of its main part."""
    return build_office("word/document.xml", {"word/document.xml": text})


def build_bomb(members: int, megabytes: int) -> bytes:
    stream = io.BytesIO(build_docx(write_paragraph("x")))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(members):
            with archive.open(f"word/media/{number}.png", "w") as member:
                for _ in range(megabytes):
                    member.write(MEGABYTE)
    return stream.getvalue()


def lie_about_sizes() -> bytes:
    """Return a document whose central directory says that its members are small."""
    content = bytearray(build_docx(write_paragraph("x" * 5_000_000)))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 24 : place + 28] = (100).to_bytes(4, "little")
        place = content.find(b"PK\x01\x02", place + 1)
    return bytes(content)


def overlap_members() -> bytes:
    """Return a document of which several entries lead to the same bytes."""
    stream = io.BytesIO(build_docx(write_paragraph("x")))
    with zipfile.ZipFile(stream, "a") as archive:
        first = archive.infolist()[0]
        for number in range(500):
            copy = zipfile.ZipInfo(f"word/media/{number}.png")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(copy, name, getattr(first, name))
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
        archive._didModify = True  # type: ignore[attr-defined]  # noqa: SLF001 - the directory is to be written
    return stream.getvalue()


def repeat_name() -> bytes:
    stream = io.BytesIO(build_docx(write_paragraph("shown")))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(
            "Word/Document.xml", f"{ROOT}<w:body>{write_paragraph('other')}</w:body></w:document>"
        )
    return stream.getvalue()


def nest_sheet_cells() -> bytes:
    row = "<row>" + "<c><v>1</v></c>" * 1_000 + "</row>"
    return build_xlsx(f"<sheetData>{row * 1_000}</sheetData>")


def repeat_cells() -> bytes:
    text = f"<text:p>{'x' * 1_000}</text:p>"
    cell = f'<table:table-cell table:number-columns-repeated="16384">{text}</table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return build_opendocument("spreadsheet", f'<table:table table:name="A">{rows}</table:table>')


def build_binary_workbook() -> bytes:
    types = (
        f'<Types xmlns="{OPEN_XML}/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    return build_office("xl/workbook.xml", {"xl/workbook.xml": b"\x83\x01", "[Content_Types].xml": types})


def loop_forms() -> bytes:
    """Return a page with a form that shows itself, and another one, both twice."""
    entries = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R/Y 7 0 R>>>>"
    form = write_stream(b"/X Do /Y Do /X Do /Y Do", entries)
    return build_page(
        f"/X Do {write_text('x')}", resources="/XObject<</X 6 0 R/Y 7 0 R>>", others={6: form, 7: form}
    )


def bomb_page(megabytes: int, filters: str = "/FlateDecode") -> bytes:
    content = compress_zeros(megabytes)
    return build_page("", others={4: write_stream(content, f"/Filter{filters}")})


def loop_pages() -> bytes:
    return build_pdf(
        {1: "<</Type/Catalog/Pages 2 0 R>>", 2: "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 9>>",
         3: "<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count 9>>"}
    )  # fmt: skip


def loop_references() -> bytes:
    content = build_page(write_text("x"))
    return content.replace(b"trailer\n<<", b"trailer\n<</Prev %d " % content.rindex(b"xref\n0"))


HOSTILE_FILES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "one member of 300 MB .docx": (lambda: build_bomb(1, 300), {"unpacked_size"}),
    "members of 300 MB together .docx": (lambda: build_bomb(30, 10), {"unpacked_size"}),
    "sizes that lie .docx": (lie_about_sizes, {"damaged"}),
    "members that overlap .docx": (overlap_members, {"damaged"}),
    "3,000 members .docx": (
        lambda: zip_members({f"word/{number}.xml": "" for number in range(3_000)}), {"members"}),
    "a package in a package .docx": (
        lambda: zip_members({"a.zip": zip_members({"b": "c"})}), {"unknown_format"}),
    "two members of one name .docx": (repeat_name, {"damaged"}),
    "entities by the billion .docx": (
        lambda: build_document(f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>{ROOT}&l9;</w:document>'),
        {"document_type"}),
    "an external entity .docx": (
        lambda: build_document(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{ROOT}&e;</w:document>'),
        {"document_type"}),
    "an undefined entity .docx": (lambda: build_document(f"{ROOT}&e;</w:document>"), {"damaged"}),
    "100,000 levels .docx": (
        lambda: build_docx("<w:sdt><w:sdtContent>" * 50_000 + "</w:sdtContent></w:sdt>" * 50_000),
        {"damaged"}),
    "a text of 190 MB .docx": (
        lambda: build_docx(write_paragraph("x" * 190_000_000)), {"memory", "time"}),
    "a million cells .xlsx": (nest_sheet_cells, {"text_size", "time"}),
    "cells repeated without end .ods": (repeat_cells, {"text_size", "time"}),
    "a negative row .xlsx": (
        lambda: build_xlsx('<sheetData><row r="-5"><c r="A1"><v>1</v></c></row></sheetData>'), {"read"}),
    "a huge row .xlsx": (
        lambda: build_xlsx(f'<sheetData><row r="{"9" * 5_000}"><c><v>1</v></c></row></sheetData>'),
        {"damaged"}),
    "a cell beyond all columns .xlsx": (
        lambda: build_xlsx('<sheetData><row><c r="ZZZ9999999"><v>1</v></c></row></sheetData>'), {"read"}),
    "a text that is not shared .xlsx": (
        lambda: build_xlsx('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>'), {"damaged"}),
    "a binary workbook .xlsb": (build_binary_workbook, {"unknown_format"}),
    "pages in a circle .pdf": (loop_pages, {"damaged"}),
    "references in a circle .pdf": (loop_references, {"read"}),
    "forms in a circle .pdf": (loop_forms, {"read", "damaged"}),
    "a stream of 100 MB .pdf": (lambda: bomb_page(100), {"damaged"}),
    "fields in a circle .pdf": (
        lambda: build_page(write_text("x"), catalog="/AcroForm<</Fields[6 0 R]>>",
                           others={6: "<</T(a)/Kids[6 0 R 6 0 R]>>"}), {"read", "damaged"}),
    "many operators .pdf": (lambda: build_page("q " * 200_000 + write_text("x")), {"read"}),
    "a program .docx": (lambda: b"MZ" + bytes(100), {"unknown_format"}),
    "too large a file .txt": (lambda: bytes(25_000_001), {"file_size"}),
    "a long line .txt": (lambda: b"x" * 20_000_001, {"text_size"}),
}  # fmt: skip
"""By what they are, with their extension: how each is built, and how it may end."""
