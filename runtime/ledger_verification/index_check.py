"""The check that list columns and index rows match the reviews from which they derive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.findings import LedgerFinding, LedgerPart, escape_unprintable, show_id, show_values
from reviews.text import shorten_text
from store.marks import derive_columns, list_entry_marks, list_file_marks, list_index_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.comparison import ReviewWithEntries, StrayIndexRow

MAX_MARK_LENGTH = 80


def compare_index(stored: ReviewWithEntries) -> Iterator[LedgerFinding]:
    """Yield the list columns and index rows that do not follow from a review."""
    review_id = stored.review.id
    derived = {**derive_columns(stored.review), "saves": stored.review.saves or 0}
    for column, value in derived.items():
        if stored.derived_columns[column] == value:
            continue
        derived_text, stored_text = show_values(value, stored.derived_columns[column])
        yield LedgerFinding(
            part=LedgerPart.INDEX,
            says=f"review {show_id(review_id)} has another {column} than follows from it: {derived_text}, "
            f"and {stored_text} in the database",
            review_id=review_id,
            member=column,
            ledger=derived_text,
            database=stored_text,
        )
    derived_index = list_index_pairs(derived["marks"])
    derived_index |= {
        (str(stored.review.kind), mark) for file in stored.files for mark in list_file_marks(file)
    }
    if derived_index == stored.index:
        return
    for kind, value in sorted(derived_index - stored.index):
        says = f"review_index lacks {_show_mark(kind, value)} of review {show_id(review_id)}"
        yield LedgerFinding(part=LedgerPart.INDEX, says=says, review_id=review_id, member="review_index")
    for kind, value in sorted(stored.index - derived_index - _list_former_marks(stored), key=str):
        mark = _show_mark(kind, value)
        says = f"review_index has {mark} of review {show_id(review_id)}, which does not follow from it"
        yield LedgerFinding(part=LedgerPart.INDEX, says=says, review_id=review_id, member="review_index")


def _list_former_marks(stored: ReviewWithEntries) -> set[tuple[str, str]]:
    """Return the index pairs of a bulk review for its files as they were earlier; these stay in the index."""
    kind = str(stored.review.kind)
    return (
        {(kind, mark) for entry in stored.entries for mark in list_entry_marks(entry)}
        if stored.files
        else set()
    )


def describe_stray(stray_row: StrayIndexRow) -> LedgerFinding:
    mark = _show_mark(stray_row.kind, stray_row.value)
    says = f"review_index has {mark} of a review number {show_id(stray_row.seq)}, which is not there"
    return LedgerFinding(part=LedgerPart.INDEX, says=says, member="review_index")


def _show_mark(kind: object, value: object) -> str:
    return f'"{shorten_text(escape_unprintable(str(value)), MAX_MARK_LENGTH)}" ({show_id(kind)})'
