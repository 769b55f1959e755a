"""Reviews of which the clock has reminded, and the delivery of these reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.notice import FollowUpNotice, Notice, ReminderListNotice, ReminderNotice
from reviews.routes.route import Routes, Target
from reviews.routes.working_time import WorkingHours
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request
from tests.reviews.notices import RefusingChannel, speak_through
from tests.reviews.samples import event, route, routes
from tests.reviews.samples import review as make_review

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

MONDAY = datetime(2026, 3, 9, 9, 0, 0, 345_678, tzinfo=UTC)
HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
NEW_OWNER, LEAD = Reviewer(name="Second", email="second@example.com"), "lead@example.com"
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


def remind_of(desk: Desk, count: int = 1, **rules: Any) -> list[Review]:
    """Open reviews on Monday at nine, deliver their cards, and have the clock remind of them at ten."""
    desk.clock.now = MONDAY
    follow(desk, **{"remind": HOUR, **rules})
    reviews = [desk.open(event(file_id=f"f{number}", title=f"{number}.docx")) for number in range(count)]
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)
    return reviews


def follow(desk: Desk, **rules: Any) -> None:
    desk.follow(routes(**{"working_hours": HOURS, "review": frozenset(ChangeKind), **rules}))


def remind(desk: Desk, at: datetime) -> None:
    desk.clock.now = at
    while desk.reminders.process_due_reviews():
        pass


def deliver(desk: Desk) -> list[tuple[str, Notice]]:
    """Deliver what is due now, once each, and return what arrived."""
    before = len(desk.paper.notices)
    for post in desk.notices():
        if is_reminder(post.notice) and post.message_id is None:
            deliver_card(desk.delivery, post.id)
    return desk.paper.notices[before:]


def is_reminder(notice: Notice | None) -> bool:
    return isinstance(notice, ReminderNotice | ReminderListNotice | FollowUpNotice)


def answer(desk: Desk, review: Review, decision: Decision = Decision.ACKNOWLEDGE) -> None:
    desk.answers.record_answer(build_answer_request(review, decision=decision, note="No."))


def remind_beside_cards_of_two_routes(desk: Desk, **rules_of_second: Any) -> None:
    """Remind a person who gets no direct message of a review on each of two routes.

    Their list is sent beside the card of the first, in that route's channel.
    """
    common = {"working_hours": HOURS, "review": frozenset(ChangeKind), "remind": HOUR}
    first, second = (Target(notifier="paper", address=address) for address in ("C1", "C2"))
    here = route(name="here", watch=("1",), notify=(first,), **common)
    desk.follow(
        Routes([here, route(name="there", watch=("2",), notify=(second,), **common, **rules_of_second)])
    )
    speak_through(desk, RefusingChannel(shy=True))
    desk.clock.now = MONDAY
    with desk.transactions() as work:
        for number, (name, address) in enumerate((("here", "C1"), ("there", "C2"))):
            each = make_review(id=name, file_id=name, title=f"{name}.docx", route=name, opened_at=MONDAY)
            work.reviews.add(replace(each, remind_at=MONDAY + number * INSTANT))
            work.cards.owe(name, [("paper", address)])
        work.commit()
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)
    deliver(desk)
    desk.clock.advance(seconds=2)


def titles(notice: Notice) -> list[str]:
    assert isinstance(notice, ReminderListNotice)
    return sorted(line.title for line in notice.reminders)
