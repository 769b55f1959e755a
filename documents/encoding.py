"""Texts and comparisons as JSON: between the process that reads documents and its caller, and to be kept."""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from documents.comparison.parts import DocumentComparison, Matter, Part, PartKind
from documents.comparison.words import Piece, WordChange
from documents.errors import Reason, State
from documents.passages import (
    Area,
    Attachment,
    AttachmentKind,
    DocumentPlace,
    DocumentText,
    Label,
    Passage,
    Run,
    RunMark,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORM = b"text 4\n"
"""The form of a stored text: one of another form is read from the document again.

It has another number once documents are read otherwise, so that no reader's change is taken for a document's.
"""


def is_text(content: bytes) -> bool:
    """Return whether content is a text in the form of this release."""
    return content.startswith(_FORM)


def encode_text(document: DocumentText) -> bytes:
    """Return the text of a document as compressed JSON."""
    value = {
        "format": document.format,
        "passages": [_encode_passage(each) for each in document.passages],
        "attachments": [[each.kind, each.sha256] for each in document.attachments],
        "shown": [[each.kind, each.sha256] for each in document.shown],
        "fingerprint": document.fingerprint,
    }
    return _FORM + zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def decode_text(content: bytes) -> DocumentText:
    """Return the text that `encode_text` encoded; such content is our own."""
    value = json.loads(zlib.decompress(content.removeprefix(_FORM)))
    passages = (_decode_passage(each) for each in value["passages"])
    attachments, shown = (
        tuple(Attachment(AttachmentKind(kind), digest) for kind, digest in value[key])
        for key in ("attachments", "shown")
    )
    return DocumentText(value["format"], tuple(passages), attachments, shown, value["fingerprint"])


def encode_comparison(comparison: DocumentComparison) -> dict[str, Any]:
    """Return a comparison as a JSON object."""
    return {
        "state": comparison.state,
        "reason": comparison.reason,
        "counts": comparison.counts,
        "matters": comparison.matters,
        "parts": [_encode_part(part) for part in comparison.parts],
        "others": comparison.others,
    }


def decode_comparison(value: dict[str, Any]) -> DocumentComparison:
    """Return the comparison that `encode_comparison` encoded."""
    return DocumentComparison(
        State(value["state"]),
        Reason(value["reason"]) if value["reason"] else None,
        {PartKind(kind): count for kind, count in value["counts"].items()},
        {Matter(matter): count for matter, count in value["matters"].items()},
        tuple(_decode_part(each) for each in value["parts"]),
        tuple(Reason(each) for each in value["others"]),
    )


def _encode_passage(passage: Passage) -> list[Any]:
    label = list(astuple(passage.label)) if passage.label else None
    runs = [[run.mark, run.text] for run in passage.runs]
    return [_encode_place(passage.place), runs, passage.is_hidden, label, passage.mark]


def _decode_passage(value: list[Any]) -> Passage:
    place, runs, is_hidden, label, mark = value
    decoded_runs = tuple(Run(text, RunMark(mark)) for mark, text in runs)
    return Passage(_decode_place(place), decoded_runs, is_hidden, Label(*label) if label else None, mark)


def _encode_part(part: Part) -> list[Any]:
    pieces = [[piece.change, piece.text] for piece in part.pieces]
    return [part.kind, _encode_place(part.place), part.before, part.after, pieces, part.matters]


def _decode_part(value: list[Any]) -> Part:
    kind, place, before, after, pieces, matters = value
    return Part(
        PartKind(kind), _decode_place(place), before, after,
        tuple(Piece(WordChange(change), text) for change, text in pieces),
        tuple(Matter(each) for each in matters),
    )  # fmt: skip


def _encode_place(place: DocumentPlace) -> list[Any]:
    return list(astuple(place))


def _decode_place(value: Iterable[Any]) -> DocumentPlace:
    area, *others = value
    return DocumentPlace(Area(area), *others)
