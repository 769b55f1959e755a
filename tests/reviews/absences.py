"""People who go away and come back, and what the clock does then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reviews.notice import NoticeKind, ReminderListNotice, ReminderNotice
from reviews.ports.absences import Absence, AbsenceSource
from tests.reviews.deliveries import deliver_card
from tests.reviews.samples import OWNER, event, routes

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review
    from reviews.notice import Notice
    from tests.reviews.desk import Desk

STAND_IN, NEXT, THIRD = "juris@example.com", "next@example.com", "third@example.com"
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
HANDED_OVER, HANDED_BACK = "review:handed_over", "review:handed_back"


def leave(desk: Desk, person: str = OWNER, stand_in: str | None = STAND_IN, **more: Any) -> Absence:
    """Store an absence of a week that begins now, or as `more` says, and have its reviews gone through."""
    now = desk.clock()
    values = {"starts_at": now, "ends_at": now + WEEK, "source": AbsenceSource.CHAT, "made_at": now, **more}
    absence = Absence(person=person, stand_in=stand_in, check_at=now, **values)
    with desk.transactions() as work:
        stored = work.absences.add(absence)
        work.commit()
    return stored


def change(desk: Desk, absence: Absence, **members: Any) -> None:
    """Change an absence now, as a command does."""
    now = desk.clock()
    with desk.transactions() as work:
        current = work.absences.get(absence.id, lock=True)
        assert current is not None
        work.absences.update(
            replace(current, **{"made_at": now, "check_at": now, "checked_seq": 0, **members})
        )
        work.commit()


def read(desk: Desk, absence: Absence) -> Absence:
    with desk.transactions(reading=True) as work:
        stored = work.absences.get(absence.id)
    assert stored is not None
    return stored


def hand_over(desk: Desk) -> None:
    """Go through the reviews of those whose absence is due, until none is."""
    for _ in range(1000):
        if not desk.hand_overs.process_due():
            return
    raise AssertionError("the hand-overs find no end")


def pass_time(desk: Desk, to: datetime | None = None) -> None:
    """Let it be then, and let the clock look until nothing is due."""
    desk.clock.now = to or desk.clock.now
    hand_over(desk)
    desk.look()


def list_entries(desk: Desk, review: Review | None = None) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the entries of hand-overs: of which owner, and to or from whom."""
    return [
        (entry["type"], entry["owner"], tuple(entry.get("to") or entry["from"]))
        for entry in desk.entries()
        if entry["type"] in {HANDED_OVER, HANDED_BACK} and (review is None or entry["review_id"] == review.id)
    ]


def list_stand_ins(desk: Desk, review: Review) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.absent, each.people) for each in get(desk, review).stand_ins]


def get(desk: Desk, review: Review) -> Review:
    with desk.transactions(reading=True) as work:
        stored = work.reviews.get(review.id)
    assert stored is not None
    return stored


def open_several(desk: Desk, count: int, **rules: Any) -> list[Review]:
    """Open reviews of so many documents, each one's own, and deliver their cards."""
    desk.follow(routes(bulk=None, **rules))
    reviews = [desk.open(event(file_id=f"f{number}", title=f"{number}.docx")) for number in range(count)]
    desk.deliver_all()
    return reviews


def deliver(desk: Desk) -> list[tuple[str, Notice]]:
    """Deliver the messages of the clock that are due, once each, and return what arrived, with its place."""
    before = len(desk.paper.notices)
    for post in desk.notices():
        if isinstance(post.notice, ReminderNotice | ReminderListNotice) and post.message_id is None:
            deliver_card(desk.delivery, post.id)
    return desk.paper.notices[before:]


def list_messages(desk: Desk) -> list[tuple[NoticeKind, tuple[str, ...], str]]:
    """Deliver what is due, and return what arrived in the first channel: to whom, and for whom."""
    return [
        (notice.kind, notice.mention, notice.stand_in_for)
        for place, notice in deliver(desk)
        if place == "C1" and isinstance(notice, ReminderNotice)
    ]
