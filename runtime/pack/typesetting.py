"""Typst, which sets the PDF: with the fonts within it, and those of the system where these lack a character.

Neither of them draws a character that Typst reports; it is replaced by a box, and the PDF says so.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

BOX = "□"
_TEMPLATE = Path(__file__).with_name("report.typ")
_MAX_ATTEMPTS = 8
# Typst names each text that no font draws, or that the standard forbids, as Rust prints it.
_UNDRAWN = re.compile(r"""^error: .*?`"((?:[^"\\]|\\.)*)"`""", re.MULTILINE)
_RUST_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")


class NotSet(Exception):
    """Typst could not set the PDF; the message is its own."""


class _Undrawn(Exception):
    """These texts have characters that no font draws."""

    def __init__(self, texts: frozenset[str]) -> None:
        super().__init__(texts)
        self.texts = texts


def set_pdf(content: str, *, made_at: datetime) -> bytes:
    """Return the PDF of a report in JSON, with the date `made_at`. Raises `NotSet`."""
    try:
        return _compile({"report": content}, made_at=made_at, with_system_fonts=False)
    except _Undrawn:
        return _set_with_boxes({"report": content}, made_at=made_at)


def _set_with_boxes(inputs: dict[str, str], *, made_at: datetime) -> bytes:
    """Set with the system's fonts, and boxes for what these lack too.

    Replacing one text can join others, so this takes several attempts at times.
    """
    for _attempt in range(_MAX_ATTEMPTS):
        try:
            return _compile(inputs, made_at=made_at, with_system_fonts=True)
        except _Undrawn as undrawn:
            inputs = {"report": replace_texts(inputs["report"], undrawn.texts), "boxes": "yes"}
    raise NotSet("some of its characters can't be drawn, nor replaced")


def replace_texts(content: str, texts: Iterable[str]) -> str:
    """Return JSON in which each of these texts is as many boxes as it has characters, the longest first."""
    for text in sorted(texts, key=lambda each: (-len(each), each)):
        content = content.replace(text, BOX * len(text))
    return content


def find_undrawn(diagnostic: str) -> frozenset[str]:
    """Return the texts that Typst says it can't draw. Plain ASCII is none of them: each font has it."""
    texts = (_RUST_ESCAPE.sub(_unescape, match[1]) for match in _UNDRAWN.finditer(diagnostic))
    return frozenset(text for text in texts if text and not text.isascii())


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def _compile(inputs: dict[str, str], *, made_at: datetime, with_system_fonts: bool) -> bytes:
    """Return the PDF. Raises `_Undrawn` where that is all that is wrong, else `NotSet`."""
    # Only a pack needs it, and it is large.
    import typst  # noqa: PLC0415

    try:
        return typst.compile(
            str(_TEMPLATE),
            ignore_system_fonts=not with_system_fonts,
            sys_inputs=inputs,
            pdf_standards=["a-2a", "ua-1"],  # for archives, and for screen readers
            timestamp=made_at.replace(microsecond=0),  # Typst takes none
        )
    except typst.TypstError as error:
        texts = find_undrawn(error.diagnostic)
        if not texts:
            raise NotSet(error.message) from error
        raise _Undrawn(texts) from error
