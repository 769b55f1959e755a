"""Which format a document has, by its content; its name decides only between kinds of plain text."""

from __future__ import annotations

import codecs
import importlib
from typing import TYPE_CHECKING

from documents.attachments import find_attachments, list_shown
from documents.errors import Reason, UnreadDocument
from documents.fingerprint import compute_fingerprint
from documents.limits import MAX_FILE_BYTES
from documents.office.presentation import read_presentation
from documents.office.spreadsheet import read_spreadsheet
from documents.office.word import read_word
from documents.opendocument.links import find_links
from documents.opendocument.manifest import find_opendocument_format
from documents.opendocument.sheets import read_opendocument_sheets
from documents.opendocument.slides import read_opendocument_slides
from documents.opendocument.writer import read_opendocument_text
from documents.package import Package
from documents.passages import DocumentText
from documents.plain.markdown import read_markdown
from documents.plain.plain_text import read_csv, read_plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from documents.passages import Passage

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # compound file: DOC, XLS, PPT, encrypted OOXML ([MS-CFB] 2.2)
_PDF = b"%PDF-"
_PDF_START = 1024  # bytes in which the header may be (PDF 1.7, annex H, note 13)
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # the stream that holds it ([MS-OFFCRYPTO] 2.3.4)

_PACKAGES: dict[str, Callable[[Package], list[Passage]]] = {
    "docx": read_word,
    "xlsx": read_spreadsheet,
    "pptx": read_presentation,
    "odt": read_opendocument_text,
    "ods": read_opendocument_sheets,
    "odp": read_opendocument_slides,
}
_PLAIN: dict[str, tuple[str, Callable[[bytes], list[Passage]]]] = {
    "txt": ("txt", read_plain_text),
    "text": ("txt", read_plain_text),
    "log": ("txt", read_plain_text),
    "md": ("md", read_markdown),
    "markdown": ("md", read_markdown),
    "csv": ("csv", read_csv),
    "tsv": ("csv", read_csv),
}
_MAIN_PARTS = {
    "wordprocessingml": "docx",
    "ms-word": "docx",
    "spreadsheetml": "xlsx",
    "ms-excel": "xlsx",
    "presentationml": "pptx",
    "ms-powerpoint": "pptx",
}
_BINARY = "ms-excel.sheet.binary"  # XLSB, whose parts are no XML ([MS-XLSB] 2.1.7.62)
_ENCODINGS = (
    "ascii",
    "cp437",
    "cp1252",
    "latin-1",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
)
"""Of plain text, of names in ZIP archives (cp437), and of XML, which has UTF-8 or UTF-16 in OOXML."""

_DAMAGES = (ValueError, LookupError, ArithmeticError, RecursionError)
"""What code that reads a document finds where content is not what its format allows."""


def read_document(content: bytes, name: str) -> DocumentText:
    """Return what a document says.

    Args:
        content: Its bytes, from outside.
        name: Its title with the extension.

    Raises:
        UnreadDocument: Its text can't be had, and why.
    """
    if len(content) > MAX_FILE_BYTES:
        raise UnreadDocument(Reason.FILE_SIZE)
    try:
        if content.startswith(_ZIP):
            return _read_package(Package(content))
        if _is_pdf(content) and (content.startswith(_PDF) or _get_extension(name) not in _PLAIN):
            return _read_pdf(content)
        if content.startswith(_OLE):
            raise UnreadDocument(Reason.PASSWORD if _ENCRYPTED_PACKAGE in content else Reason.OLD_FORMAT)
        return _read_plain(content, name)
    except MemoryError as error:
        raise UnreadDocument(Reason.MEMORY) from error
    except _DAMAGES as error:
        raise UnreadDocument(Reason.DAMAGED) from error


def load_readers(contents: Iterable[bytes]) -> None:
    """Import what reading some contents will take: later on nothing can be opened, modules included."""
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    if any(_is_pdf(content) for content in contents):
        importlib.import_module("documents.pdf.reader")


def _is_pdf(content: bytes) -> bool:
    return _PDF in content[:_PDF_START]


def _read_package(package: Package) -> DocumentText:
    opendocument_format = find_opendocument_format(package)
    document_format = opendocument_format or _find_office_format(package)
    if document_format is None:
        raise UnreadDocument(Reason.UNKNOWN_FORMAT)
    passages = _PACKAGES[document_format](package)
    attachments, shown = find_attachments(package), list_shown(package)
    if opendocument_format:
        links = find_links(package)
        attachments, shown = tuple(sorted({*attachments, *links.outside})), links.pictures
    fingerprint = compute_fingerprint(package, document_format)
    return DocumentText(document_format, tuple(passages), attachments, shown, fingerprint)


def _find_office_format(package: Package) -> str | None:
    """Return the format of an OOXML package, by the content type of its main part (ECMA-376-2, 6.2.3)."""
    if "[Content_Types].xml" not in package:
        return None
    main_parts = package.find_related("", "officeDocument")
    types = {
        each.get("PartName", "").lstrip("/").lower(): each.get("ContentType", "")
        for each in package.parse("[Content_Types].xml")
    }
    main_type = types.get(main_parts[0].lower(), "") if main_parts else ""
    if _BINARY in main_type:
        return None
    return next((each for word, each in _MAIN_PARTS.items() if word in main_type), None)


def _read_pdf(content: bytes) -> DocumentText:
    # pypdf takes most of the start of a process, and most documents need none of it.
    from documents.pdf.reader import read_pdf  # noqa: PLC0415

    return read_pdf(content)


def _read_plain(content: bytes, name: str) -> DocumentText:
    extension = _get_extension(name)
    if extension not in _PLAIN:
        raise UnreadDocument(Reason.UNKNOWN_FORMAT)
    document_format, read_passages = _PLAIN[extension]
    return DocumentText(document_format, tuple(read_passages(content)))


def _get_extension(name: str) -> str:
    return name.rpartition(".")[2].lower()
