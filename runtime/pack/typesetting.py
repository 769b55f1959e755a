"""Typst, which sets the PDF: with the fonts within it, and those of the system where these lack a character.

Neither of them draws a character that Typst reports; it is replaced by a box, and the PDF says so.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

BOX = "□"
_TEMPLATE = Path(__file__).with_name("report.typ")
_MAX_ATTEMPTS = 8
_PROBE = b"""
#set document(title: "Probe")
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))
#for character in json(bytes(sys.inputs.characters)) { par(character) }
"""  # with the fonts of the template
# Typst names each text that no font draws, or that the standard forbids, as Rust prints it.
_UNDRAWN = re.compile(r"""^error: .*?`"((?:[^"\\]|\\.)*)"`""", re.MULTILINE)
_RUST_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")


class TypesettingFailed(Exception):
    """Typst could not set the PDF; the message is its own."""


class _Undrawn(Exception):
    """These texts have characters that no font draws."""

    def __init__(self, texts: frozenset[str]) -> None:
        super().__init__(texts)
        self.texts = texts


def set_pdf(report: dict[str, Any]) -> bytes:
    """Return the PDF of what the template reads. Its date is in there. Raises `TypesettingFailed`."""
    with_system_fonts, undrawn = False, _probe(report, with_system_fonts=False)
    if undrawn:
        with_system_fonts, undrawn = True, _probe(report, with_system_fonts=True)
    with_boxes = replace_texts(report, undrawn)
    for _attempt in range(_MAX_ATTEMPTS):
        inputs = {"report": _encode(with_boxes)} | ({} if with_boxes == report else {"boxes": "yes"})
        try:
            return _compile(_TEMPLATE.read_bytes(), inputs, with_system_fonts=with_system_fonts)
        except _Undrawn as failure:  # characters that are drawn alone, and not together
            with_boxes = replace_texts(with_boxes, failure.texts) if with_system_fonts else with_boxes
            with_system_fonts = True
    raise TypesettingFailed("some of its characters can't be drawn, nor replaced")


def _probe(report: dict[str, Any], *, with_system_fonts: bool) -> frozenset[str]:
    """Return the characters that no font draws, which is much faster to learn than with the whole report."""
    characters = sorted({character for character in _encode(report) if not character.isascii()})
    inputs = {"characters": _encode(characters)}
    try:
        _compile(_PROBE, inputs, with_system_fonts=with_system_fonts)
    except _Undrawn as failure:
        return failure.texts
    return frozenset()


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def replace_texts(value: Any, texts: Collection[str]) -> Any:
    """Return a value of JSON in which each of these texts is as many boxes as it has characters."""
    if not texts:
        return value
    if isinstance(value, dict):
        return {key: replace_texts(each, texts) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [replace_texts(each, texts) for each in value]
    if isinstance(value, str) and not value.isascii():
        for text in sorted(texts, key=lambda each: (-len(each), each)):  # a text may be within a longer one
            value = value.replace(text, BOX * len(text))
    return value


def find_undrawn(diagnostic: str) -> frozenset[str]:
    """Return the texts that Typst says it can't draw. Plain ASCII is none of them: each font has it."""
    texts = (_RUST_ESCAPE.sub(_unescape, match[1]) for match in _UNDRAWN.finditer(diagnostic))
    return frozenset(text for text in texts if text and not text.isascii())


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def _compile(source: bytes, inputs: dict[str, str], *, with_system_fonts: bool) -> bytes:
    """Return the PDF. Raises `_Undrawn` where that is all that is wrong, else `TypesettingFailed`."""
    # Only a pack needs it, and it is large.
    import typst  # noqa: PLC0415

    try:
        return typst.compile(
            source,
            ignore_system_fonts=not with_system_fonts,
            sys_inputs=inputs,
            pdf_standards=["a-2a", "ua-1"],  # for archives, and for screen readers
        )
    except typst.TypstError as error:
        texts = find_undrawn(error.diagnostic)
        if not texts:
            raise TypesettingFailed(error.message) from error
        raise _Undrawn(texts) from error
