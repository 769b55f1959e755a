"""Reminders that are due at one time, put into messages: one for each person and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.kinds import Decision
from reviews.notice import FollowUpNotice, NoticeKind, ReminderNotice
from reviews.notice_facts import get_review_facts, is_broadcast
from reviews.quorum import list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.model import Review
    from reviews.ports.reminders import QueuedReminder
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_REMINDERS_AT_ONCE = 1000


def write_messages(
    work: UnitOfWork, routes: Routes, direct_message_channels: Collection[str], *, at: datetime
) -> int:
    """Put queued reminders into messages, at most `MAX_REMINDERS_AT_ONCE`; return their number."""
    queued = work.queued_reminders.take(MAX_REMINDERS_AT_ONCE)
    reviews = {review.id: review for review in work.reviews.get_many([each.review_id for each in queued])}
    for reminder in queued:
        if (review := reviews.get(reminder.review_id)) is not None:
            _owe_single(work, reminder, review, routes.find_route(review.route))
    return len(queued)


def _owe_single(work: UnitOfWork, reminder: QueuedReminder, review: Review, route: Route | None) -> None:
    """Owe the notice of one reminder: beside the cards of its review, or in the channel that is notified."""
    notice = build_notice(reminder, review, route)
    cause = f"{reminder.kind}:{reminder.at.isoformat()}"
    if reminder.place is None:
        work.cards.owe_notices(review.id, notice, cause=cause)
    else:
        work.cards.owe_notice(reminder.place, notice, cause=cause, review_id=review.id)


def build_notice(
    reminder: QueuedReminder, review: Review, route: Route | None
) -> ReminderNotice | FollowUpNotice:
    facts: dict[str, Any] = {
        **get_review_facts(review),
        "at": reminder.at,
        "mention": reminder.recipients,
        "broadcast": is_broadcast(route),
    }
    if reminder.kind is not NoticeKind.FOLLOW_UP:
        return ReminderNotice(kind=reminder.kind, **facts, due_at=review.due_at)
    request = next(
        each for each in reversed(list_valid_answers(review)) if each.decision is Decision.REQUEST_CHANGES
    )
    return FollowUpNotice(**facts, who=request.reviewer.name, note=request.note, requested_at=request.at)
