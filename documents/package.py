"""The ZIP archive that an office document is, and the XML in it: read within limits, nothing followed."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from documents.errors import Reason, UnreadDocument
from documents.limits import MAX_MEMBERS, MAX_UNPACKED_BYTES
from documents.xml_names import shorten_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_ENCRYPTED = 0x1
_DAMAGES = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)
"""What `zipfile` raises on archives that are none: it has no error of its own for most of them."""

_RELATIONS_ENDING = ".rels"
_SHOWN_TYPES = {"image", "oleObject", "package"}
"""Of relations to what is seen in a place of a part (ECMA-376 part 1, 15.2)."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part of an OOXML package refers to.

    Attributes:
        type: Last word of its type: `header`, `hyperlink`.
        target: Name of the part, or the address where it is external.
    """

    type: str
    target: str
    is_external: bool


class _Builder(ET.TreeBuilder):
    """Refuses a document type, and with it every entity that a document could define."""

    def doctype(self, _name: str, _public_id: str | None, _system_id: str | None) -> None:
        raise UnreadDocument(Reason.DOCUMENT_TYPE)


def parse_xml(content: bytes) -> ET.Element:
    """Return the root of an XML document, its names shortened by `xml_names`.

    Raises:
        UnreadDocument: It is not well-formed, or has a document type.
    """
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - DOCTYPE is refused
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UnreadDocument(Reason.DAMAGED) from error
    shorten_names(root)
    return root


class Package:
    """An archive whose members are read one at a time, all within `limits`.

    Raises:
        UnreadDocument: It is damaged, encrypted, or larger than the limits.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGES as error:
            raise UnreadDocument(Reason.DAMAGED) from error
        members = [each for each in self._archive.infolist() if not each.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise UnreadDocument(Reason.MEMBERS)
        if any(each.flag_bits & _ENCRYPTED for each in members):
            raise UnreadDocument(Reason.PASSWORD)
        if sum(each.file_size for each in members) > MAX_UNPACKED_BYTES:
            raise UnreadDocument(Reason.UNPACKED_SIZE)
        # Names differ by more than case (ECMA-376-2, 6.2.2.3); of two equal ones, each reader takes another.
        self._members = {_normalize_name(each.filename): each for each in members}
        if len(self._members) < len(members):
            raise UnreadDocument(Reason.DAMAGED)
        self._uses: dict[str, list[Relation]] = {}

    def __contains__(self, name: str) -> bool:
        return _normalize_name(name) in self._members

    def __iter__(self) -> Iterator[str]:
        return (each.filename for each in self._members.values())

    def read(self, name: str) -> bytes:
        """Return the bytes of a member.

        Raises:
            UnreadDocument: It is missing or damaged.
        """
        member = self._members.get(_normalize_name(name))
        if member is None:
            raise UnreadDocument(Reason.DAMAGED)
        try:
            return self._archive.read(member)  # reads no more than the size that was counted above
        except _DAMAGES as error:
            raise UnreadDocument(Reason.DAMAGED) from error

    def parse(self, name: str) -> ET.Element:
        """Return the root of a member that is XML; raises as `read` and `parse_xml`."""
        root = parse_xml(self.read(name))
        if name not in self._uses:
            relations = self.read_relations(name)
            shown = {key: each for key, each in relations.items() if each.type in _SHOWN_TYPES}
            self._uses[name] = list(_iterate_uses(root, shown)) if shown else []
        return root

    def read_relations(self, name: str) -> dict[str, Relation]:
        """Return what an OOXML part refers to, by id; with an empty name, the package (ECMA-376-2, 6.5)."""
        folder, _, file_name = name.rpartition("/")
        relations_name = posixpath.join(folder, "_rels", f"{file_name}{_RELATIONS_ENDING}")
        if relations_name not in self:
            return {}
        return dict(self._parse_relations(relations_name, folder))

    def iterate_relations(self) -> Iterator[Relation]:
        """Yield what all OOXML parts refer to, also those that none refers to; raises as `parse`."""
        for name in self:
            folder, _, relations = posixpath.dirname(name).rpartition("/")
            if relations.lower() == "_rels" and _normalize_name(name).endswith(_RELATIONS_ENDING):
                yield from (relation for _, relation in self._parse_relations(name, folder))

    def iterate_uses(self) -> Iterator[tuple[str, Relation]]:
        """Yield the pictures and objects that parts show, with the part: once for each place, in their order.

        It has the OOXML parts that were parsed, in the order in which they were.
        """
        for name, uses in self._uses.items():
            yield from ((name, each) for each in uses)

    def find_related(self, name: str, relation_type: str) -> list[str]:
        """Return the names of the parts that a part refers to by a type, in the order of its relations.

        Raises:
            UnreadDocument: One of them is missing.
        """
        targets = [
            each.target
            for each in self.read_relations(name).values()
            if each.type == relation_type and not each.is_external
        ]
        if not all(target in self for target in targets):
            raise UnreadDocument(Reason.DAMAGED)
        return targets

    def _parse_relations(self, relations_name: str, folder: str) -> Iterator[tuple[str, Relation]]:
        """Yield what the part of a folder refers to, by id."""
        for each in self.parse(relations_name):
            target = each.get("Target", "")
            is_external = each.get("TargetMode") == "External"
            relation = Relation(
                type=each.get("Type", "").rpartition("/")[2],
                target=target if is_external else _resolve_target(folder, target),
                is_external=is_external,
            )
            yield each.get("Id", ""), relation


def _iterate_uses(root: Element, relations: dict[str, Relation]) -> Iterator[Relation]:
    """Yield the relations that a part refers to, in its order."""
    stack = [root]
    while stack:
        element = stack.pop()
        if element.tag == "mc:AlternateContent":
            yield from _choose_uses(element, relations)
            continue
        for name, value in element.attrib.items():
            if name.startswith("r:") and value in relations:
                yield relations[value]
        stack.extend(element[::-1])


def _choose_uses(content: Element, relations: dict[str, Relation]) -> Iterator[Relation]:
    """Yield what alternatives refer to, those alike once: programs write one or several."""
    chosen: list[list[Relation]] = []
    for alternative in content:
        uses = list(_iterate_uses(alternative, relations))
        if uses not in chosen:
            chosen.append(uses)
            yield from uses


def _resolve_target(folder: str, target: str) -> str:
    path = urlsplit(target).path
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def _normalize_name(name: str) -> str:
    """Return a name as it is looked up: without escapes (`%20`), in lower case."""
    return unquote(name).lower()
