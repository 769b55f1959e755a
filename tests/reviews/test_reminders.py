"""What the clock tells: reminders in working time, once, to those who have not answered; and the deadline."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.identity import Person, Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.ladder.next_look import MAX_OVERDUE_DAYS
from reviews.notice import NoticeKind, ReminderListNotice, ReminderNotice
from reviews.routes.route import SegregationOfDuties
from reviews.routes.working_time import WorkingHours
from runtime.worker.maintenance import delete_expired
from tests.databases import ON_SQLITE
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, routes

if TYPE_CHECKING:
    from typing import Any

    from reviews.model import Review

HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
MONDAY = datetime(2026, 3, 9, 9, 0, 0, 345_678, tzinfo=UTC)
SECOND_OWNER = "second@example.com"
FOUR_HOURS, A_DAY = timedelta(hours=4), timedelta(hours=8)


def opened(desk: Desk, **rules: Any) -> Review:
    """Open a review on Monday at nine, with a reminder every four hours of work unless `rules` say else."""
    desk.clock.now = MONDAY
    desk.follow(routes(**{"remind": FOUR_HOURS, "working_hours": HOURS, **rules}))
    return desk.open(event())


def at(desk: Desk, moment: datetime) -> list[NoticeKind]:
    """Let it be then, let the clock look until nothing is due, and return what it told beside one card."""
    before = len(list_reminders(desk))
    desk.clock.now = moment
    for _ in range(10):
        if not desk.reminders.process_due_reviews():
            return [notice.kind for notice in list_reminders(desk)[before:]]
    raise AssertionError("the clock finds no end")


def list_reminders(desk: Desk) -> list[ReminderNotice]:
    """Return what the clock has told beside the first card."""
    posts = (post for post in desk.notices() if post.target == "C1")
    return [post.notice for post in posts if isinstance(post.notice, ReminderNotice)]


def types(desk: Desk) -> list[str]:
    return [entry["type"] for entry in desk.entries()]


def test_an_open_review_is_reminded_of_after_so_much_working_time_and_again(desk: Desk) -> None:
    opened(desk)

    assert at(desk, MONDAY + timedelta(hours=3, minutes=59)) == []
    assert at(desk, MONDAY + FOUR_HOURS) == [NoticeKind.REMINDER]
    assert at(desk, MONDAY + FOUR_HOURS) == []
    assert at(desk, MONDAY + timedelta(hours=7, minutes=59)) == []
    assert at(desk, MONDAY + timedelta(days=1)) == [NoticeKind.REMINDER]
    assert [notice.mention for notice in list_reminders(desk)] == [(OWNER,), (OWNER,)]
    assert types(desk) == ["review:opened", "review:reminded", "review:reminded"]
    assert desk.verdict().intact


def test_a_reminder_that_falls_due_outside_working_hours_waits_for_the_next_working_day(desk: Desk) -> None:
    opened(desk)
    saturday, monday = MONDAY + timedelta(days=5, hours=2), MONDAY + timedelta(days=7)

    assert at(desk, saturday) == []
    assert at(desk, monday - timedelta(seconds=1)) == []
    assert at(desk, monday) == [NoticeKind.REMINDER]


def test_what_passed_while_no_worker_ran_is_told_once(desk: Desk) -> None:
    opened(desk)

    assert at(desk, MONDAY + timedelta(days=14)) == [NoticeKind.REMINDER]


def test_a_worker_that_slept_through_reminders_and_the_deadline_tells_of_the_deadline_only(
    desk: Desk,
) -> None:
    opened(desk, due=A_DAY * 2)

    assert at(desk, MONDAY + timedelta(days=3)) == [NoticeKind.OVERDUE]


def test_the_deadline_is_told_once_also_to_the_deputies_and_stands_in_the_record(desk: Desk) -> None:
    review = opened(desk, remind=None, due=A_DAY)
    assert review.due_at is not None

    assert at(desk, review.due_at - timedelta(seconds=1)) == []
    assert at(desk, review.due_at) == [NoticeKind.OVERDUE]
    assert at(desk, review.due_at + timedelta(days=60)) == []
    assert list_reminders(desk)[0].mention == (OWNER, DEPUTY)
    assert types(desk) == ["review:opened", "review:escalated", "review:lapsed"]
    assert desk.latest(review.file_id).lapsed_at == review.due_at
    assert desk.verdict().intact


@ON_SQLITE
def test_past_the_deadline_there_is_one_reminder_a_working_day_and_none_after_a_week(desk: Desk) -> None:
    review = opened(desk, remind=timedelta(hours=1), due=FOUR_HOURS)
    assert review.due_at is not None

    reminders = at(desk, review.due_at)
    days = []
    for hours in range(2, 24 * 30, 2):
        days += [review.due_at + timedelta(hours=hours)] * len(
            at(desk, review.due_at + timedelta(hours=hours))
        )

    assert reminders == [NoticeKind.OVERDUE]
    assert len(days) == MAX_OVERDUE_DAYS
    assert len({day.date() for day in days}) == MAX_OVERDUE_DAYS


def test_someone_who_puts_it_off_is_reminded_then_and_not_before(desk: Desk) -> None:
    review = opened(desk, due=A_DAY)
    friday = MONDAY + timedelta(days=4)
    desk.hand_over.snooze(make_review_request(review), until=friday)

    assert at(desk, friday - timedelta(seconds=1)) == []
    assert at(desk, friday) == [NoticeKind.OVERDUE]


def test_a_card_says_once_that_it_is_overdue_while_its_reminders_rest(desk: Desk) -> None:
    review = opened(desk, due=A_DAY)
    desk.hand_over.snooze(make_review_request(review), until=MONDAY + timedelta(days=5))
    desk.deliver_all()
    assert review.due_at is not None

    assert at(desk, review.due_at) == []
    desk.deliver_all()
    assert at(desk, review.due_at + timedelta(days=1)) == []
    desk.deliver_all()

    drawn = [card for to, _, card in desk.paper.updates if to == "C1"]
    assert [card.overdue_since for card in drawn] == [review.due_at]
    assert drawn[-1].snoozed_until == MONDAY + timedelta(days=5)


def test_what_was_put_off_on_a_route_without_a_deadline_comes_back_at_that_time(desk: Desk) -> None:
    review = opened(desk, remind=None)
    sunday, monday = MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)
    desk.hand_over.snooze(make_review_request(review), until=sunday)

    assert at(desk, sunday) == []  # not outside working hours, though it was snoozed until then
    assert at(desk, monday) == [NoticeKind.REMINDER]
    assert at(desk, monday + timedelta(days=30)) == []


@pytest.mark.parametrize("decision", list(Decision))
def test_an_answered_review_is_not_reminded_of(desk: Desk, decision: Decision) -> None:
    review = opened(desk, due=A_DAY)
    desk.answers.record_answer(build_answer_request(review, decision=decision, note="No."))

    assert at(desk, MONDAY + timedelta(days=10)) == []
    assert desk.latest(review.file_id).lapsed_at is None


def test_an_answer_that_is_taken_back_sets_the_clock_going_again(desk: Desk) -> None:
    review = opened(desk)
    desk.answers.record_answer(build_answer_request(review))
    desk.clock.now = MONDAY + timedelta(days=1)
    desk.answers.withdraw(make_review_request(review))

    assert at(desk, MONDAY + timedelta(days=1, hours=3)) == []
    assert at(desk, MONDAY + timedelta(days=1, hours=4)) == [NoticeKind.REMINDER]
    assert desk.verdict().intact


def test_more_edits_do_not_put_a_reminder_off(desk: Desk) -> None:
    review = opened(desk)
    desk.clock.now = MONDAY + timedelta(hours=3)
    desk.portal.versions[review.file_id] = 9
    assert desk.open(event()).revision == 2

    assert at(desk, MONDAY + FOUR_HOURS) == [NoticeKind.REMINDER]
    assert list_reminders(desk)[0].revision == 2


def test_only_those_who_have_not_answered_are_reminded(desk: Desk) -> None:
    review = opened(desk, owners=(OWNER, SECOND_OWNER), required=None)
    desk.answers.record_answer(build_answer_request(review))

    assert at(desk, MONDAY + FOUR_HOURS) == [NoticeKind.REMINDER]
    assert list_reminders(desk)[0].mention == (SECOND_OWNER,)


def test_no_one_is_reminded_of_their_own_change_and_the_deputies_are_instead(desk: Desk) -> None:
    opened(desk, owners=(str(ALICE.email),), due=A_DAY)

    at(desk, MONDAY + FOUR_HOURS)
    at(desk, MONDAY + timedelta(days=1))

    assert [notice.mention for notice in list_reminders(desk)] == [(DEPUTY,), (DEPUTY,)]


def test_where_no_one_is_left_to_answer_no_one_is_reminded(desk: Desk) -> None:
    opened(desk, owners=(str(ALICE.email),), deputies=())

    assert at(desk, MONDAY + FOUR_HOURS) == []
    assert types(desk) == ["review:opened"]


def test_the_author_is_not_reminded_of_the_own_change_even_where_they_may_answer(desk: Desk) -> None:
    opened(desk, owners=(str(ALICE.email), OWNER), segregation_of_duties=SegregationOfDuties.OFF)

    assert at(desk, MONDAY + FOUR_HOURS) == [NoticeKind.REMINDER]
    assert list_reminders(desk)[0].mention == (OWNER,)


def test_a_review_whose_route_is_gone_still_lapses(desk: Desk) -> None:
    review = opened(desk, due=A_DAY)
    desk.follow(routes(name="another"))
    assert review.due_at is not None

    assert at(desk, review.due_at) == [NoticeKind.OVERDUE]
    assert at(desk, review.due_at + timedelta(days=9)) == []


def test_a_duty_that_was_handed_over_is_the_other_persons_to_be_reminded_of(desk: Desk) -> None:
    review = opened(desk)
    desk.hand_over.reassign(
        make_review_request(review), new_owner=make_proven_person(Reviewer(name="Second", email=SECOND_OWNER))
    )

    at(desk, MONDAY + FOUR_HOURS)

    assert list_reminders(desk)[0].mention == (SECOND_OWNER,)


def test_several_workers_at_once_send_each_reminder_once(desk: Desk) -> None:
    desk.follow(routes(remind=timedelta(hours=1), review=frozenset(ChangeKind)))
    for number in range(10):
        desk.open(event(file_id=f"f{number}", actor=Person(id=ALICE.id, name="")))
    desk.clock.advance(hours=1)
    together = Barrier(4)

    def work() -> None:
        together.wait()
        with suppress(sa.exc.OperationalError):  # a busy SQLite is asked again in the next round
            desk.look()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.look()

    notices = [post.notice for post in desk.notices()]
    listed = [
        line.review_id for each in notices if isinstance(each, ReminderListNotice) for line in each.reminders
    ]
    single = [
        str(post.review_id)
        for post in desk.notices()
        if isinstance(post.notice, ReminderNotice) and post.target == "C1"
    ]
    assert sorted([*listed, *single]) == sorted(review.id for review in desk.reviews())
    assert types(desk).count("review:reminded") == 10
    assert desk.verdict().intact


def test_the_ledger_is_missed_by_a_count_of_reminders_that_it_does_not_tell_of(desk: Desk) -> None:
    review = opened(desk)
    with desk.transactions() as work:
        work.reviews.save_clock(replace(review, remind_at=None, reminders=1))
        work.commit()

    assert "reminders" in (desk.verdict().problem or "")


def test_a_deadline_that_was_made_to_lapse_behind_the_programs_back_is_found(desk: Desk) -> None:
    review = opened(desk)
    with desk.transactions() as work:
        work.reviews.save_clock(replace(review, remind_at=None, lapsed_at=desk.clock()))
        work.commit()

    assert "lapsed" in (desk.verdict().problem or "")


@pytest.mark.parametrize("rules", [{}, {"remind": None, "due": A_DAY}], ids=["interval", "deadline"])
def test_a_review_whose_next_look_was_taken_away_is_looked_at_again(
    desk: Desk, rules: dict[str, Any]
) -> None:
    review = opened(desk, **rules)
    planned = review.remind_at
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE reviews SET remind_at = NULL")

    delete_expired(desk.transactions, desk.reminders.routes, now=desk.clock())

    assert planned is not None
    assert desk.latest(review.file_id).remind_at == planned
    desk.answers.record_answer(build_answer_request(review))
    delete_expired(desk.transactions, desk.reminders.routes, now=desk.clock())
    assert desk.latest(review.file_id).remind_at is None
