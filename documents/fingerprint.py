"""What a package holds apart from what only sets it off, so that two states can be proven to say the same.

Readers don't read everything. So where two states have the same text, a fingerprint covers all other bytes of
the package too, and leaves out what is listed here: emphasis, alignment, languages, and the marks that a
program leaves at each save. Whatever is not listed counts, also what no release knows yet.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from documents.errors import UnreadDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from documents.package import Package

_PROPERTIES = {
    "docprops/core.xml": "coreProperties",
    "docprops/app.xml": "Properties",
}
"""Parts with author, dates and counts, and the name of their root (ECMA-376-2, 8; ECMA-376 part 1, 22.2)."""
_WORD_FOLDER = "word/"
_LEFT_OUT = {
    # Emphasis and languages of words (ECMA-376 part 1, 17.3.2).
    *("w:b", "w:bCs", "w:i", "w:iCs", "w:u", "w:lang", "w:noProof"),
    # How paragraphs are aligned, and kept on a page (17.3.1).
    *("w:jc", "w:keepNext", "w:keepLines", "w:widowControl"),
    # What a program writes for itself (17.13.8, 17.3.3.13, 17.15.1.72).
    *("w:proofErr", "w:lastRenderedPageBreak", "w:rsids"),
}
_LEFT_OUT_ATTRIBUTES = {
    "w14:paraId",
    "w14:textId",
    "{http://www.w3.org/XML/1998/namespace}space",
}
_SAVE_MARK = "w:rsid"
"""How attributes begin that name the session of an edit (17.3.1.29)."""
_WRAPPERS = {"w:rPr", "w:pPr"}
"""They say nothing where nothing is left in them."""


def compute_fingerprint(package: Package) -> str:
    """Return the SHA-256 of what a package holds, in hex.

    Raises:
        UnreadDocument: A part of it is damaged.
    """
    total = hashlib.sha256()
    for name in sorted(package, key=str.lower):
        content = _reduce_part(package, name)
        if content is not None:
            total.update(hashlib.sha256(name.lower().encode()).digest() + hashlib.sha256(content).digest())
    return total.hexdigest()


def _reduce_part(package: Package, name: str) -> bytes | None:
    """Return what counts of a part; `None` where nothing does."""
    lower = name.lower()
    if lower in _PROPERTIES and _has_root(package, name, _PROPERTIES[lower]):
        return None
    root = _parse_part(package, name) if lower.startswith(_WORD_FOLDER) and lower.endswith(".xml") else None
    if root is None:
        return package.read(name)
    _reduce_element(root)
    reduced: bytes = ET.tostring(root, encoding="utf-8")
    return reduced


def _has_root(package: Package, name: str, root_name: str) -> bool:
    root = _parse_part(package, name)
    return root is not None and root.tag.rpartition("}")[2].rpartition(":")[2] == root_name


def _parse_part(package: Package, name: str) -> ET.Element | None:
    """Return the root of a part; `None` where it only has the name of XML."""
    try:
        return package.parse(name)
    except UnreadDocument:
        return None


def _reduce_element(root: ET.Element) -> None:
    """Remove what is left out, from the innermost elements outwards."""
    for element in reversed(list(root.iter())):
        for attribute in [each for each in element.attrib if _is_left_out(each)]:
            del element.attrib[attribute]
        element[:] = _join_runs(each for each in element if not _is_empty(each))


def _is_left_out(attribute: str) -> bool:
    return attribute in _LEFT_OUT_ATTRIBUTES or attribute.startswith(_SAVE_MARK)


def _is_empty(element: ET.Element) -> bool:
    is_empty_wrapper = element.tag in _WRAPPERS and not len(element) and not element.attrib
    return element.tag in _LEFT_OUT or is_empty_wrapper


def _join_runs(elements: Iterator[ET.Element]) -> list[ET.Element]:
    """Join runs of text that differ in nothing any more: emphasis cuts one run in three."""
    joined: list[ET.Element] = []
    for element in elements:
        if joined and _is_text_run(element) and _is_text_run(joined[-1]):
            before, after = joined[-1], element
            if _write_properties(before) == _write_properties(after):
                before[-1].text = f"{before[-1].text or ''}{after[-1].text or ''}"
                continue
        joined.append(element)
    return joined


def _is_text_run(element: ET.Element) -> bool:
    """Return whether an element is a run with one text, and nothing else but its properties."""
    return (
        element.tag == "w:r"
        and len(element) > 0
        and element[-1].tag == "w:t"
        and all(each.tag == "w:rPr" for each in element[:-1])
        and not element.attrib
        and not (element.tail or "").strip()
    )


def _write_properties(run: ET.Element) -> list[bytes]:
    return [ET.tostring(each) for each in run[:-1]]
