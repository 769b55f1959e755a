"""What is lost of a page while pypdf reads it: forms that it gives up, glyphs that are no characters."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pypdf._codecs.adobe_glyphs import adobe_glyphs
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

if TYPE_CHECKING:
    from collections.abc import Iterator

_IDENTITY = {"/Identity-H", "/Identity-V"}
_LOSSES = ("Impossible to decode XFormObject", "Exceeded %(limit)d form XObject invocations")


class LossRecorder(logging.Handler):
    """Notes that pypdf gave up a part of a page, which it only warns of."""

    has_loss = False

    def emit(self, record: logging.LogRecord) -> None:
        self.has_loss = self.has_loss or str(record.msg).startswith(_LOSSES)


def has_characters(font: object) -> bool:
    """Return whether a font says which characters its glyphs are (ISO 32000-1, 9.10.2)."""
    if not isinstance(font, DictionaryObject) or "/ToUnicode" in font:
        return True
    encoding = font.get("/Encoding")
    encoding = encoding.get_object() if encoding is not None else None
    if font.get("/Subtype") == "/Type0":
        return encoding not in _IDENTITY
    names = list(_iterate_names(encoding))
    return sum(name in adobe_glyphs or name.startswith("/uni") for name in names) * 2 >= len(names)


def _iterate_names(encoding: object) -> Iterator[str]:
    differences = encoding.get("/Differences") if isinstance(encoding, DictionaryObject) else None
    names = differences.get_object() if differences is not None else ()
    yield from (
        (each for each in names if isinstance(each, NameObject)) if isinstance(names, ArrayObject) else ()
    )
