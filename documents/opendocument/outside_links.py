"""What an OpenDocument file takes from outside its package: pictures, objects, tables, sections, scripts."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from documents.attachments import hash_reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package
    from documents.passages import Attachment

_PARTS = {"content.xml", "styles.xml"}  # of the document, and of each object in it
_TEXT_LINKS = {"text:a", "draw:a"}  # their addresses are text
_DATA_EXCHANGE = ("office:dde-application", "office:dde-topic", "office:dde-item")


def find_outside_links(package: Package) -> set[Attachment]:
    """Return what a file takes from elsewhere, each known by its element and address.

    Raises:
        UnreadDocument: A part of it is damaged.
    """
    return {
        link
        for name in package
        if posixpath.basename(name).lower() in _PARTS
        for link in _iterate_links(package.parse(name), posixpath.dirname(name))
    }


def _iterate_links(root: Element, folder: str) -> Iterator[Attachment]:
    for element in root.iter():
        address = element.get("xlink:href")
        if address and element.tag not in _TEXT_LINKS and _leads_outside(address, folder):
            yield hash_reference(element.tag, address)
        if "office:dde-topic" in element.attrib:
            yield hash_reference(element.tag, *(element.get(name, "") for name in _DATA_EXCHANGE))


def _leads_outside(address: str, folder: str) -> bool:
    """Return whether an address is neither in the document nor in its package."""
    if address.startswith("#"):
        return False
    path = unquote(address)
    has_root = path.startswith("/") or ":" in path or "\\" in path
    return has_root or posixpath.normpath(posixpath.join(folder, path)).startswith("..")
