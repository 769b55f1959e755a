"""Compares two states of a document.

Text is aligned by what its words say. Whether two states say the same is not concluded from that:
`projection` proves it, and then the state is `same_text`. Where no words differ and the proof fails, the
state is `marks_differ`, and the parts say where: of kind `mark` (`before` and `after` are the row or sentence
with its signs; either may be empty), or `moved` where the same stands in another row or on another slide.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from documents.comparison.flow import compare_flow
from documents.comparison.parts import MAX_CHARACTERS, MAX_PARTS, DocumentComparison, Matter, PartKind
from documents.comparison.projection import has_same_text, list_mark_differences
from documents.comparison.sheets import SheetComparer
from documents.comparison.single_pages import find_running_lines
from documents.errors import Reason, State
from documents.passages import Area, AttachmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from documents.comparison.differences import Difference
    from documents.comparison.parts import Part
    from documents.passages import Attachment, DocumentText, Passage

_REASONS = {
    AttachmentKind.MACRO: Reason.MACROS,
    AttachmentKind.OBJECT: Reason.OBJECTS,
    AttachmentKind.PICTURE: Reason.PICTURES,
}
_GRID_AREAS = {Area.CELL, Area.SHEET}
_LEAST = len(Matter)


def compare_documents(before: DocumentText, after: DocumentText) -> DocumentComparison:
    """Return how two states of a document differ; the parts that matter most come first."""
    others = _compare_attachments(before, after)
    before, after = find_running_lines(before, after), find_running_lines(after, before)
    if has_same_text(before, after):
        reason = others[0] if others else _choose_unread_reason(before, after)
        return DocumentComparison(State.SAME_TEXT, reason, others=others)
    state = State.COMPARED
    differences = _find_differences(before, after)
    if all(each.has_same_words for each in differences):
        state, differences = State.MARKS_DIFFER, list_mark_differences(before, after)
    parts = [each.part for each in sorted(differences, key=_rank)]
    kinds = Counter(part.kind for part in parts)
    matters = Counter(matter for part in parts for matter in part.matters)
    return DocumentComparison(
        state,
        counts={kind: kinds[kind] for kind in PartKind},
        matters={matter: matters[matter] for matter in Matter if matters[matter]},
        parts=tuple(_limit_parts(parts)),
        others=others,
    )


def _find_differences(before: DocumentText, after: DocumentText) -> list[Difference]:
    old_cells, old_flow = _split_cells(before)
    new_cells, new_flow = _split_cells(after)
    if old_cells and new_cells:
        sheets = SheetComparer(old_cells, new_cells)
        return [*sheets.compare(), *compare_flow(old_flow, new_flow, sheets)]
    return list(compare_flow([*old_flow, *old_cells], [*new_flow, *new_cells]))


def _rank(difference: Difference) -> tuple[int, float]:
    matters = difference.part.matters
    return (list(Matter).index(matters[0]) if matters else _LEAST, difference.position)


def _limit_parts(parts: Iterable[Part]) -> Iterator[Part]:
    characters = 0
    for number, part in enumerate(parts):
        characters += len(part.before) + len(part.after)
        if number and (number >= MAX_PARTS or characters > MAX_CHARACTERS):
            return
        yield part


def _compare_attachments(before: DocumentText, after: DocumentText) -> tuple[Reason, ...]:
    """Return the kinds of content besides text that differ, the most important first."""
    changed = {each.kind for each in set(before.attachments) ^ set(after.attachments)}
    changed |= {kind for kind in AttachmentKind if _select_shown(before, kind) != _select_shown(after, kind)}
    return tuple(reason for kind, reason in _REASONS.items() if kind in changed)


def _select_shown(document: DocumentText, kind: AttachmentKind) -> list[Attachment]:
    return [each for each in document.shown if each.kind is kind]


def _choose_unread_reason(before: DocumentText, after: DocumentText) -> Reason:
    """Return what may differ where nothing that is read does; a line drawn on a PDF page can be a stroke."""
    if before.fingerprint and before.fingerprint == after.fingerprint:
        return Reason.EMPHASIS
    return Reason.APPEARANCE if "pdf" in {before.format, after.format} else Reason.FORMATTING


def _split_cells(document: DocumentText) -> tuple[list[tuple[int, Passage]], list[tuple[int, Passage]]]:
    """Return the cells and titles of sheets, and all other passages, with their positions."""
    cells: list[tuple[int, Passage]] = []
    flow: list[tuple[int, Passage]] = []
    for position, passage in enumerate(document.passages):
        (cells if passage.place.area in _GRID_AREAS else flow).append((position, passage))
    return cells, flow
