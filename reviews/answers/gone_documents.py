"""Documents that went while their review was answered: no review was open then that could say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind, ReviewState
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import build_document_gone
from reviews.ledger.unanswered_revisions import DEPARTURE_KINDS, describe_unanswered, find_last_movement
from reviews.tree import FilePresence

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork

_KIND_BY_PRESENCE = {
    FilePresence.TRASHED: ChangeKind.TRASHED,
    FilePresence.DELETED: ChangeKind.DELETED,
}


def record_document_gone_meanwhile(work: UnitOfWork, review: Review, *, at: datetime) -> None:
    """Record of a review that is open again that its document is not there, unless an entry says so.

    Nor where that is what is under review. A document that was moved out is not stored any more, and files
    of a bulk review are not looked up. The caller has not yet requested a drawing.
    """
    state = work.files.get(review.file_id) if review.state is ReviewState.OPEN else None
    kind = _KIND_BY_PRESENCE.get(state.presence) if state is not None else None
    is_under_review = review.kind in DEPARTURE_KINDS
    if kind is None or is_under_review or _is_recorded(work, review):
        return
    unanswered = describe_unanswered(work, review, cause=kind.value, at=at)
    work.ledger.append(build_document_gone(review, kind=kind, unanswered=unanswered, at=at))


def _is_recorded(work: UnitOfWork, review: Review) -> bool:
    entry = find_last_movement(work, review)
    if entry is None or entry.get("revision") != review.revision:
        return False
    return bool(entry["type"] == EntryType.REVIEW_DOCUMENT_GONE)
