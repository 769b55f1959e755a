"""What a PDF file holds besides text: pictures, files in it, scripts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from documents.passages import Attachment, AttachmentKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

_PASSED_OVER = {"/Parent", "/P", "/StructTreeRoot", "/Outlines", "/Dests", "/Font", "/Metadata"}
"""Leads back up, or to what is neither picture, file nor script."""


def find_attachments(reader: PdfReader) -> tuple[Attachment, ...]:
    """Return the attachments among all objects that the catalog leads to, sorted. Nothing is decoded."""
    attachments: list[Attachment] = []
    pending: list[object] = [reader.root_object]
    visited: set[tuple[int, int]] = set()
    while pending:
        current = pending.pop()
        if isinstance(current, IndirectObject):
            reference = (current.idnum, current.generation)
            if reference in visited:
                continue
            visited.add(reference)
            current = current.get_object()
        if isinstance(current, ArrayObject):
            pending += current
        elif isinstance(current, DictionaryObject):
            attachments += _read_attachments(current)
            pending += [value for key, value in current.items() if key not in _PASSED_OVER]
    return tuple(sorted(set(attachments)))


def _read_attachments(entry: DictionaryObject) -> Iterator[Attachment]:
    if entry.get("/Subtype") == "/Image" and isinstance(entry, StreamObject):
        yield _hash_object(AttachmentKind.PICTURE, entry)
    if entry.get("/S") == "/JavaScript":
        yield _hash_object(AttachmentKind.MACRO, entry.get("/JS"))
    if "/XFA" in entry:  # a form whose fields pypdf does not read (ISO 32000-1, 12.7.8)
        form = _resolve(entry["/XFA"])
        for part in form if isinstance(form, ArrayObject) else [form]:
            yield _hash_object(AttachmentKind.OBJECT, part)
    files = entry.get("/EF")
    if isinstance(files, DictionaryObject):
        yield from (_hash_object(AttachmentKind.OBJECT, files[name]) for name in files)


def _resolve(content: object) -> object:
    return content.get_object() if isinstance(content, IndirectObject) else content


def _hash_object(kind: AttachmentKind, content: object) -> Attachment:
    content = _resolve(content)
    raw = content._data if isinstance(content, StreamObject) else str(content)  # noqa: SLF001 - not decoded
    return Attachment(kind, hashlib.sha256(raw if isinstance(raw, bytes) else raw.encode()).hexdigest())
