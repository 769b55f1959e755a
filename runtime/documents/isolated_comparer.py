"""Implementation of the product's port `DocumentComparer`, by the package `documents`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from documents import isolation
from documents.encoding import is_text
from documents.errors import Reason, State
from documents.isolation import File, StoredText
from reviews.comparison import ComparisonState, ComparisonSummary
from reviews.comparisons.parts import ChangedPart, ChangedWords, write_parts
from reviews.errors import TryLater
from reviews.ports.documents import CompareResult
from reviews.wording.place_phrases import PartPlace

if TYPE_CHECKING:
    from documents.comparison.parts import DocumentComparison, Part
    from documents.passages import DocumentPlace
    from reviews.ports.documents import FetchedDocument

log = structlog.get_logger()


class IsolatedComparer:
    """Each comparison is a process, which has no settings and can open nothing."""

    def accepts_text(self, text: bytes) -> bool:
        return is_text(text)

    def compare(self, before: FetchedDocument | bytes | None, after: FetchedDocument) -> CompareResult:
        earlier: File | StoredText | None = None
        if isinstance(before, bytes):
            earlier = StoredText(before)
        elif before is not None:
            earlier = File(before.title, before.content)
        try:
            outcome = isolation.compare_documents(earlier, File(after.title, after.content))
        except isolation.ReaderStopped as error:
            raise TryLater(str(error)) from error
        if outcome.defect:
            log.warning("document_reader_failed", reason=outcome.defect)
        comparison = outcome.comparison
        if before is None and comparison.state is State.SAME_TEXT:
            comparison = replace(comparison, reason=Reason.EMPTY)
        parts = [build_part(part) for part in comparison.parts]
        return CompareResult(
            summary=build_summary(comparison),
            parts=write_parts(parts),
            text=outcome.text.content if outcome.text else b"",
        )


def build_summary(comparison: DocumentComparison) -> ComparisonSummary:
    """Return the summary of a comparison in the product's words."""
    return ComparisonSummary(
        state=_STATES[comparison.state],
        reason=comparison.reason,
        counts={str(kind): count for kind, count in comparison.counts.items()},
        matters={str(matter): count for matter, count in comparison.matters.items()},
    )


def build_part(part: Part) -> ChangedPart:
    """Return a part of a comparison in the product's words."""
    return ChangedPart(
        kind=part.kind,
        place=build_place(part.place),
        before=part.before,
        after=part.after,
        words=tuple(ChangedWords(change=piece.change, text=piece.text) for piece in part.pieces),
        matters=tuple(part.matters),
    )


def build_place(place: DocumentPlace) -> PartPlace:
    """Return a place in a document in the product's words."""
    return PartPlace(
        area=place.area,
        heading=place.heading,
        name=place.name,
        page=place.page,
        slide=place.slide,
        sheet=place.sheet,
        table=place.table,
        row=place.row,
        column=place.column,
        column_name=place.column_name,
    )


_STATES = {
    State.COMPARED: ComparisonState.COMPARED,
    State.SAME_TEXT: ComparisonState.SAME_TEXT,
    State.MARKS_DIFFER: ComparisonState.MARKS_DIFFER,
    State.UNREADABLE: ComparisonState.UNREADABLE,
    State.TOO_LARGE: ComparisonState.TOO_LARGE,
}
