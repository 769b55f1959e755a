"""Rounds through the reviews of absent people: by several workers, killed anywhere, beside other work."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.absences.hand_overs import MAX_REVIEWS_AT_ONCE
from reviews.errors import Refused
from reviews.ladder.reminders import MAX_HAND_OVER_TIME
from reviews.notice import NoticeKind, ReminderListNotice
from reviews.routes.working_time import WorkingHours
from runtime.worker.rounds import ItemsFailed
from runtime.worker.skipping_rounds import SkippingRounds
from store.schema import reviews
from tests.databases import ON_SQLITE
from tests.reviews.absences import (
    HANDED_OVER,
    NEXT,
    STAND_IN,
    WEEK,
    change,
    deliver,
    get,
    hand_over,
    leave,
    list_entries,
    list_messages,
    list_stand_ins,
    open_several,
    pass_time,
    read,
)
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import OWNER, event, route, routes
from tests.store.reads import list_statements
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from reviews.model import Review

MANY = 2 * MAX_REVIEWS_AT_ONCE + 5
HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
SATURDAY = datetime(2026, 3, 14, 10, 0, 0, 345_678, tzinfo=UTC)
MONDAY = SATURDAY.replace(day=16, hour=9, minute=0, second=0, microsecond=1)


class _Killed(BaseException):
    """The end of a process: nothing of ours handles it."""


def count_handed_over(desk: Desk) -> int:
    return sum(kind == HANDED_OVER for kind, _owner, _people in list_entries(desk))


def test_a_long_list_is_gone_through_in_parts(desk: Desk) -> None:
    open_several(desk, MANY)
    absence = leave(desk)

    assert desk.hand_overs.process_due() == 1
    assert count_handed_over(desk) == MAX_REVIEWS_AT_ONCE
    assert read(desk, absence).checked_seq > 0
    assert desk.hand_overs.process_due() == 1
    assert count_handed_over(desk) == 2 * MAX_REVIEWS_AT_ONCE
    hand_over(desk)

    assert count_handed_over(desk) == MANY
    assert read(desk, absence).checked_seq == 0


def test_messages_wait_until_all_is_handed_over_but_not_for_long(desk: Desk) -> None:
    open_several(desk, MANY)
    leave(desk)
    desk.hand_overs.process_due()

    desk.look()
    assert [post for post in desk.notices() if post.notice] == []

    desk.clock.now += MAX_HAND_OVER_TIME + timedelta(seconds=1)
    desk.look()
    notices = [post.notice for post in desk.notices() if post.notice is not None]
    assert [notice.kind for notice in notices] == [NoticeKind.REMINDER_LIST]


def test_a_worker_that_is_killed_between_reviews_is_followed_by_another(desk: Desk) -> None:
    open_several(desk, MAX_REVIEWS_AT_ONCE)
    absence = leave(desk)
    started = 0

    def begin(**more: Any) -> Any:
        nonlocal started
        started += 1
        if started > 5:
            raise _Killed
        return desk.transactions(**more)

    with pytest.raises(_Killed):
        replace(desk.hand_overs, transactions=begin).process_due()
    assert count_handed_over(desk) == 3
    assert read(desk, absence).checked_seq == 0

    pass_time(desk)

    assert count_handed_over(desk) == MAX_REVIEWS_AT_ONCE
    assert desk.verdict().findings == ()


def test_several_workers_hand_each_review_over_once(desk: Desk) -> None:
    opened = open_several(desk, MANY)
    leave(desk)
    leave(desk, STAND_IN, NEXT)

    run_in_threads(4, lambda _number: hand_over(desk))

    counts = Counter(entry["review_id"] for entry in desk.entries() if entry["type"] == HANDED_OVER)
    assert counts == dict.fromkeys((each.id for each in opened), 1)
    assert {people for _kind, _owner, people in list_entries(desk)} == {(NEXT,)}
    assert desk.verdict().problem is None
    assert desk.verdict().findings == ()


def test_hand_overs_beside_answers_leave_a_ledger_that_agrees(desk: Desk) -> None:
    opened = open_several(desk, MANY)
    leave(desk)

    def work(number: int) -> None:
        if number == 0:
            hand_over(desk)
            return
        for review in opened[number::3]:
            with_refusal(desk, review)

    run_in_threads(3, work)
    hand_over(desk)

    assert desk.verdict().problem is None
    assert desk.verdict().findings == ()


def with_refusal(desk: Desk, review: Review) -> None:
    """Answer a review as its owner, which a route may refuse."""
    try:
        desk.answers.record_answer(build_answer_request(review))
    except Refused:
        return


def test_a_review_that_opens_while_the_absence_begins_is_handed_over(desk: Desk) -> None:
    desk.follow(routes(bulk=None))
    events = [desk.receive(event(file_id=f"f{number}")) for number in range(6)]
    absence = leave(desk)

    def work(number: int) -> None:
        if number == 0:
            hand_over(desk)
            return
        for each in events:
            desk.intake.process(each)

    run_in_threads(2, work)
    pass_time(desk, absence.starts_at + timedelta(minutes=5))

    assert [each.people for review in desk.reviews() for each in review.stand_ins] == [(STAND_IN,)] * 6
    assert count_handed_over(desk) == 6


def test_an_absence_that_is_changed_while_it_is_gone_through_is_gone_through_again(desk: Desk) -> None:
    opened = open_several(desk, MANY)
    absence = leave(desk)
    desk.hand_overs.process_due()

    desk.clock.advance(seconds=1)
    change(desk, absence, stand_in=NEXT)
    hand_over(desk)

    assert {get(desk, review).stand_ins[0].people for review in opened} == {(NEXT,)}


def test_a_message_waits_for_working_hours(desk: Desk) -> None:
    desk.clock.now = SATURDAY
    open_several(desk, 1, working_hours=HOURS)
    leave(desk)

    pass_time(desk)

    assert list_messages(desk) == []
    desk.clock.now = MONDAY
    assert list_messages(desk) == [(NoticeKind.HANDED_OVER, (STAND_IN,), OWNER)]


def test_who_is_back_before_the_message_was_sent_gets_none_and_nor_does_the_stand_in(desk: Desk) -> None:
    desk.clock.now = SATURDAY
    open_several(desk, 1, working_hours=HOURS)
    absence = leave(desk, ends_at=SATURDAY + timedelta(days=1))
    pass_time(desk)
    list_messages(desk)
    pass_time(desk, absence.ends_at)

    desk.clock.now = MONDAY

    assert list_messages(desk) == [(NoticeKind.HANDED_BACK, (OWNER,), "")]


def test_a_review_that_was_answered_is_left_out_of_the_list(desk: Desk) -> None:
    first, *_others = open_several(desk, 3)
    leave(desk)
    pass_time(desk)
    desk.answers.record_answer(build_answer_request(first))

    [(_place, notice)] = deliver(desk)

    assert isinstance(notice, ReminderListNotice)
    assert [line.title for line in notice.reminders] == ["1.docx", "2.docx"]
    assert {(line.kind, line.stand_in_for) for line in notice.reminders} == {(NoticeKind.HANDED_OVER, OWNER)}


def test_a_snooze_does_not_put_off_who_is_responsible(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    with desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).values(snoozed_until=desk.clock() + WEEK))
    leave(desk)

    pass_time(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,))]
    assert [kind for kind, _mention, _absent in list_messages(desk)] == [NoticeKind.HANDED_OVER]


def test_a_reminder_says_for_whom_the_stand_in_is_asked(desk: Desk) -> None:
    desk.follow(routes(remind=timedelta(hours=2)))
    desk.open(event())
    desk.deliver_all()
    leave(desk)
    pass_time(desk)
    list_messages(desk)

    pass_time(desk, desk.clock() + timedelta(hours=3))

    assert list_messages(desk) == [(NoticeKind.REMINDER, (STAND_IN,), OWNER)]


def test_a_tick_with_nothing_due_is_one_query(desk: Desk) -> None:
    open_several(desk, 3)
    leave(desk)
    hand_over(desk)

    statements = list_statements(desk.engine, desk.hand_overs.process_due)

    assert len([each for each in statements if "absences" in str(each)]) == 1
    assert len(statements) == 1


@ON_SQLITE
def test_an_absence_that_fails_holds_up_no_other(desk: Desk) -> None:
    other = "other@example.com"
    desk.follow(type(desk.routes)([route(), route(name="other", watch=("777",), owners=(other,))]))
    broken = desk.open(event())
    sound = desk.open(event(file_id="f1", parent_id="777"))
    leave(desk)
    leave(desk, other)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).where(reviews.c.id == broken.id).values(contributors=7))
    rounds = SkippingRounds("hand-overs", desk.hand_overs.process_due)

    for _ in range(2):
        with pytest.raises(ItemsFailed):
            rounds.process_some()

    with desk.transactions(reading=True) as work:
        stored = work.reviews.get(sound.id)
    assert stored is not None
    assert [each.people for each in stored.stand_ins] == [(STAND_IN,)]
    with desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).where(reviews.c.id == broken.id).values(contributors=[]))
    while rounds.process_some():
        pass
    assert list_stand_ins(desk, broken) == [(OWNER, (STAND_IN,))]
