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
    from xml.etree.ElementTree import Element

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

_MAX_TYPE = 60  # characters


class ShapeNumbering:
    """Counts the paragraphs of one shape as they are read.

    Args:
        shape: The element with its text (`p:txBody`).
        sequence: As in `Label`, another one for each shape.
    """

    def __init__(self, shape: Element, sequence: int) -> None:
        self._styles = find_path(shape, "p:txBody", "a:lstStyle")
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
        """Return what a paragraph sets, or else the list style of its shape; and the font of the bullet."""
        styles = self._styles.find(f"a:lvl{level + 1}pPr") if self._styles is not None else None
        for each in (properties, styles):
            bullet = (
                next((child for child in each if child.tag in _BULLETS), None) if each is not None else None
            )
            if each is not None and bullet is not None:
                font = each.find("a:buFont")
                return bullet, font.get("typeface", "") if font is not None else ""
        return None, ""
