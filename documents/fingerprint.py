"""What a package holds apart from what only sets it off, so that two states can be proven to say the same.

Readers don't read everything. So where two states have the same text, a fingerprint covers all other bytes of
the package too, and leaves out what is listed here and in `properties`: emphasis, alignment, languages, and
the marks that a program leaves at each save. Whatever is not listed counts, also what no release knows yet.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from documents.errors import UnreadDocument
from documents.properties import find_shown_properties, is_properties, reduce_properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from documents.package import Package

_FOLDER = "word/"
_WITHOUT_FIELDS = {"xlsx", "pptx"}
"""Formats in which nothing shows a property of the document."""
_DATA = "customXml"
"""Type of the relations to data that controls are bound to (ECMA-376 part 1, 15.2.5)."""
_LEFT_OUT = {
    # Emphasis and languages of words (ECMA-376 part 1, 17.3.2).
    *("w:b", "w:bCs", "w:i", "w:iCs", "w:u", "w:lang", "w:noProof"),
    # How paragraphs are aligned, and kept on a page (17.3.1).
    *("w:jc", "w:keepNext", "w:keepLines", "w:widowControl"),
    # What a program writes for itself (17.13.8, 17.3.3.13, 17.15.1.72).
    *("w:proofErr", "w:lastRenderedPageBreak", "w:rsids"),
}
_PARAGRAPH_ID = "w14:paraId"
_MARKS = {_PARAGRAPH_ID, "w14:textId", "{http://www.w3.org/XML/1998/namespace}space"}
"""Attributes that are left out."""
_COMMENTS = "word/comments"
"""Parts in which paragraphs are referred to: which comment answers which, and is resolved."""
_SAVE_MARK = "w:rsid"
"""How attributes begin that name the session of an edit (17.3.1.29)."""
_WRAPPERS = {"w:rPr", "w:pPr"}
"""They say nothing where nothing is left in them."""


def compute_fingerprint(package: Package, document_format: str) -> str:
    """Return the SHA-256 of what a package holds, in hex.

    Raises:
        UnreadDocument: A part of it is damaged.
    """
    # Controls show any place of these, whatever they are called.
    data = {unquote(each.target).lower() for each in package.iterate_relations() if each.type == _DATA}
    has_fields = document_format not in _WITHOUT_FIELDS
    shown: set[str] = set()
    digests = {}
    for name in sorted(package, key=lambda each: (is_properties(each), each.lower())):
        lower = name.lower()
        is_read = lower.endswith(".xml") and (has_fields or is_properties(name) or lower.startswith(_FOLDER))
        root = _parse_part(package, name) if is_read and unquote(lower) not in data else None
        if root is not None and has_fields:
            shown |= find_shown_properties(root)
        content = _reduce_part(root, lower, shown) if root is not None else None
        digests[lower] = hashlib.sha256(package.read(name) if content is None else content).digest()
    pairs = (hashlib.sha256(name.encode()).digest() + digests[name] for name in sorted(digests))
    return hashlib.sha256(b"".join(pairs)).hexdigest()


def _reduce_part(root: ET.Element, name: str, shown: set[str]) -> bytes | None:
    """Return what counts of a part by its name in lower case; `None` where each byte does."""
    if not name.startswith(_FOLDER):
        return reduce_properties(root, name, shown)
    _reduce_element(root, _MARKS - {_PARAGRAPH_ID} if name.startswith(_COMMENTS) else _MARKS)
    reduced: bytes = ET.tostring(root, encoding="utf-8")
    return reduced


def _parse_part(package: Package, name: str) -> ET.Element | None:
    """Return the root of a part; `None` where it only has the name of XML."""
    try:
        return package.parse(name)
    except UnreadDocument:
        return None


def _reduce_element(root: ET.Element, marks: set[str]) -> None:
    """Remove what is left out, from the innermost elements outwards."""
    for element in reversed(list(root.iter())):
        for attribute in [each for each in element.attrib if each in marks or each.startswith(_SAVE_MARK)]:
            del element.attrib[attribute]
        element[:] = _join_runs(each for each in element if not _is_empty(each))


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
