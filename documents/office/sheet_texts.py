"""Texts of a workbook that are saved in pieces or with escapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HEADER_CODES = re.compile(r"&(?:(?P<and>&)|[LCRPNDTZFABIUESXYOH+-]|\"[^\"]*\"|K[0-9A-Fa-f]{6}|\d+|G)")
"""Fonts, sizes and fields within the text of a header (ECMA-376 part 1, 18.3.1.39)."""


def join_texts(element: Element) -> str:
    """Return the text of a string (`s:si`, `s:is`); phonetic hints (`s:rPh`) are not shown."""
    pieces = []
    for child in element:
        if child.tag == "s:t":
            pieces.append(unescape_text(child.text or ""))
        elif child.tag != "s:rPh":
            pieces.append(join_texts(child))
    return "".join(pieces)


def unescape_text(text: str) -> str:
    r"""Return text with `_x000D_` and the like decoded (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED_CHARACTER.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def drop_header_codes(text: str) -> str:
    """Return the text of a header without codes of fonts and fields; `&&` is an ampersand."""
    return _HEADER_CODES.sub(lambda match: match["and"] or " ", text)
