"""Messages of the ladder when they are sent: what is still open, and who is still asked."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict

from reviews.identity import Reviewer
from reviews.kinds import ReviewState
from reviews.ladder.campaign_lines import join_campaign_lines
from reviews.ladder.next_look import find_opening
from reviews.ladder.notice_contents import build_line, build_notice, sort_lines
from reviews.ladder.people import Recipients
from reviews.notice import NoticeKind, ReminderLine, ReminderListNotice, ReminderNotice
from reviews.wording.placeholders import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from reviews.model import Review
    from reviews.notice import FollowUpNotice, ReminderMessage
    from reviews.routes.route import Routes

_OF_STAND_INS = frozenset({NoticeKind.HANDED_OVER, NoticeKind.HANDED_BACK})
_NO_NAMES: Mapping[str, str] = MappingProxyType({})
MAX_LISTED = 10
"""How many reviews of a list are shown; the others are counted."""


def list_review_ids(notice: ReminderMessage, review_id: str | None) -> list[str]:
    """Return the reviews that a message is about, without those of campaigns.

    `review_id` is the one beside whose cards it is sent.
    """
    if isinstance(notice, ReminderListNotice):
        return list(dict.fromkeys(line.review_id for line in notice.reminders if not line.campaign_id))
    return [review_id] if review_id else []


def update_message(
    notice: ReminderMessage,
    reviews: Mapping[str, Review],
    routes: Routes,
    *,
    review_id: str | None,
    now: datetime,
    names: Mapping[str, str] = _NO_NAMES,
) -> ReminderMessage | None:
    """Return a message as it is sent now: titles, deadlines and people are those of `reviews`.

    Lines of campaigns stay as they are: they are updated before. `names` are those of people who are away, by
    their addresses. `None` means that no one is asked any more.
    """
    if isinstance(notice, ReminderListNotice):
        updated = _update_list(notice, reviews, routes, now)
        return _name_absent_in_list(updated, reviews, names) if updated else None
    review = reviews.get(review_id or "")
    single = _update_notice(notice, review, routes, now) if review else None
    if review is None or not isinstance(single, ReminderNotice):
        return single
    return replace(single, **_describe_absent(review, single.mention, names))


def find_sending_time(notice: ReminderMessage, routes: Routes, now: datetime) -> datetime:
    """Return when a message that was updated may be sent: in the working hours of one of its routes.

    An urgent one does not wait.
    """
    names = {line.route for line in notice.reminders} if isinstance(notice, ReminderListNotice) else ()
    openings = [find_opening(routes.find_route(name), now) or now for name in names or (notice.route,)]
    return now if notice.urgent else min(openings)


def cut_list(notice: ReminderMessage) -> ReminderMessage:
    """Return a list with what is shown, each campaign as one line, and the number of the other reviews."""
    if not isinstance(notice, ReminderListNotice):
        return notice
    lines = join_campaign_lines(notice.reminders)
    omitted = sum(line.count for line in lines[MAX_LISTED:])
    return replace(notice, reminders=lines[:MAX_LISTED], unlisted_count=omitted)


class _AbsentPeople(TypedDict):
    """The members of a message that say for whom those who are asked stand in."""

    stand_in_for: str
    stand_in_until: datetime | None


def _describe_absent(review: Review, asked: Iterable[str], names: Mapping[str, str]) -> _AbsentPeople:
    addresses = {each.casefold() for each in asked}
    absent = [
        each
        for each in review.stand_ins
        if not addresses.isdisjoint(person.casefold() for person in each.people)
    ]
    return {
        "stand_in_for": join_names(names.get(each.absent, each.absent) for each in absent),
        "stand_in_until": min((each.until for each in absent), default=None),
    }


def _name_absent_in_list(
    notice: ReminderListNotice, reviews: Mapping[str, Review], names: Mapping[str, str]
) -> ReminderListNotice:
    lines = (
        line
        if line.campaign_id  # no one stands in
        else replace(line, **_describe_absent(reviews[line.review_id], line.recipients, names))
        for line in notice.reminders
    )
    return replace(notice, reminders=tuple(lines)) if notice.mention else notice


def _update_notice(
    notice: ReminderNotice | FollowUpNotice, review: Review, routes: Routes, now: datetime
) -> ReminderNotice | FollowUpNotice | None:
    recipients = Recipients(review=review, routes=routes)
    mention = recipients.list_still_asked(notice.kind, notice.mention)
    if not _is_pending(review, notice.kind, now) or (notice.mention and not mention):
        return None
    updated = build_notice(
        _choose_kind(notice.kind, review, now),
        review,
        recipients.route,
        at=notice.at,
        mention=mention,
        urgent=notice.urgent,
    )
    if isinstance(updated, ReminderNotice):
        waited_for = () if mention else recipients.list_people(deputies=False)
        who = tuple(Reviewer(name=each, email=each) for each in waited_for)
        updated = replace(updated, is_overdue=_is_overdue(review, now), who=who)
    return replace(updated, files=_count_files(review)) if updated else None


def _update_list(
    notice: ReminderListNotice,
    reviews: Mapping[str, Review],
    routes: Routes,
    now: datetime,
) -> ReminderListNotice | None:
    asks = bool(notice.mention)
    updated = [
        line
        if line.campaign_id
        else _update_line(line, reviews.get(line.review_id), routes, asks=asks, now=now)
        for line in notice.reminders
    ]
    lines = [line for line in updated if line is not None and (line.recipients or not asks)]
    if not lines:
        return None
    addresses = {address.casefold() for line in lines for address in line.recipients}
    return replace(
        notice,
        reminders=sort_lines(lines),
        mention=tuple(each for each in notice.mention if each.casefold() in addresses),
    )


def _update_line(
    line: ReminderLine, review: Review | None, routes: Routes, *, asks: bool, now: datetime
) -> ReminderLine | None:
    """Return a line as its review is, if that waits; where it asks no one, with those who are waited for."""
    if review is None or not _is_pending(review, line.kind, now):
        return None
    recipients = Recipients(review=review, routes=routes)
    people = (
        recipients.list_still_asked(line.kind, line.recipients)
        if asks
        else recipients.list_people(deputies=False)
    )
    updated = build_line(_choose_kind(line.kind, review, now), review, people)
    is_overdue = updated.due_at is not None and updated.due_at <= now
    return replace(updated, files=_count_files(review), is_overdue=is_overdue)


def _is_pending(review: Review, kind: NoticeKind, now: datetime) -> bool:
    """Return whether a review still waits for what a message of this kind asks for."""
    if review.superseded_by is not None:
        return False
    if kind is NoticeKind.FOLLOW_UP:
        return review.state is ReviewState.CHANGES_REQUESTED
    if kind in _OF_STAND_INS:
        return review.state is ReviewState.OPEN  # no reminder, which a snooze would put off
    is_snoozed = review.snoozed_until is not None and now < review.snoozed_until
    return review.state is ReviewState.OPEN and not is_snoozed


def _choose_kind(kind: NoticeKind, review: Review, now: datetime) -> NoticeKind:
    """Return the kind; an escalation before the deadline is one after it by now, if it waited."""
    return NoticeKind.OVERDUE if kind is NoticeKind.ESCALATED and _is_overdue(review, now) else kind


def _is_overdue(review: Review, now: datetime) -> bool:
    return review.due_at is not None and review.due_at <= now


def _count_files(review: Review) -> int:
    return review.bulk.count if review.bulk else 0
