"""Equations of Office documents in one line: `(a+b)/2` (OMML, ECMA-376 part 1, 22.1)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeAlias
from xml.etree.ElementTree import Element

from documents.office.word_styles import is_on_value
from documents.xml_names import find_path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

Piece: TypeAlias = str | Element
"""A sign, or an element whose text goes there."""

_FRACTION_SIGNS = {"lin": "/", "skw": "/", "noBar": "¦"}
_SCRIPTS = {
    "m:sSub": (("", "m:e"), ("_", "m:sub")),
    "m:sSup": (("", "m:e"), ("^", "m:sup")),
    "m:sSubSup": (("", "m:e"), ("_", "m:sub"), ("^", "m:sup")),
    "m:sPre": (("_", "m:sub"), ("^", "m:sup"), (" ", "m:e")),
    "m:limLow": (("", "m:e"), ("_", "m:lim")),
    "m:limUpp": (("", "m:e"), ("^", "m:lim")),
    "m:func": (("", "m:fName"), (" ", "m:e")),
}
_DEFAULT_OPERATOR, _DEFAULT_ACCENT, _DEFAULT_GROUP = "\u222b", "\u0302", "\u23df"
_MAX_SIMPLE = 50  # elements of an argument that is looked through for whether it is one number or letter
_BARS = {"top": "\u0305", "bot": "\u0332"}


def spell_structure(element: Element) -> list[Piece] | None:
    """Return a fraction, an exponent and the like in one line; None for an element that is none."""
    if element.tag in _SCRIPTS:
        return [piece for sign, tag in _SCRIPTS[element.tag] for piece in (sign, *_group(element, tag))]
    spell = _SPELLERS.get(element.tag)
    return list(spell(element)) if spell else None


def iterate_texts(element: Element, tags: Collection[str]) -> Iterator[str]:
    """Yield the texts of elements with some tags beneath an element, and the signs of equations."""
    stack: list[Piece] = [element]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            yield piece
        elif piece.tag in tags:
            if piece.text:
                yield piece.text
        else:
            pieces = spell_structure(piece)
            stack += reversed(list(piece) if pieces is None else pieces)


def _spell_fraction(element: Element) -> Iterator[Piece]:
    yield from _group(element, "m:num")
    yield _FRACTION_SIGNS.get(_get_property(element, "m:type", ""), "/")
    yield from _group(element, "m:den")


def _spell_root(element: Element) -> Iterator[Piece]:
    degree = element.find("m:deg")
    if degree is not None and len(degree) and not _is_on(element, "m:degHide"):
        yield from ("[", degree, "]")
    yield "√("
    yield from element.findall("m:e")
    yield ")"


def _spell_operator(element: Element) -> Iterator[Piece]:
    yield _get_property(element, "m:chr", _DEFAULT_OPERATOR)
    for sign, tag in (("_", "m:sub"), ("^", "m:sup")):
        if not _is_on(element, f"{tag}Hide"):
            limit = _group(element, tag)
            yield from (sign, *limit) if limit else ()
    yield " "
    yield from _group(element, "m:e")


def _spell_delimiters(element: Element) -> Iterator[Piece]:
    yield _get_property(element, "m:begChr", "(")
    yield from _join(element.findall("m:e"), _get_property(element, "m:sepChr", "|"))
    yield _get_property(element, "m:endChr", ")")


def _spell_accent(element: Element) -> Iterator[Piece]:
    yield from _group(element, "m:e")
    yield _get_property(element, "m:chr", _DEFAULT_ACCENT if element.tag == "m:acc" else _DEFAULT_GROUP)


def _spell_bar(element: Element) -> Iterator[Piece]:
    yield from _group(element, "m:e")
    yield _BARS.get(_get_property(element, "m:pos", "bot"), "")


def _spell_matrix(element: Element) -> Iterator[Piece]:
    yield "["
    for number, row in enumerate(element.findall("m:mr")):
        yield "; " if number else ""
        yield from _join(row.findall("m:e"), ", ")
    yield "]"


def _spell_lines(element: Element) -> Iterator[Piece]:
    yield from _join(element.findall("m:e"), "; ")


_SPELLERS: dict[str, Callable[[Element], Iterator[Piece]]] = {
    "m:f": _spell_fraction,
    "m:rad": _spell_root,
    "m:nary": _spell_operator,
    "m:d": _spell_delimiters,
    "m:acc": _spell_accent,
    "m:groupChr": _spell_accent,
    "m:bar": _spell_bar,
    "m:m": _spell_matrix,
    "m:eqArr": _spell_lines,
}


def _group(element: Element, tag: str) -> list[Piece]:
    """Return an argument, in parentheses where it is more than one number or letter."""
    argument = element.find(tag)
    if argument is None:
        return []
    elements = list(islice(argument.iter(), _MAX_SIMPLE))
    texts = [each.text or "" for each in elements if each.tag == "m:t"]
    has_structure = any(each.tag in _SPELLERS or each.tag in _SCRIPTS for each in elements)
    if not texts and not has_structure and len(elements) < _MAX_SIMPLE:
        return []
    is_simple = "".join(texts).isalnum() and not has_structure and len(elements) < _MAX_SIMPLE
    return [argument] if is_simple else ["(", argument, ")"]


def _join(elements: list[Element], sign: str) -> Iterator[Piece]:
    for number, element in enumerate(elements):
        if number:
            yield sign
        yield element


def _find_property(element: Element, tag: str) -> Element | None:
    return find_path(element, f"{element.tag}Pr", tag)


def _get_property(element: Element, tag: str, default: str) -> str:
    value = _find_property(element, tag)
    return default if value is None else value.get("m:val", default)


def _is_on(element: Element, tag: str) -> bool:
    value = _find_property(element, tag)
    return value is not None and is_on_value(value.get("m:val", "1"))
