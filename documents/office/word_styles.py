"""Which styles of a Word document make a heading, and which hide text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents.xml_names import find_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from documents.package import Package

_HEADING_NAME = re.compile(r"(heading \d|title)", re.IGNORECASE)
_BODY_LEVEL = "9"  # of w:outlineLvl: body text (ECMA-376 part 1, 17.3.1.20)
_OFF = {"0", "false", "off"}


def is_on(properties: Element | None, tag: str) -> bool:
    """Return whether a property that is on or off (ECMA-376 part 1, 17.17.4) is on."""
    toggle = properties.find(tag) if properties is not None else None
    return toggle is not None and is_on_value(toggle.get("w:val", "1"))


def is_on_value(value: str) -> bool:
    """Return whether a value of such a property means on."""
    return value.lower() not in _OFF


@dataclass(frozen=True, slots=True)
class WordStyles:
    """Ids of styles with an effect on the text."""

    headings: frozenset[str]
    hidden: frozenset[str]

    def is_heading(self, paragraph: Element) -> bool:
        """Return whether a paragraph (`w:p`) is a heading."""
        properties = paragraph.find("w:pPr")
        if properties is None:
            return False
        level = properties.find("w:outlineLvl")
        if level is not None:
            return level.get("w:val") != _BODY_LEVEL
        style = properties.find("w:pStyle")
        return style is not None and style.get("w:val") in self.headings

    def is_hidden(self, properties: Element | None, style_tag: str) -> bool:
        """Return whether the properties of a run or of a paragraph mark hide text."""
        if properties is None:
            return False
        if properties.find("w:vanish") is not None:
            return is_on(properties, "w:vanish")
        style = properties.find(style_tag)
        return style is not None and style.get("w:val") in self.hidden


def read_styles(package: Package, document_name: str) -> WordStyles:
    """Return the styles of a document; a style inherits from the one that it is based on."""
    parents: dict[str, str] = {}
    headings: set[str] = set()
    hidden: set[str] = set()
    for name in package.find_related(document_name, "styles"):
        for style in package.parse(name).findall("w:style"):
            style_id = style.get("w:styleId", "")
            parents[style_id] = _get_value(style.find("w:basedOn"))
            level = _get_value(find_path(style, "w:pPr", "w:outlineLvl"), _BODY_LEVEL)
            if _HEADING_NAME.fullmatch(_get_value(style.find("w:name"))) or level != _BODY_LEVEL:
                headings.add(style_id)
            if is_on(style.find("w:rPr"), "w:vanish"):
                hidden.add(style_id)
    return WordStyles(_add_descendants(headings, parents), _add_descendants(hidden, parents))


def _get_value(element: Element | None, default: str = "") -> str:
    return default if element is None else element.get("w:val", default)


def _add_descendants(styles: set[str], parents: dict[str, str]) -> frozenset[str]:
    complete = set(styles)
    pending = True
    while pending:
        heirs = {each for each, parent in parents.items() if parent in complete and each not in complete}
        complete |= heirs
        pending = bool(heirs)
    return frozenset(complete)
