"""Reviews of people who are away go to their stand-ins, and come back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.absences.resolution import SECOND_LOOK_AFTER, determine_stand_ins, plan_check
from reviews.identity import LinkedAccounts, Person, Reviewer
from reviews.ledger.ledger_entries import format_moment
from reviews.notice import NoticeKind
from reviews.ports.absences import AbsenceSource
from tests.reviews.absences import (
    HANDED_BACK,
    HANDED_OVER,
    MINUTE,
    NEXT,
    STAND_IN,
    WEEK,
    change,
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
from tests.reviews.desk import JURIS, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, START, event, routes

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

TO_STAND_IN = (HANDED_OVER, OWNER, (STAND_IN,))
BACK = (HANDED_BACK, OWNER, (STAND_IN,))


def test_an_open_review_goes_to_the_stand_in_and_comes_back(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    absence = leave(desk)

    pass_time(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,))]
    assert list_messages(desk) == [(NoticeKind.HANDED_OVER, (STAND_IN,), OWNER)]
    pass_time(desk, absence.ends_at)
    assert list_stand_ins(desk, review) == []
    assert list_messages(desk) == [(NoticeKind.HANDED_BACK, (OWNER,), "")]
    assert list_entries(desk) == [TO_STAND_IN, BACK]
    assert desk.verdict().findings == ()
    assert desk.verdict().problem is None


def test_the_entry_says_until_when_and_where_the_absence_was_declared(desk: Desk, review: Review) -> None:
    made_at = desk.clock() - timedelta(days=3)
    absence = leave(desk, source=AbsenceSource.CALENDAR, made_at=made_at)

    hand_over(desk)

    [entry] = [each for each in desk.entries() if each["type"] == HANDED_OVER]
    assert entry["review_id"] == review.id
    assert (entry["revision"], entry["source"]) == (1, "calendar")
    assert entry["until"] == format_moment(absence.ends_at)
    assert entry["declared_at"] == format_moment(made_at)


def test_nothing_is_handed_over_before_the_absence_begins(desk: Desk, review: Review) -> None:
    begins = START + timedelta(days=2)
    absence = leave(desk, starts_at=begins, ends_at=begins + WEEK)

    pass_time(desk, begins - MINUTE)
    assert list_entries(desk) == []

    pass_time(desk, begins)
    assert list_entries(desk, review) == [TO_STAND_IN]
    pass_time(desk, absence.ends_at)
    assert list_entries(desk, review) == [TO_STAND_IN, BACK]


def test_a_review_that_opens_meanwhile_goes_to_the_stand_in_at_once(desk: Desk) -> None:
    leave(desk)
    hand_over(desk)

    review = desk.open(event())

    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,))]
    assert list_entries(desk) == [TO_STAND_IN]
    hand_over(desk)
    assert list_entries(desk) == [TO_STAND_IN]


def test_a_review_that_opened_unseen_beside_the_beginning_is_handed_over_later(desk: Desk) -> None:
    absence = leave(desk)
    hand_over(desk)
    change(desk, absence, starts_at=START + WEEK, made_at=START, check_at=read(desk, absence).check_at)
    review = desk.open(event())
    change(desk, absence, starts_at=START, made_at=START, check_at=read(desk, absence).check_at)
    assert list_stand_ins(desk, review) == []

    pass_time(desk, START + SECOND_LOOK_AFTER)

    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,))]


def test_a_person_who_comes_back_early_gets_their_reviews_at_once(desk: Desk, review: Review) -> None:
    absence = leave(desk)
    pass_time(desk)
    desk.clock.advance(days=2)

    change(desk, absence, ended_at=desk.clock())
    pass_time(desk)

    assert list_entries(desk, review) == [TO_STAND_IN, BACK]
    pass_time(desk, absence.ends_at + WEEK)
    assert list_entries(desk, review) == [TO_STAND_IN, BACK]
    assert read(desk, absence).check_at is None


def test_another_stand_in_is_told_and_the_owner_is_not(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    absence = leave(desk)
    pass_time(desk)
    list_messages(desk)
    desk.clock.advance(hours=1)

    change(desk, absence, stand_in=NEXT)
    pass_time(desk)

    assert list_entries(desk, review) == [TO_STAND_IN, (HANDED_OVER, OWNER, (NEXT,))]
    assert list_messages(desk) == [(NoticeKind.HANDED_OVER, (NEXT,), OWNER)]


def test_a_longer_absence_is_recorded_and_tells_no_one_twice(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    absence = leave(desk)
    pass_time(desk)
    list_messages(desk)
    desk.clock.advance(hours=1)

    change(desk, absence, ends_at=absence.ends_at + WEEK)
    pass_time(desk)

    assert list_entries(desk, review) == [TO_STAND_IN, TO_STAND_IN]
    assert get(desk, review).stand_ins[0].until == absence.ends_at + WEEK
    assert list_messages(desk) == []
    assert desk.verdict().findings == ()


def test_a_change_of_nothing_leaves_no_entry(desk: Desk, review: Review) -> None:
    absence = leave(desk)
    pass_time(desk)
    change(desk, absence)

    pass_time(desk)

    assert list_entries(desk, review) == [TO_STAND_IN]


def test_an_answered_review_does_not_come_back(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    absence = leave(desk)
    pass_time(desk)
    list_messages(desk)
    desk.answers.record_answer(build_answer_request(review))

    pass_time(desk, absence.ends_at)

    assert list_entries(desk) == [TO_STAND_IN]
    assert list_messages(desk) == []
    assert desk.verdict().findings == ()


def test_an_answer_that_is_withdrawn_after_the_end_leaves_no_stand_in(desk: Desk, review: Review) -> None:
    absence = leave(desk)
    pass_time(desk)
    desk.answers.record_answer(build_answer_request(review))
    pass_time(desk, absence.ends_at)

    desk.answers.withdraw(make_review_request(review))

    assert list_stand_ins(desk, review) == []
    assert list_entries(desk) == [TO_STAND_IN, BACK]


def test_a_review_reassigned_to_someone_away_goes_to_their_stand_in(desk: Desk, review: Review) -> None:
    leave(desk, STAND_IN, NEXT)
    hand_over(desk)

    desk.hand_over.reassign(make_review_request(review), new_owner=make_proven_person(JURIS))

    assert list_stand_ins(desk, review) == [(STAND_IN, (NEXT,))]
    assert list_entries(desk) == [(HANDED_OVER, STAND_IN, (NEXT,))]


def test_a_review_that_is_reassigned_has_no_stand_in_any_more(desk: Desk, review: Review) -> None:
    absence = leave(desk)
    hand_over(desk)
    owning = Reviewer(name="Dana Ozola", email=OWNER, chat_ids={"slack": "U1"})

    desk.hand_over.reassign(make_review_request(review, owning), new_owner=make_proven_person(JURIS))

    assert list_stand_ins(desk, review) == []
    pass_time(desk, absence.ends_at)
    assert list_entries(desk) == [TO_STAND_IN]
    assert desk.verdict().findings == ()


def test_a_stand_in_who_revises_the_document_is_passed_over(desk: Desk) -> None:
    leave(desk)
    review = desk.open(event())
    desk.portal.versions[review.file_id] += 1

    desk.open(event(actor=Person(id="j1", name="Juris Bite", email=STAND_IN)))

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]
    assert list_entries(desk) == [TO_STAND_IN, (HANDED_OVER, OWNER, (DEPUTY,))]


def test_an_absence_under_another_address_of_the_person_counts(desk: Desk) -> None:
    both = {OWNER: LinkedAccounts(docspace="d1"), "dana@example.com": LinkedAccounts(docspace="d1")}
    desk.follow(type(desk.routes)(desk.routes.all, people=both))
    review = desk.open(event())
    absence = leave(desk, "dana@example.com")

    pass_time(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,))]
    pass_time(desk, absence.ends_at)
    assert list_entries(desk) == [TO_STAND_IN, BACK]


def test_several_reviews_are_told_in_one_message(desk: Desk) -> None:
    open_several(desk, 45)
    leave(desk)

    pass_time(desk)

    notices = [post.notice for post in desk.notices() if post.notice is not None]
    assert [(notice.kind, notice.mention) for notice in notices] == [(NoticeKind.REMINDER_LIST, (STAND_IN,))]
    assert len(list_entries(desk)) == 45


def test_an_outage_over_the_whole_absence_leaves_no_trace(desk: Desk, review: Review) -> None:
    absence = leave(desk, starts_at=START + WEEK, ends_at=START + 2 * WEEK)
    hand_over(desk)

    pass_time(desk, START + 3 * WEEK)

    assert list_entries(desk, review) == []
    assert desk.notices() == []
    assert read(desk, absence).check_at is None


def test_an_outage_over_the_beginning_hands_over_once(desk: Desk, review: Review) -> None:
    leave(desk, starts_at=START + WEEK, ends_at=START + 3 * WEEK)
    hand_over(desk)

    pass_time(desk, START + 2 * WEEK)

    assert list_entries(desk, review) == [TO_STAND_IN]


def test_a_reminder_asks_the_stand_in_even_if_no_round_was_made(desk: Desk) -> None:
    desk.follow(routes(remind=timedelta(hours=2), working_hours=None))
    review = desk.open(event())
    leave(desk)
    desk.clock.advance(hours=3)

    desk.look()

    reminded = [each for each in desk.entries() if each["type"] == "review:reminded"]
    assert [each["whom"] for each in reminded] == [[STAND_IN]]
    assert list_entries(desk, review) == [TO_STAND_IN]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (START - MINUTE, START),
        (START, START + SECOND_LOOK_AFTER),
        (START + SECOND_LOOK_AFTER, START + WEEK),
        (START + WEEK, START + WEEK + SECOND_LOOK_AFTER),
        (START + WEEK + SECOND_LOOK_AFTER, None),
    ],
)
def test_the_next_check_follows_from_the_absence_and_the_time(
    desk: Desk, now: datetime, expected: datetime | None
) -> None:
    assert plan_check(leave(desk), now=now) == expected


def test_who_stands_in_is_the_same_for_the_same_time(desk: Desk, review: Review) -> None:
    absence = leave(desk)

    with desk.transactions(reading=True) as work:
        at_begin = determine_stand_ins(work, review, desk.routes, at=absence.starts_at)
        at_end = determine_stand_ins(work, review, desk.routes, at=absence.ends_at)

    assert [(each.absent, each.people, each.until) for each in at_begin] == [
        (OWNER, (STAND_IN,), absence.ends_at)
    ]
    assert at_end == ()
