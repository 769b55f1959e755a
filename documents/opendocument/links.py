"""What an OpenDocument file refers to: pictures in its package, and what it takes from outside."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from documents.attachments import hash_member, hash_reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package
    from documents.passages import Attachment

_PARTS = {"content.xml", "styles.xml"}  # of the document, and of each object in it
_TEXT_LINKS = {"text:a", "draw:a"}  # their addresses are text
_DATA_EXCHANGE = ("office:dde-application", "office:dde-topic", "office:dde-item")


@dataclass(frozen=True, slots=True)
class Links:
    """What a file refers to.

    Attributes:
        pictures: Those of its package that are shown, once for each place, in their order.
        outside: What it takes from elsewhere, each known by its element and address.
    """

    pictures: tuple[Attachment, ...]
    outside: frozenset[Attachment]


def find_links(package: Package) -> Links:
    """Return what a file refers to.

    Raises:
        UnreadDocument: A part of it is damaged.
    """
    pictures: list[Attachment] = []
    outside: set[Attachment] = set()
    for name in sorted(package):  # content, objects, styles: whatever their order in the archive
        if posixpath.basename(name).lower() in _PARTS:
            root, folder = package.parse(name), posixpath.dirname(name)
            outside.update(_iterate_links(root, folder))
            if not folder:
                pictures += _iterate_pictures(root, package)
    return Links(tuple(pictures), frozenset(outside))


def _iterate_pictures(root: Element, package: Package) -> Iterator[Attachment]:
    hashed: dict[str, Attachment | None] = {}
    for image in root.iter("draw:image"):
        address = posixpath.normpath(image.get("xlink:href", ""))
        if address not in hashed:
            hashed[address] = hash_member(package, address)
        picture = hashed[address]
        if picture:
            yield picture


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
