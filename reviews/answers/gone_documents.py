"""Documents that went while their review was answered: no review was open then that could say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind, ReviewState
from reviews.ledger.campaign_entries import build_closed
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
    kind = _find_departure(work, review) if review.state is ReviewState.OPEN else None
    is_under_review = review.kind in DEPARTURE_KINDS
    if kind is None or is_under_review or _is_recorded(work, review):
        return
    unanswered = describe_unanswered(work, review, cause=kind.value, at=at)
    work.ledger.append(build_document_gone(review, kind=kind, unanswered=unanswered, at=at))


def close_unless_asked_for(work: UnitOfWork, review: Review, *, at: datetime) -> None:
    """Close a review of a campaign that is open again, if its document went meanwhile."""
    reason = _find_departure_from_route(work, review) if review.state is ReviewState.OPEN else None
    if reason is not None and work.reviews.close(review.id, at=at):
        work.ledger.append(build_closed(review, reason=reason.value, at=at))


def _find_departure(work: UnitOfWork, review: Review) -> ChangeKind | None:
    """Return how a review's document went; `None` where it is there, or is not stored."""
    state = work.files.get(review.file_id)
    return _KIND_BY_PRESENCE.get(state.presence) if state is not None else None


def _find_departure_from_route(work: UnitOfWork, review: Review) -> ChangeKind | None:
    """Return the same; what is not stored any more, but was reviewed on its route, was moved out."""
    if work.files.get(review.file_id) is not None:
        return _find_departure(work, review)
    was_known = work.reviews.find_latest_on_route(review.file_id, review.route) is not None
    return ChangeKind.MOVED_OUT if was_known else None


def _is_recorded(work: UnitOfWork, review: Review) -> bool:
    entry = find_last_movement(work, review)
    if entry is None or entry.get("revision") != review.revision:
        return False
    return bool(entry["type"] == EntryType.REVIEW_DOCUMENT_GONE)
