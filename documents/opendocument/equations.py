"""Equations of OpenDocument files, which are MathML, in one line: `( a + b ) / 2`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from xml.etree.ElementTree import Element

if TYPE_CHECKING:
    from collections.abc import Iterator

_Piece: TypeAlias = str | Element

_TEXTS = {"math:mi", "math:mn", "math:mo", "math:mtext", "math:ms"}
_SIGNS = {
    "math:mfrac": ("/",),
    "math:msub": ("_",),
    "math:msup": ("^",),
    "math:msubsup": ("_", "^"),
    "math:munder": ("_",),
    "math:mover": ("^",),
    "math:munderover": ("_", "^"),
    "math:mroot": ("√",),
}
_SEPARATORS = {"math:mtable": ";", "math:mtr": ","}


def iterate_equation(root: Element) -> Iterator[str]:
    """Yield the signs of an equation in one line."""
    stack: list[_Piece] = [root]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            yield piece
        elif piece.tag in _TEXTS:
            yield piece.text or ""
        else:
            stack += reversed(list(_spell(piece)))


def _spell(element: Element) -> Iterator[_Piece]:
    if element.tag in _SIGNS:
        signs = ("", *_SIGNS[element.tag])
        for sign, child in zip(signs, element, strict=False):
            yield from (sign, *_group(child))
    elif element.tag == "math:msqrt":
        yield from ("√", "(", *element, ")")
    elif element.tag == "math:mfenced":
        yield element.get("open", "(")
        yield from _join(element, ",")
        yield element.get("close", ")")
    else:
        yield from _join(element, _SEPARATORS.get(element.tag, ""))


def _join(element: Element, sign: str) -> Iterator[_Piece]:
    for number, child in enumerate(element):
        yield sign if number else ""
        yield child


def _group(element: Element) -> tuple[_Piece, ...]:
    """Return an argument, in parentheses unless it is one number or letter."""
    return (element,) if element.tag in _TEXTS else ("(", element, ")")
