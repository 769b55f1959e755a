"""Lines of text on the pages of a PDF file."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from pypdf.generic import ContentStream, NameObject

from documents.errors import Reason, UnreadDocument
from documents.pdf.losses import LossRecorder, has_characters

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_CONTENTS = NameObject("/Contents")
_BYTES = rb"<(?:[0-9A-Fa-f]{2})+>"
_KERNING = rb"\s*-?[1-7]?\d\s*"  # thousandths of the font's size: a space is several times as wide
_KERNED = re.compile(_BYTES + rb"(?:" + _KERNING + _BYTES + rb")+")
_KERNED_GAP = re.compile(rb">" + _KERNING + rb"<")
_SYNTAX = re.compile(rb"[\\()]")


_recorder = LossRecorder()
_logger = logging.getLogger("pypdf")
_logger.handlers, _logger.propagate = [_recorder], False  # it reports what it mends, which may be a lot


def read_pages(reader: PdfReader) -> list[list[str]]:
    """Return the lines on each page that have text.

    Raises:
        UnreadDocument: A part of a page is damaged, or its letters are glyphs without characters.
    """
    _recorder.has_loss = False
    pages = [_read_lines(reader, page) for page in reader.pages]
    if _recorder.has_loss:
        raise UnreadDocument(Reason.DAMAGED)
    return pages


def _read_lines(reader: PdfReader, page: PageObject) -> list[str]:
    """Return the lines on a page.

    LibreOffice gives a place to nearly each letter; without that, pypdf needs a fifth of the time.
    """
    contents = page.get(_CONTENTS)
    if contents is None:
        return []
    stream = ContentStream(contents.get_object(), reader, "bytes")
    stream.set_data(_KERNED.sub(_join_kerned, stream.get_data()))
    page[_CONTENTS] = stream
    sizes = {True: 0, False: 0}

    def measure(text: str, _matrix: Any, _text_matrix: Any, font: Any, _size: Any) -> None:
        sizes[has_characters(font)] += len(text.strip())

    text = page.extract_text(visitor_text=measure)
    page[_CONTENTS] = contents  # what was parsed of a page is many times its size
    if sizes[False] > sizes[True]:
        raise UnreadDocument(Reason.NO_TEXT)
    return [line.strip() for line in text.splitlines() if line.strip()]


def _join_kerned(match: re.Match[bytes]) -> bytes:
    """Return the strings of digits with kerning between them as one string in brackets."""
    text = bytes.fromhex(_KERNED_GAP.sub(b"", match[0])[1:-1].decode())
    return b"(" + _SYNTAX.sub(rb"\\\g<0>", text) + b")"


def is_in_lower_half(page: PageObject, line: str) -> bool:
    """Return whether a line stands in the lower half of a page; many writers put a footer before the text."""
    heights: dict[str, float] = {}

    def note_height(text: str, current: list[float], matrix: list[float], *_: object) -> None:
        piece = text.strip()
        if piece and line.startswith(piece):
            heights[piece] = matrix[4] * current[1] + matrix[5] * current[3] + current[5]

    page.extract_text(visitor_text=note_height)
    longest = max(heights, key=len, default=None)
    return longest is not None and heights[longest] < float(page.mediabox.height) / 2
