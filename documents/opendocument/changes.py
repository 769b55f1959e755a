"""Tracked changes of an OpenDocument text (OpenDocument 1.3, part 3, 5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_PARAGRAPHS = {"text:p", "text:h"}
_ASIDES = {"office:change-info", "office:annotation", "text:note"}


class Changes:
    """Insertions and deletions of a text; which insertions are open is followed in reading order."""

    def __init__(self, root: Element | None = None) -> None:
        self._deletions: dict[str, Element] = {}
        self._insertions: set[str] = set()
        self._open: set[str] = set()
        for region in () if root is None else root.iter("text:changed-region"):
            name = region.get("text:id", region.get(_ID, ""))
            deletion = region.find("text:deletion")
            if deletion is not None:
                self._deletions[name] = deletion
            elif region.find("text:insertion") is not None:
                self._insertions.add(name)

    @property
    def is_inserting(self) -> bool:
        """Whether the text at this point is inserted."""
        return bool(self._open)

    def follow(self, change: Element) -> None:
        """Take note of where an insertion starts (`text:change-start`) or ends."""
        name = change.get("text:change-id", "")
        if change.tag == "text:change-end":
            self._open.discard(name)
        elif name in self._insertions:
            self._open.add(name)

    def get_deleted_text(self, change: Element) -> str:
        """Return the text that was deleted at a point (`text:change`), with a space between paragraphs."""
        deletion = self._deletions.get(change.get("text:change-id", ""))
        return "" if deletion is None else " ".join(_iterate_paragraph_texts(deletion))


def _iterate_paragraph_texts(parent: Element) -> Iterator[str]:
    for child in parent:
        if child.tag in _PARAGRAPHS:
            yield "".join(_iterate_texts(child))
        elif child.tag not in _ASIDES:
            yield from _iterate_paragraph_texts(child)


def _iterate_texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in {"text:s", "text:tab", "text:line-break"}:
            yield " "
        elif child.tag not in _ASIDES:
            yield from _iterate_texts(child)
        yield child.tail or ""
