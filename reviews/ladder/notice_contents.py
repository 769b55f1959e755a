"""What a reminder says of a review, as the review is when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.kinds import Decision
from reviews.notice import FollowUpNotice, NoticeKind, ReminderLine, ReminderListNotice, ReminderNotice
from reviews.notice_facts import get_review_facts, is_broadcast
from reviews.quorum import list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.model import Answer, Review
    from reviews.routes.route import Route


def build_notice(
    kind: NoticeKind,
    review: Review,
    route: Route | None,
    *,
    at: datetime,
    mention: tuple[str, ...],
    urgent: bool,
) -> ReminderNotice | FollowUpNotice | None:
    """Return the notice of one review; `None` for a request for changes that was withdrawn."""
    facts: dict[str, Any] = {
        **get_review_facts(review),
        "at": at,
        "mention": mention,
        "broadcast": is_broadcast(route),
        "urgent": urgent,
    }
    if kind is not NoticeKind.FOLLOW_UP:
        return ReminderNotice(kind=kind, **facts, due_at=review.due_at)
    request = find_request(review)
    if request is None:
        return None
    return FollowUpNotice(**facts, who=(request.reviewer,), note=request.note, requested_at=request.at)


def build_line(kind: NoticeKind, review: Review, recipients: tuple[str, ...]) -> ReminderLine:
    """Return the review in a list; a request for changes has no deadline."""
    due_at = None if kind is NoticeKind.FOLLOW_UP else review.due_at
    return ReminderLine(
        review_id=review.id,
        kind=kind,
        title=review.title,
        path=review.path,
        link=review.link,
        revision=review.revision,
        due_at=due_at,
        route=review.route,
        private=review.private,
        recipients=recipients,
        campaign_id=review.campaign.id if review.campaign else "",
        campaign_name=review.campaign.name if review.campaign else "",
    )


def build_list(lines: Iterable[ReminderLine], *, at: datetime, urgent: bool) -> ReminderListNotice:
    """Return the list of one or more reviews; `lines` are in the order in which they were queued."""
    ordered = sort_lines(lines)
    mention: dict[str, str] = {}
    for address in (address for line in ordered for address in line.recipients):
        mention.setdefault(address.casefold(), address)
    return ReminderListNotice(
        title="",
        at=at,
        route=ordered[0].route,
        mention=tuple(mention.values()),
        reminders=ordered,
        urgent=urgent,
    )


def sort_lines(lines: Iterable[ReminderLine]) -> tuple[ReminderLine, ...]:
    """Return lines by their deadlines, so the longest overdue first; last those without one."""
    remaining = list(lines)
    with_deadline = [(line.due_at, number) for number, line in enumerate(remaining) if line.due_at]
    without = [line for line in remaining if line.due_at is None]
    return (*(remaining[number] for _due_at, number in sorted(with_deadline)), *without)


def find_request(review: Review) -> Answer | None:
    """Return the latest request for changes that counts."""
    answers = reversed(list_valid_answers(review))
    return next((each for each in answers if each.decision is Decision.REQUEST_CHANGES), None)
