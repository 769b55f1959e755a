"""Messages of the ladder before they are sent: checked against the reviews as they are now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.absences.resolution import refresh_stand_ins
from reviews.ladder.campaign_lines import list_campaign_documents, update_campaign_lines
from reviews.ladder.message_updates import cut_list, find_sending_time, list_review_ids, update_message
from reviews.notice import ReminderListNotice, ReminderMessage
from reviews.people.answerers import name_people

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.campaign import WaitingDocument
    from reviews.model import Post
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class UpdatedReminder:
    """A message with its reviews as they are now, and from when on it may be sent.

    `is_over` says that no one is asked any more.
    """

    post: Post
    sends_at: datetime
    is_over: bool = False


def update_reminder(work: UnitOfWork, post: Post, routes: Routes, *, now: datetime) -> UpdatedReminder | None:
    """Return the message of a post as it is sent now; `None` for any other post.

    All reviews of a list are read at once.
    """
    notice = post.notice
    if not isinstance(notice, ReminderMessage):
        return None
    stored = work.reviews.get_many(list_review_ids(notice, post.review_id))
    reviews = {each.id: each for each in refresh_stand_ins(work, stored, routes, at=now)}
    absent = dict.fromkeys(each.absent for review in reviews.values() for each in review.stand_ins)
    names = {address: name_people(work, [address])[0] for address in absent}
    if isinstance(notice, ReminderListNotice):
        notice = update_campaign_lines(notice, _list_documents(work, notice), now=now)
    updated = update_message(notice, reviews, routes, review_id=post.review_id, now=now, names=names)
    if updated is None:
        return UpdatedReminder(post=post, sends_at=now, is_over=True)
    sends_at = find_sending_time(updated, routes, now)
    return UpdatedReminder(post=replace(post, notice=cut_list(updated)), sends_at=sends_at)


def _list_documents(work: UnitOfWork, notice: ReminderListNotice) -> dict[str, WaitingDocument]:
    review_ids, people = list_campaign_documents(notice)
    return work.campaigns.list_waiting(review_ids, people) if review_ids else {}
