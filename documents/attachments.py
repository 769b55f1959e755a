"""What a package holds besides text, and what it takes from elsewhere. Nothing is opened or followed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from documents.passages import Attachment, AttachmentKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from documents.package import Package, Relation

_MACRO_FOLDERS = ("basic/", "scripts/")  # of OpenDocument
_PICTURE_ENDINGS = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".bmp",
    ".emf",
    ".wmf",
    ".svg",
    ".svm",
    ".tif",
    ".tiff",
    ".webp",
)
_NO_CONTENT_ENDINGS = (".xml", ".rels", ".vml", ".odttf", ".fntdata", ".rdf", "mimetype", "layout-cache")
_NO_CONTENT_FOLDERS = (
    "docprops/",
    "thumbnails/",
    "meta-inf/",
    "configurations2/",
    "objectreplacements/",
    "pictures/tablepreview",
    "xl/printersettings/",
    "fonts/",
)
"""Settings, fonts, pictures of the first page, of objects and of tables: nothing that is not elsewhere."""

_UNORDERED = ("ppt/slidemasters/", "ppt/slidelayouts/")
"""Parts in an order of the writer's own."""

_CONNECTIONS = ("xl/connections.xml", "xl/querytables/")
_CONNECTION_TYPES = {"connections", "queryTable"}
"""Where a workbook gets data from (ECMA-376 part 1, 18.13 and 18.15)."""


def find_attachments(package: Package) -> tuple[Attachment, ...]:
    """Return what a package holds besides text, and what it takes from elsewhere, sorted.

    Raises:
        UnreadDocument: A part that says what the package takes from elsewhere is damaged.
    """
    relations = list(package.iterate_relations())
    attachments = {_hash_relation(each) for each in relations if _is_taken_from_elsewhere(each)}
    attachments.update(_hash_data_exchanges(package, relations))
    for name in _list_targets(package, relations, _CONNECTION_TYPES):
        attachments.add(_hash_member(package, name, AttachmentKind.OBJECT))
    for name in package:
        kind = _classify_member(name)
        if kind:
            attachments.add(_hash_member(package, name, kind))
    return tuple(sorted(attachments))


def list_shown(package: Package) -> tuple[Attachment, ...]:
    """Return what the OOXML parts show that were read, once for each place, in their order."""
    return tuple(_iterate_uses(package))


def hash_member(package: Package, name: str) -> Attachment | None:
    """Return a part as what it is besides text, or None if it is no such part, or missing."""
    kind = _classify_member(name)
    return _hash_member(package, name, kind) if kind and name in package else None


def hash_reference(*words: str) -> Attachment:
    """Return a reference to what is elsewhere as an object, known by its words."""
    content = "\0".join(words).encode("utf-8", "surrogatepass")  # XML has no NUL
    return Attachment(AttachmentKind.OBJECT, hashlib.sha256(content).hexdigest())


def _iterate_uses(package: Package) -> Iterator[Attachment]:
    hashed: dict[Relation, Attachment | None] = {}
    for name, relation in package.iterate_uses():
        if name.lower().startswith(_UNORDERED):
            continue
        if relation not in hashed:
            is_inside = not relation.is_external
            hashed[relation] = (
                hash_member(package, relation.target) if is_inside else _hash_relation(relation)
            )
        attachment = hashed[relation]
        if attachment:
            yield attachment


def _hash_member(package: Package, name: str, kind: AttachmentKind) -> Attachment:
    return Attachment(kind, hashlib.sha256(package.read(name)).hexdigest())


def _is_taken_from_elsewhere(relation: Relation) -> bool:
    """Return whether a program may load a target: a template, a picture, a workbook. Links are text."""
    return relation.is_external and relation.type != "hyperlink"


def _hash_relation(relation: Relation) -> Attachment:
    return hash_reference(relation.type, relation.target)


def _hash_data_exchanges(package: Package, relations: list[Relation]) -> Iterator[Attachment]:
    """Yield the programs that a workbook asks for data, by DDE (ECMA-376 part 1, 18.14.4)."""
    for name in _list_targets(package, relations, {"externalLink"}):
        for link in package.parse(name).iter("s:ddeLink"):
            yield hash_reference(link.tag, link.get("ddeService", ""), link.get("ddeTopic", ""))


def _list_targets(package: Package, relations: list[Relation], types: set[str]) -> set[str]:
    """Return the parts to which relations of these types lead, each once however it is spelled."""
    targets = {each.target.lower() for each in relations if each.type in types and not each.is_external}
    return {target for target in targets if target in package}


def _classify_member(name: str) -> AttachmentKind | None:
    lower = name.lower()
    if lower.endswith("vbaproject.bin") or lower.startswith(_MACRO_FOLDERS):
        return AttachmentKind.MACRO
    if lower.startswith(_CONNECTIONS):
        return AttachmentKind.OBJECT
    if lower.endswith(_NO_CONTENT_ENDINGS) or lower.startswith(_NO_CONTENT_FOLDERS):
        return None
    if lower.endswith(_PICTURE_ENDINGS) or "/media/" in lower:
        return AttachmentKind.PICTURE
    return AttachmentKind.OBJECT
