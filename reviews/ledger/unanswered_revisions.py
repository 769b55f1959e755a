"""Revisions that end without an answer, as the entry that ends one records it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.kinds import ChangeKind
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import format_moment
from reviews.quorum import count_required_answers, list_acknowledgements

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.bulk import BulkFile
    from reviews.model import Review
    from reviews.ports.cards import CardDrawing
    from reviews.ports.ledger import LedgerEntry
    from reviews.ports.unit_of_work import UnitOfWork

DEPARTURE_KINDS = frozenset({ChangeKind.TRASHED, ChangeKind.DELETED, ChangeKind.MOVED_OUT})
"""Kinds of changes after which the document is not where it has to be reviewed."""
RETURN_KINDS = frozenset({ChangeKind.RESTORED, ChangeKind.MOVED_IN})
"""Kinds of changes after which it is there again."""
MAX_ENTRIES_READ = 50
"""Last entries of a review among which one that its document went is looked for."""
_MOVEMENT_TYPES = frozenset({EntryType.REVIEW_DOCUMENT_GONE, EntryType.REVIEW_DOCUMENT_BACK})
JOINED_BULK_REVIEW, TAKEN_OUT = "joined_bulk_review", "taken_out"
"""Causes besides the kinds of changes: the duty goes on in another review, with the same content."""


def describe_unanswered(
    work: UnitOfWork, review: Review, *, cause: str, at: datetime, file: BulkFile | None = None
) -> dict[str, Any]:
    """Return what had no answer when its revision ended, or its document went: a member of that entry.

    `review` is the review before that, with its answers. `file` is the file of a bulk review that it is
    about: it has waited since it joined. The caller has not yet requested a drawing of what comes next.
    """
    since = file.joined_at if file else review.changed_at
    is_first = file is None and review.revision == 1
    was_posted = was_revision_posted(work.cards.list_drawings(review.id), since=since, is_first=is_first)
    return {
        "cause": cause,
        "revision": review.revision,
        "version": file.version_to if file else review.version_to,
        "content": file.content if file else review.content,
        "since": format_moment(since),
        "due_at": format_moment(review.due_at),
        "overdue": review.due_at is not None and at > review.due_at,
        "acknowledged": len(list_acknowledgements(review)),
        "required": count_required_answers(review),
        "was_posted": was_posted,
    }


def find_last_movement(work: UnitOfWork, review: Review) -> LedgerEntry | None:
    """Return the last entry by which a review's document went or came back, if it is among the last ones."""
    entries = work.ledger.list_last_entries(review.id, MAX_ENTRIES_READ)
    return next((entry for entry in reversed(entries) if entry.get("type") in _MOVEMENT_TYPES), None)


def was_revision_posted(
    drawings: Iterable[CardDrawing], *, since: datetime, is_first: bool = False
) -> bool | None:
    """Return whether a card has shown the revision that began at `since`; `None` if that can't be known.

    Of the first revision each drawing is one. Later, a card that is not up to date and was drawn since then
    may have shown it, or have been read before and stored after it began.
    """
    answers = {_was_drawn(drawing, since=since, is_first=is_first) for drawing in drawings}
    return True if True in answers else None if None in answers else False


def _was_drawn(drawing: CardDrawing, *, since: datetime, is_first: bool) -> bool | None:
    if drawing.is_current or (is_first and drawing.drawn_at is not None):
        return True
    is_uncertain = drawing.is_uncertain or (drawing.drawn_at is not None and drawing.drawn_at >= since)
    return None if is_uncertain else False
