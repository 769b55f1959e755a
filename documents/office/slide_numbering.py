"""Numbers and bullets that a shape of a slide sets for its paragraphs (ECMA-376 part 1, 21.1.2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.numbering import (
    BULLET,
    build_label,
    format_bullet,
    format_number,
    hash_definition,
    parse_number,
)
from documents.xml_names import find_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from documents.package import Package
    from documents.passages import Label

_BULLETS = {"a:buNone", "a:buAutoNum", "a:buChar", "a:buBlip"}
_FORMATS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
_SIGNS = {"Plain": "{}", "Period": "{}.", "ParenR": "{})", "ParenBoth": "({})"}
_SHAPES = {
    f"{kind}{place}": (number_format, sign)
    for kind, number_format in _FORMATS.items()
    for place, sign in _SIGNS.items()
}
"""How numbers of a type look (`ST_TextAutonumberScheme`, 20.1.10.61): `romanLcPeriod` is `iv.`"""

_MASTER_KINDS = {"ctrTitle": "title", "subTitle": "body", "obj": "body"}
_TEXT_STYLES = {"title": "p:titleStyle", "body": "p:bodyStyle"}
_MAX_TYPE = 60  # characters


class PlaceholderStyles:
    """List styles that placeholders inherit: from the layout of their slide, and that from its master.

    As programs do, one is found by its index, else by its type (ECMA-376 part 1, 19.3.1.36 and 19.3.1.51).
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._parts: dict[str, _Placeholders] = {}

    def find(self, shape: Element, slide_name: str) -> list[Element]:
        """Return the list styles that a shape of a slide inherits, the nearest first."""
        own = _find_placeholder(shape)
        layouts = self._package.find_related(slide_name, "slideLayout") if own is not None else []
        if own is None or not layouts:
            return []
        kind = own.get("type", "obj")
        styles = self._read(layouts[0]).find(kind, own.get("idx"))
        kind = _MASTER_KINDS.get(kind, kind)
        for name in self._package.find_related(layouts[0], "slideMaster")[:1]:
            master = self._read(name)
            styles += master.find(kind, None)
            texts = find_path(master.root, "p:txStyles", _TEXT_STYLES.get(kind, "p:otherStyle"))
            styles += [texts] if texts is not None else []
        return styles

    def _read(self, name: str) -> _Placeholders:
        if name not in self._parts:
            self._parts[name] = _Placeholders(self._package.parse(name))
        return self._parts[name]


class _Placeholders:
    """The placeholders of a layout or master."""

    def __init__(self, root: Element) -> None:
        self.root = root
        shapes = [(_find_placeholder(shape), shape) for shape in root.iter("p:sp")]
        self._shapes = [
            (own.get("idx"), own.get("type", "obj"), shape) for own, shape in shapes if own is not None
        ]

    def find(self, kind: str, index: str | None) -> list[Element]:
        """Return the list style of the placeholder with an index, else of the first of a type, if any is."""
        matched = [shape for each, _, shape in self._shapes if index is not None and each == index]
        matched += [shape for _, each, shape in self._shapes if each == kind]
        style = find_path(matched[0], "p:txBody", "a:lstStyle") if matched else None
        return [style] if style is not None else []


def _find_placeholder(shape: Element) -> Element | None:
    return find_path(shape, "p:nvSpPr", "p:nvPr", "p:ph")


class ShapeNumbering:
    """Counts the paragraphs of one shape as they are read.

    Args:
        shape: The element with its text (`p:txBody`).
        sequence: As in `Label`, another one for each shape.
        inherited: List styles that it inherits, the nearest first.
    """

    def __init__(self, shape: Element, sequence: int, inherited: Sequence[Element] = ()) -> None:
        own = find_path(shape, "p:txBody", "a:lstStyle")
        self._styles = [*(() if own is None else (own,)), *inherited]
        self._sequence = sequence
        self._numbers: dict[int, tuple[str, int]] = {}

    def count(self, paragraph: Element) -> Label | None:
        """Return what is shown in front of the next paragraph that has text, if anything is."""
        properties = paragraph.find("a:pPr")
        level = parse_number(properties.get("lvl"), 0) if properties is not None else 0
        bullet, font = self._find_bullet(properties, level)
        self._numbers = {each: number for each, number in self._numbers.items() if each <= level}
        if bullet is not None and bullet.tag == "a:buAutoNum":
            return self._count_on(bullet, level)
        self._numbers.pop(level, None)
        if bullet is None or bullet.tag == "a:buNone":
            return None
        text = format_bullet(bullet.get("char", ""), font) if bullet.tag == "a:buChar" else BULLET
        return build_label(text, hash_definition(level, text), self._sequence)

    def _count_on(self, bullet: Element, level: int) -> Label | None:
        kind, start = bullet.get("type", "")[:_MAX_TYPE], parse_number(bullet.get("startAt"), 1)
        definition = hash_definition(level, kind, start)
        last_definition, last = self._numbers.get(level, ("", 0))
        number = last + 1 if definition == last_definition else start
        self._numbers[level] = (definition, number)
        number_format, sign = _SHAPES.get(kind, (kind, "{}"))
        return build_label(sign.format(format_number(number, number_format)), definition, self._sequence)

    def _find_bullet(self, properties: Element | None, level: int) -> tuple[Element | None, str]:
        """Return what a paragraph sets, else the nearest of its list styles; and the font of the bullet."""
        for each in (properties, *(style.find(f"a:lvl{level + 1}pPr") for style in self._styles)):
            bullet = (
                next((child for child in each if child.tag in _BULLETS), None) if each is not None else None
            )
            if each is not None and bullet is not None:
                font = each.find("a:buFont")
                return bullet, font.get("typeface", "") if font is not None else ""
        return None, ""
