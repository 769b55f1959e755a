"""Reminders between the decision to send them and their message: who is still asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.delivery.notice_delivery import OVER
from reviews.kinds import CardState, Decision, StepAction
from reviews.notice import FollowUpNotice, ReminderNotice
from reviews.routes.ladder import LadderStep, end_ladder
from tests.reviews.desk import DANA, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.reminded import (
    HOUR,
    LEAD,
    MONDAY,
    NEW_OWNER,
    answer,
    deliver,
    follow,
    remind,
    remind_of,
    titles,
)
from tests.reviews.samples import ALICE, OWNER, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.mark.parametrize("decision", list(Decision))
def test_a_review_that_was_answered_meanwhile_is_not_reminded_of(desk: Desk, decision: Decision) -> None:
    [review] = remind_of(desk)
    answer(desk, review, decision)

    assert deliver(desk) == []
    posts = [post for post in desk.notices() if isinstance(post.notice, ReminderNotice)]
    assert [(post.state, post.message_id) for post in posts] == [(CardState.POSTED, OVER)] * 2
    assert deliver(desk) == []


def test_what_was_snoozed_meanwhile_is_not_reminded_of(desk: Desk) -> None:
    first, second = remind_of(desk, 2)
    desk.hand_over.snooze(make_review_request(first), until=desk.clock.now + HOUR * 3)

    [(_, notice)] = deliver(desk)
    assert titles(notice) == ["1.docx"]

    desk.hand_over.snooze(make_review_request(second), until=desk.clock.now + HOUR * 3)
    remind(desk, MONDAY + HOUR * 2)
    assert deliver(desk) == []


def test_who_reassigned_a_review_is_not_asked_any_more(desk: Desk) -> None:
    first, _ = remind_of(desk, 2, deputies=())
    desk.hand_over.reassign(make_review_request(first), new_owner=make_proven_person(NEW_OWNER))

    [(_, notice)] = deliver(desk)
    assert titles(notice) == ["1.docx"]


def test_beside_a_card_only_those_are_mentioned_who_are_still_asked(desk: Desk) -> None:
    second = str(NEW_OWNER.email)
    [review] = remind_of(desk, owners=(OWNER, second), required=None)
    answer(desk, review)

    assert {notice.mention for _, notice in deliver(desk)} == {(second,)}


def test_who_became_a_contributor_meanwhile_is_not_asked(desk: Desk) -> None:
    second = str(ALICE.email)
    desk.clock.now = MONDAY
    follow(desk, remind=HOUR, owners=(OWNER, second), required=None)
    review = desk.open(event())
    with desk.transactions() as work:
        work.reviews.revise(replace(review, contributors=()))
        work.commit()
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)
    with desk.transactions() as work:
        stored = work.reviews.get(review.id, lock=True)
        assert stored is not None
        work.reviews.revise(replace(stored, contributors=(ALICE,)))
        work.commit()

    assert {notice.mention for _, notice in deliver(desk)} == {(OWNER,)}


def test_whom_a_step_names_is_asked_until_the_route_names_another(desk: Desk) -> None:
    ladder = end_ladder((LadderStep(after=50, action=StepAction.ESCALATE, to=LEAD),))
    remind_of(desk, remind=None, due=HOUR * 2, ladder=ladder)
    assert {notice.mention for _, notice in deliver(desk)} == {(LEAD,)}

    [_, second] = [desk.open(event(file_id=each, title="2.docx")) for each in ("g1", "g2")]
    desk.deliver_all()
    answer(desk, second)
    remind(desk, desk.clock.now + HOUR)
    follow(desk, remind=None, due=HOUR * 2)
    assert deliver(desk) == []


def test_titles_and_deadlines_are_those_of_now(desk: Desk) -> None:
    [review] = remind_of(desk, due=HOUR * 8)
    with desk.transactions() as work:
        stored = work.reviews.get(review.id, lock=True)
        assert stored is not None
        work.reviews.revise(replace(stored, title="Renamed.docx", revision=2))
        work.commit()
    desk.clock.now = MONDAY + timedelta(days=1, hours=1)

    [(_, notice), _] = deliver(desk)
    assert isinstance(notice, ReminderNotice)
    assert (notice.title, notice.revision, notice.is_overdue) == ("Renamed.docx", 2, True)


def test_a_follow_up_is_not_sent_once_there_is_a_newer_version(desk: Desk) -> None:
    [review] = remind_of(desk, remind=None, after_request=HOUR)
    answer(desk, review, Decision.REQUEST_CHANGES)
    remind(desk, MONDAY + HOUR * 2)
    desk.portal.versions[review.file_id] = 9
    desk.open(event(file_id=review.file_id))

    assert [notice for _, notice in deliver(desk) if isinstance(notice, FollowUpNotice)] == []


def test_a_follow_up_says_what_was_requested_by_whom_and_when(desk: Desk) -> None:
    [review] = remind_of(desk, remind=None, after_request=HOUR)
    answer(desk, review, Decision.REQUEST_CHANGES)
    requested_at = desk.clock.now
    remind(desk, MONDAY + HOUR * 2)

    [(_, notice), _] = deliver(desk)
    assert isinstance(notice, FollowUpNotice)
    assert [person.email for person in notice.who] == [DANA.email]
    assert (notice.note, notice.requested_at) == ("No.", requested_at)
    assert notice.mention == (ALICE.email,)


def test_a_follow_up_whose_request_was_withdrawn_is_not_sent(desk: Desk) -> None:
    [review] = remind_of(desk, remind=None, after_request=HOUR)
    answer(desk, review, Decision.REQUEST_CHANGES)
    remind(desk, MONDAY + HOUR * 2)
    desk.answers.withdraw(make_review_request(review))

    assert [notice for _, notice in deliver(desk) if isinstance(notice, FollowUpNotice)] == []
