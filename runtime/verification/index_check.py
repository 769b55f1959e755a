"""The check that list columns and index rows match the reviews from which they derive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.findings import LedgerFinding, LedgerPart, escape_unprintable, show_id, show_values
from reviews.ports.listing import list_entry_marks, list_file_marks
from reviews.text import shorten_text
from store.marks import derive_columns, list_index_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.comparison import ReviewWithEntries, StrayIndexRow

MAX_MARK_LENGTH = 80


def compare_index(found: ReviewWithEntries) -> Iterator[LedgerFinding]:
    """Yield the list columns and index rows that do not follow from a review."""
    review_id = found.review.id
    follows = {**derive_columns(found.review), "saves": found.review.saves or 0}
    for column, value in follows.items():
        if found.follows[column] == value:
            continue
        follow, stands = show_values(value, found.follows[column])
        yield LedgerFinding(
            part=LedgerPart.INDEX,
            says=f"review {show_id(review_id)} has another {column} than follows from it: {follow}, "
            f"and {stands} in the database",
            review_id=review_id,
            member=column,
            ledger=follow,
            database=stands,
        )
    due = list_index_pairs(follows["marks"])
    due |= {(str(found.review.kind), mark) for file in found.files for mark in list_file_marks(file)}
    if due == found.index:
        return
    for kind, value in sorted(due - found.index):
        says = f"review_index lacks {_show_mark(kind, value)} of review {show_id(review_id)}"
        yield LedgerFinding(part=LedgerPart.INDEX, says=says, review_id=review_id, member="review_index")
    for kind, value in sorted(found.index - due - _once_due(found), key=str):
        mark = _show_mark(kind, value)
        says = f"review_index has {mark} of review {show_id(review_id)}, which does not follow from it"
        yield LedgerFinding(part=LedgerPart.INDEX, says=says, review_id=review_id, member="review_index")


def _once_due(found: ReviewWithEntries) -> set[tuple[str, str]]:
    """Return the index pairs of a bulk review for its files as they were earlier; these stay in the index."""
    kind = str(found.review.kind)
    return (
        {(kind, mark) for entry in found.entries for mark in list_entry_marks(entry)}
        if found.files
        else set()
    )


def describe_stray(stray: StrayIndexRow) -> LedgerFinding:
    mark = _show_mark(stray.kind, stray.value)
    says = f"review_index has {mark} of a review number {show_id(stray.seq)}, which is not there"
    return LedgerFinding(part=LedgerPart.INDEX, says=says, member="review_index")


def _show_mark(kind: object, value: object) -> str:
    return f'"{shorten_text(escape_unprintable(str(value)), MAX_MARK_LENGTH)}" ({show_id(kind)})'
