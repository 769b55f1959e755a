"""Messages of the ladder as they are sent: by the reviews as they are then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.ladder.message_updates import update_message
from reviews.notice import NoticeKind, ReminderListNotice, ReminderNotice
from reviews.wording.notice_sentences import describe_notice
from tests.reviews.samples import ALICE, OWNER, START, notice, reminder_line, review, routes

if TYPE_CHECKING:
    from typing import Any

    from reviews.model import Review
    from reviews.notice import Notice, ReminderMessage

HOUR = timedelta(hours=1)


def update(sent: Notice, *reviews: Review, **more: Any) -> ReminderMessage | None:
    assert isinstance(sent, ReminderNotice | ReminderListNotice)
    values = {"review_id": "rev-1", "now": START, **more}
    return update_message(sent, {each.id: each for each in reviews}, routes(), **values)


def list_lines(*kinds: NoticeKind, **more: Any) -> Notice:
    lines = tuple(reminder_line(number, kind, **more) for number, kind in enumerate(kinds, 1))
    return notice(NoticeKind.REMINDER_LIST, reminders=lines, mention=lines[0].recipients)


def test_a_list_is_ordered_by_the_deadlines_of_now() -> None:
    first, second = review(due_at=START + HOUR * 2), review(id="rev-2", due_at=START - HOUR)

    updated = update(list_lines(NoticeKind.REMINDER, NoticeKind.REMINDER), first, second)

    assert isinstance(updated, ReminderListNotice)
    lines = [(line.review_id, line.due_at, line.is_overdue) for line in updated.reminders]
    assert lines == [("rev-2", START - HOUR, True), ("rev-1", START + HOUR * 2, False)]


def test_an_escalation_that_waited_until_the_deadline_says_that_it_passed() -> None:
    escalation = notice(NoticeKind.ESCALATED, mention=(OWNER,))

    before = update(escalation, review(due_at=START + HOUR))
    after = update(escalation, review(due_at=START))

    assert before is not None
    assert after is not None
    assert (before.kind, after.kind) == (NoticeKind.ESCALATED, NoticeKind.OVERDUE)


def test_contributors_are_listed_only_what_is_sent_back_to_them_now() -> None:
    sent = list_lines(NoticeKind.FOLLOW_UP, NoticeKind.FOLLOW_UP, recipients=(str(ALICE.email),))
    back = review(state=ReviewState.CHANGES_REQUESTED, due_at=START)

    updated = update(sent, back, review(id="rev-2"))

    assert isinstance(updated, ReminderListNotice)
    lines = [(line.review_id, line.due_at, line.is_overdue) for line in updated.reminders]
    assert lines == [("rev-1", None, False)]


def test_a_channel_that_is_notified_learns_who_is_waited_for() -> None:
    updated = update(notice(NoticeKind.OVERDUE, who=()), review(due_at=START))
    asking = update(notice(NoticeKind.OVERDUE, who=(), mention=(OWNER,)), review(due_at=START))

    assert updated is not None
    assert asking is not None
    sentence = "The review of AML Policy 2026.docx is overdue."
    assert describe_notice(updated) == f"{sentence} It is waiting for {OWNER}."
    assert describe_notice(asking) == sentence


def test_a_review_that_is_gone_is_not_reminded_of() -> None:
    assert update(notice(NoticeKind.REMINDER, mention=(OWNER,))) is None
    assert update(list_lines(NoticeKind.REMINDER)) is None


def test_a_list_whose_people_have_all_been_replaced_is_not_sent() -> None:
    assert update(list_lines(NoticeKind.REMINDER, recipients=("gone@example.com",)), review()) is None


def test_of_several_people_in_a_list_only_those_are_mentioned_who_are_still_asked() -> None:
    line = reminder_line(1, NoticeKind.REMINDER, recipients=(OWNER, "gone@example.com"))
    sent = notice(NoticeKind.REMINDER_LIST, reminders=(line,), mention=line.recipients)

    updated = update(sent, review())

    assert isinstance(updated, ReminderListNotice)
    assert updated.mention == updated.reminders[0].recipients == (OWNER,)
