"""Which styles of a Word document make a heading, and which hide text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from documents.numbering import parse_number
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
class NumberProperties:
    """What puts a paragraph into a list (`w:numPr`).

    Attributes:
        list_id: Empty where it is inherited.
        level: From 0; None where it is inherited.
        style: The style that has these properties; empty where the paragraph has.
    """

    list_id: str = ""
    level: int | None = None
    style: str = ""


@dataclass(frozen=True, slots=True)
class WordStyles:
    """Ids of styles with an effect on the text.

    Attributes:
        lists: Lists by style; with an empty id, that of paragraphs without a style.
    """

    headings: frozenset[str]
    hidden: frozenset[str]
    lists: dict[str, NumberProperties] = field(default_factory=dict)

    def find_list(self, properties: Element | None) -> NumberProperties:
        """Return the list of a paragraph, by its properties (`w:pPr`): its own, or its style's."""
        style = _get_value(properties.find("w:pStyle")) if properties is not None else ""
        inherited = self.lists.get(style if style in self.lists else "", NumberProperties())
        return _inherit_list(_read_list(properties, ""), inherited)

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
    lists: dict[str, NumberProperties] = {}
    default = ""
    for name in package.find_related(document_name, "styles"):
        root = package.parse(name)
        lists[""] = _read_list(find_path(root, "w:docDefaults", "w:pPrDefault", "w:pPr"), "")
        for style in root.findall("w:style"):
            style_id = style.get("w:styleId", "")
            parents[style_id] = _get_value(style.find("w:basedOn"))
            level = _get_value(find_path(style, "w:pPr", "w:outlineLvl"), _BODY_LEVEL)
            if _HEADING_NAME.fullmatch(_get_value(style.find("w:name"))) or level != _BODY_LEVEL:
                headings.add(style_id)
            if is_on(style.find("w:rPr"), "w:vanish"):
                hidden.add(style_id)
            lists[style_id] = _read_list(style.find("w:pPr"), style_id)
            if style.get("w:type") == "paragraph" and is_on_value(style.get("w:default", "0")):
                default = style_id
    lists = _complete_lists(lists, parents)
    lists[""] = lists.get(default, NumberProperties())
    return WordStyles(_add_descendants(headings, parents), _add_descendants(hidden, parents), lists)


def _read_list(properties: Element | None, style: str) -> NumberProperties:
    numbers = properties.find("w:numPr") if properties is not None else None
    if numbers is None:
        return NumberProperties()
    level = numbers.find("w:ilvl")
    return NumberProperties(
        _get_value(numbers.find("w:numId")),
        parse_number(_get_value(level), 0) if level is not None else None,
        style,
    )


def _inherit_list(own: NumberProperties, base: NumberProperties) -> NumberProperties:
    if own == NumberProperties():
        return base
    level = base.level if own.level is None and not own.list_id else own.level
    return NumberProperties(own.list_id or base.list_id, level, own.style)


def _complete_lists(own: dict[str, NumberProperties], parents: dict[str, str]) -> dict[str, NumberProperties]:
    """Return the list of each style with what it inherits; a circle of styles ends where it began."""
    complete: dict[str, NumberProperties] = {}
    for start in own:
        line: dict[str, None] = {}
        style = start
        while style in own and style not in complete and style not in line:
            line[style] = None
            if not style:
                break
            style = parents.get(style, "")
        inherited = complete.get(style, NumberProperties())
        for each in reversed(line):
            inherited = complete[each] = _inherit_list(own[each], inherited)
    return complete


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
