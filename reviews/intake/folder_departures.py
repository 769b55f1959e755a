"""Documents under open reviews that go and come back with their folder.

DocSpace sends an event of the folder alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.answers.permission import require_known_review
from reviews.kinds import ReviewState
from reviews.ledger.folder_entries import build_folder_gone
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import build_document_back, build_document_gone
from reviews.ledger.unanswered_revisions import (
    DEPARTURE_KINDS,
    RETURN_KINDS,
    describe_unanswered,
    find_last_movement,
)
from reviews.tree import FOLDER_ID_PREFIX, FilePresence

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.changes.change import Change
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork

MAX_ENTRIES = 25
"""Reviews that get an entry each. Above that there is one for all, so that none waits long for the ledger."""
MAX_IDS = 100
"""Reviews that the one entry names."""


def record_documents_in_folder(work: UnitOfWork, change: Change, *, at: datetime) -> None:
    """Record for open reviews that documents of theirs went with a folder, or came back; they stay open.

    The files must still be stored as they were before.
    """
    kind = change.judgement.kind
    if not change.subject.startswith(FOLDER_ID_PREFIX) or kind not in DEPARTURE_KINDS | RETURN_KINDS:
        return
    is_departure = kind in DEPARTURE_KINDS
    open_reviews = work.files.find_open_reviews_beneath(
        change.subject.removeprefix(FOLDER_ID_PREFIX),
        FilePresence.PRESENT if is_departure else FilePresence.TRASHED,
        route=change.route.name,
        limit=MAX_IDS,
    )
    if open_reviews.count > MAX_ENTRIES:
        if is_departure:
            folder = _describe_folder(change)
            work.ledger.append(build_folder_gone(folder, open_reviews, route=change.route.name, at=at))
        return
    for review_id, file_count in open_reviews.file_counts.items():
        review = work.reviews.lock(review_id)
        if review is None or review.state is not ReviewState.OPEN:
            continue
        require_known_review(review)
        if is_departure or _went_with_folder(work, review, change):
            work.ledger.append(_build_entry(work, review, change, file_count=file_count, at=at))


def _went_with_folder(work: UnitOfWork, review: Review, change: Change) -> bool:
    """Return whether a document went with its folder, and so comes back with it; others stay in the trash."""
    entry = find_last_movement(work, review)
    with_folder = entry.get("with_folder") if entry is not None else None
    if entry is None or not isinstance(with_folder, dict):
        return False
    is_gone = entry["type"] == EntryType.REVIEW_DOCUMENT_GONE
    return is_gone and bool(with_folder.get("file_id") == change.subject)


def _describe_folder(change: Change) -> dict[str, Any]:
    return {
        "kind": change.judgement.kind.value,
        "file_id": change.subject,
        "title": change.title,
        "path": change.path,
        "moved_to": change.moved_to,
        "events": list(change.events),
    }


def _build_entry(
    work: UnitOfWork, review: Review, change: Change, *, file_count: int, at: datetime
) -> dict[str, Any]:
    kind, with_folder = change.judgement.kind, {"file_id": change.subject, "files": file_count}
    if kind in RETURN_KINDS:
        return build_document_back(review, kind=kind, at=at, with_folder=with_folder)
    unanswered = describe_unanswered(work, review, cause=kind.value, at=at)
    return build_document_gone(review, kind=kind, unanswered=unanswered, at=at, with_folder=with_folder)
