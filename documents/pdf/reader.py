"""Text of a PDF file (ISO 32000-1).

Whatever pypdf would load while it reads is imported here: the process that reads opens no files.
"""

from __future__ import annotations

import codecs
import io
import struct
import zlib
from typing import TYPE_CHECKING

import pypdf._codecs.core_font_metrics
import pypdf._text_extraction
import pypdf.annotations
import pypdf.filters
import pypdf.generic._image_inline
import pypdf.xmp  # noqa: F401
from pypdf import PasswordType, PdfReader, apply_configuration
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from documents.collector import PassageCollector
from documents.errors import Reason, UnreadDocument
from documents.numbering import build_label
from documents.passages import Area, AttachmentKind, DocumentPlace, DocumentText, Passage, Run, RunMark
from documents.pdf.attachments import find_attachments
from documents.pdf.lines import join_lines
from documents.pdf.pages import is_in_lower_half, read_pages
from documents.pdf.running_lines import RunningLines

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "utf-16-le", "gbk", "latin-1", "cp1252", "charmap", "ascii")
for _encoding in _ENCODINGS:
    codecs.lookup(_encoding)

_END = b"%%EOF"
_END_LENGTH = 2048
_DAMAGES = (
    PyPdfError, DependencyError, AttributeError, TypeError, ValueError, LookupError, ArithmeticError,
    AssertionError, NotImplementedError, RecursionError, OSError, EOFError, struct.error, zlib.error,
)  # fmt: skip
"""What pypdf raises on files that are none, its own errors first."""

_NO_COMMENTS = {"/Link", "/Popup", "/Widget"}
_PUSH_BUTTON = 1 << 16
_RADIO_BUTTONS = 1 << 15


def read_pdf(content: bytes) -> DocumentText:
    """Return what a PDF file says: its text, comments, links and form fields.

    Raises:
        UnreadDocument: It has a password, is damaged or too large, or has no text, as a scan has none.
    """
    if _END not in content[-_END_LENGTH:]:
        raise UnreadDocument(Reason.DAMAGED)
    try:
        with apply_configuration(jbig2dec_binary=None, disable_legacy_handling=True):
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
                raise UnreadDocument(Reason.PASSWORD)
            attachments = find_attachments(reader)
            passages = _PdfTextReader(reader).read()
            is_scan = any(each.kind is AttachmentKind.PICTURE for each in attachments)
            if not passages or (is_scan and not any(map(_is_own_text, passages))):
                raise UnreadDocument(Reason.NO_TEXT)
            return DocumentText("pdf", tuple(passages), attachments)
    except _DAMAGES as error:
        raise UnreadDocument(Reason.DAMAGED) from error


class _PdfTextReader:
    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._collector = PassageCollector()
        self._running: dict[str, Area] = {}
        self._last_link = ""

    def read(self) -> list[Passage]:
        pages = read_pages(self._reader)
        if not pages:
            raise UnreadDocument(Reason.DAMAGED)
        fields = list(_iterate_fields(self._reader))
        self._add_text(self._take_running_lines(pages))
        for name, value in fields:
            self._collector.add(DocumentPlace(Area.FIELD, name=name), [Run(value)])
        for wording, area in self._running.items():
            self._collector.add(DocumentPlace(area), [Run(wording)])
        return self._collector.passages

    def _take_running_lines(self, pages: list[list[str]]) -> list[list[str]]:
        """Return the pages without headers and footers, of which each wording counts once."""
        running = RunningLines(pages)
        bodies = []
        for number, lines in enumerate(pages, 1):
            body, running_lines = running.split_page(number, lines)
            bodies.append(body)
            for line, wording in running_lines:
                if wording not in self._running:
                    page = self._reader.pages[number - 1]
                    self._running[wording] = Area.FOOTER if is_in_lower_half(page, line) else Area.HEADER
        return bodies

    def _add_text(self, pages: list[list[str]]) -> None:
        """Add the paragraphs of each page, and behind them its comments and links."""
        finished = 0
        for number, sign, paragraph in join_lines(pages):
            self._add_annotations(finished, number - 1)
            finished = max(finished, number - 1)
            label = build_label(sign, sign, 0) if paragraph else None
            self._collector.add(DocumentPlace(page=number), [Run(paragraph or sign)], label=label)
        self._add_annotations(finished, len(pages))

    def _add_annotations(self, first: int, last: int) -> None:
        for number in range(first + 1, last + 1):
            for annotation in _iterate_annotations(self._reader.pages[number - 1]):
                self._add_annotation(annotation, number)

    def _add_annotation(self, annotation: DictionaryObject, page: int) -> None:
        if annotation.get("/Subtype") == "/Link":
            action = _look_up(annotation, "/A")
            address = _read_text(action, "/URI") if isinstance(action, DictionaryObject) else ""
            if address and address != self._last_link:  # one on two lines is two annotations
                self._collector.add(DocumentPlace(page=page), [Run(address, RunMark.LINK)])
            self._last_link = address
        elif annotation.get("/Subtype") not in _NO_COMMENTS:
            author = _read_text(annotation, "/T")
            text = _read_text(annotation, "/Contents")
            self._collector.add(DocumentPlace(Area.COMMENT, name=author, page=page), [Run(text)])


def _is_own_text(passage: Passage) -> bool:
    """Return whether a passage is more than what is stamped on each page, and than an address."""
    is_address = all(run.mark is RunMark.LINK for run in passage.runs)
    return passage.place.area not in {Area.HEADER, Area.FOOTER} and not is_address


def _iterate_annotations(page: DictionaryObject) -> Iterator[DictionaryObject]:
    annotations = _look_up(page, "/Annots")
    for each in annotations if isinstance(annotations, ArrayObject) else ():
        annotation = each.get_object()
        if isinstance(annotation, DictionaryObject):
            yield annotation


def _iterate_fields(reader: PdfReader) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each form field that has one (ISO 32000-1, 12.7.3 and 12.7.4)."""
    for name, field in (reader.get_fields() or {}).items():
        kind = _read_text(field, "/FT")
        value = _look_up(field, "/V")
        if kind == "/Btn":
            text = _format_button(value, field.get("/Ff", 0))
        elif isinstance(value, ArrayObject):
            text = ", ".join(str(each) for each in value)
        else:
            text = value if isinstance(value, str) else ""
        if text.strip():
            yield str(name), text


def _format_button(value: object, flags: object) -> str:
    flag_bits = flags if isinstance(flags, int) else 0
    is_off = value is None or value in {"", "/Off"}
    if flag_bits & _PUSH_BUTTON:
        return ""
    if flag_bits & _RADIO_BUTTONS:
        return "" if is_off else str(value).removeprefix("/")
    return "☐" if is_off else "☒"


def _read_text(entry: DictionaryObject, key: str) -> str:
    value = _look_up(entry, key)
    return value if isinstance(value, str) else ""


def _look_up(entry: DictionaryObject, key: str) -> object:
    value = entry.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value
