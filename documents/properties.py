"""The properties of a document, and which of them say nothing: what a program writes at each save.

Fields and bound controls show properties, and what is stored of a field's value is only a copy. So each
property counts but those listed here, and these too once something in the document shows them. What can't be
told is taken for shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OFFICE_COUNTS = {"Pages", "Words", "Characters", "CharactersWithSpaces", "Lines", "Paragraphs"}
_STATISTIC = "document-statistic"
_SAVED = {
    "docprops/core.xml": {"modified", "revision", "lastModifiedBy"},
    "docprops/app.xml": {"TotalTime", "Application", "AppVersion", *_OFFICE_COUNTS},
    "meta.xml": {"date", "creator", "generator", "editing-cycles", "editing-duration", _STATISTIC},
}
"""What each save changes (ECMA-376-2, 8; ECMA-376 part 1, 22.2; OpenDocument 1.3 part 3, 4.3).

In OpenDocument `creator` is who saved it last, in OOXML who wrote it: there it counts.
"""
_EVERY = frozenset[str]().union(*_SAVED.values())
_ROOTS = {
    "docprops/core.xml": "coreProperties",
    "docprops/app.xml": "Properties",
    "meta.xml": "document-meta",
}
_FIELDS = {
    **dict.fromkeys(
        ("DATE", "HYPERLINK", "NOTEREF", "PAGE", "PAGEREF", "REF", "SECTION", "SECTIONPAGES"), ()
    ),
    **dict.fromkeys(("SEQ", "TIME", "TOC"), ()),
    "NUMPAGES": ("Pages",),
}
"""Fields of Word, and what they show of the above (ECMA-376 part 1, 17.16.5); any other may show all."""
_OPEN_FIELDS = {
    **dict.fromkeys(
        ("text:creator", "text:modification-date", "text:modification-time"), ("creator", "date")
    ),
    "text:editing-cycles": ("editing-cycles",),
    "text:editing-duration": ("editing-duration",),
}
"""Fields of OpenDocument, and what they show of the above (part 3, 7.5)."""
_OPEN_COUNT = re.compile(r"text:\w+-count(-range)?")
_OPEN_CONDITIONS = {"text:condition", "text:formula"}
"""Attributes in which any property may be computed with (part 3, 19.783)."""


def is_properties(name: str) -> bool:
    """Return whether a part has the name of one with properties that each save changes."""
    return name.lower() in _SAVED


def find_shown_properties(root: ET.Element) -> set[str]:
    """Return which properties that a save changes are shown by a part, by their names."""
    return {name for element in root.iter() for name in _list_shown(element)} | {
        name for instruction in _iterate_instructions(root) for name in _list_shown_by_field(instruction)
    }


def reduce_properties(root: ET.Element, name: str, shown: set[str]) -> bytes | None:
    """Return what counts of a part with properties; `None` where it is none, and each byte counts."""
    saved = _SAVED.get(name.lower(), set())
    if not saved or _get_local_name(root) != _ROOTS[name.lower()]:
        return None
    for parent in (root, *root.findall("office:meta")):
        counting = (each for each in parent if len(each) or _get_local_name(each) not in saved - shown)
        # Programs write them in an order of their own; those of one name keep theirs.
        parent[:] = sorted(counting, key=_get_local_name)
        parent.text = None
        for each in parent:
            each.tail = None
    reduced: bytes = ET.tostring(root, encoding="utf-8")
    return reduced


def _get_local_name(element: ET.Element) -> str:
    return re.split("[}:]", element.tag)[-1]


def _list_shown(element: ET.Element) -> Iterable[str]:
    """Return what an element shows, other than a field of Word."""
    if _get_local_name(element) == "dataBinding" or not _OPEN_CONDITIONS.isdisjoint(element.attrib):
        return _EVERY
    return (_STATISTIC,) if _OPEN_COUNT.fullmatch(element.tag) else _OPEN_FIELDS.get(element.tag, ())


def _iterate_instructions(root: ET.Element) -> Iterator[str]:
    """Yield the instruction of each field of Word, also of those that stand in another."""
    open_fields: list[str] = []
    for element in root.iter():
        kind = element.get("w:fldCharType") if element.tag == "w:fldChar" else None
        if element.tag == "w:fldSimple":
            yield element.get("w:instr", "")
        elif kind == "begin":
            open_fields.append("")
        elif kind == "end" and open_fields:
            yield open_fields.pop()
        elif element.tag in {"w:instrText", "w:delInstrText"}:
            open_fields = open_fields or [""]
            open_fields[-1] += element.text or ""
    yield from open_fields


def _list_shown_by_field(instruction: str) -> Iterable[str]:
    words = instruction.split(maxsplit=1)
    return _FIELDS.get(words[0].upper(), _EVERY) if words else _EVERY
