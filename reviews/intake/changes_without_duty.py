"""Changes of which the route asks no review, while an earlier one of their document is open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reviews.bulk_reviews.file_views import make_bulk_file
from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from reviews.ledger.unanswered_revisions import DEPARTURE_KINDS, RETURN_KINDS, describe_unanswered
from reviews.tree import FilePresence

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.bulk_reviews.joining import Joining
    from reviews.changes.change import Change
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork


def record_without_duty(work: UnitOfWork, before: Review | None, change: Change, *, joining: Joining) -> bool:
    """Record for an open review what its route asks no review of; return whether it has an entry."""
    if before is None or before.state is not ReviewState.OPEN:
        return False
    at = joining.clock()
    moved = _build_move(work, before, change, at=at)
    # This requests a drawing, so what was shown is read first.
    is_renamed = _relabel(work, before, change, joining=joining, at=at)
    if moved is not None:
        work.ledger.append(moved)
    return is_renamed or moved is not None


def list_label_fields(before: Review | None, change: Change) -> dict[str, Any]:
    """Return the document's title and place now, and at the start of what is under review."""
    title = (before and before.title_before) or change.title_before or (before.title if before else None)
    path = (before and before.path_before) or change.path_before
    return {
        "title": change.title,
        "path": change.path,
        "title_before": title if title != change.title else None,
        "path_before": path if path != change.path else None,
        "moved_to": change.moved_to,
    }


def _relabel(work: UnitOfWork, before: Review, change: Change, *, joining: Joining, at: datetime) -> bool:
    """Update the title and place of the document on an open card; return whether that was recorded."""
    labels = list_label_fields(before, change)
    after = replace(before, **labels, link=change.link, folders=change.folders or before.folders)
    is_renamed = any(getattr(before, name) != label for name, label in labels.items())
    if before.is_file_view:
        return joining.relabel_file(work, before, make_bulk_file(after, joined_at=at))
    if not (is_renamed or after.link != before.link) or not work.reviews.relabel(after):
        return False
    build_entry = ledger_entries.build_relabelled if is_renamed else ledger_entries.build_relinked
    work.ledger.append(build_entry(after, at=at))
    work.cards.redraw_later(before.id)
    return is_renamed


def _build_move(work: UnitOfWork, before: Review, change: Change, *, at: datetime) -> dict[str, Any] | None:
    """Return the entry of an open review whose document went or came back; nothing for another change."""
    kind = change.judgement.kind
    if kind in RETURN_KINDS:
        return ledger_entries.build_document_back(before, kind=kind, at=at)
    if kind not in DEPARTURE_KINDS:
        return None
    unanswered = None
    if not _is_gone_already(work, before):
        file = work.bulk_files.get(before.id, before.file_id) if before.is_file_view else None
        unanswered = describe_unanswered(work, before, cause=kind.value, at=at, file=file)
    return ledger_entries.build_document_gone(before, kind=kind, unanswered=unanswered, at=at)


def _is_gone_already(work: UnitOfWork, review: Review) -> bool:
    """Return whether the document went before, under the same revision, which an entry said then."""
    state = work.files.get(review.file_id)
    is_absent = state is not None and state.presence is not FilePresence.PRESENT
    return is_absent and review.kind not in DEPARTURE_KINDS
