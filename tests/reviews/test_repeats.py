"""A request that is sent again: it changes nothing, and gets the answer that the first one got."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.repeated_requests import SignedQuestion, is_new_question, mark_undecided, name_request
from store.shared_flush import share_flush
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import BOB, DEPUTY
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from typing import NoReturn

    from reviews.model import Review
    from tests.reviews.desk import Desk

ILZE = Reviewer(name="Ilze Kalna", email=DEPUTY)
COLLEAGUE = Reviewer(name="Bob Chen", email=BOB.email)


class Dies(SqlUnitOfWork):
    """A process that is killed when it is about to commit."""

    def commit(self) -> NoReturn:
        raise SystemExit(9)


def counted(desk: Desk, kind: str) -> int:
    return sum(kind in entry["type"] for entry in desk.entries())


def reason_of(desk: Desk, again: object) -> RefusalReason:
    with pytest.raises(Refused) as refusal:
        desk.answers.record_answer(again)  # type: ignore[arg-type]
    return refusal.value.reason


def test_an_answer_that_is_sent_again_after_it_was_withdrawn_changes_nothing(
    desk: Desk, review: Review
) -> None:
    sent = build_answer_request(review, request_name="slack:1")
    desk.answers.record_answer(sent)
    desk.answers.withdraw(make_review_request(review, request_name="slack:2"))

    again = desk.answers.record_answer(sent)

    assert again == desk.latest(review.file_id)
    assert again.state is ReviewState.OPEN
    assert counted(desk, "acknowledged") == 1
    assert desk.calls.count("answered") == 2
    assert desk.verdict().intact


@ON_SQLITE
def test_a_repeat_waits_for_the_disk_before_it_is_answered(desk: Desk, review: Review) -> None:
    """It may come while the first request still waits for the disk, and is told what that has changed."""
    sent = build_answer_request(review, request_name="slack:1")
    shared_flush = share_flush(os.path.realpath(str(desk.engine.url.database)))

    desk.answers.record_answer(sent)
    waits = shared_flush.committed
    desk.answers.record_answer(sent)

    assert shared_flush.committed == waits + 1


@ON_SQLITE
def test_another_click_after_it_counts_and_so_does_whatever_has_no_name(desk: Desk, review: Review) -> None:
    for request in ("slack:1", "slack:2", "", ""):
        desk.answers.record_answer(build_answer_request(review, request_name=request))
        desk.answers.withdraw(make_review_request(review))

    assert counted(desk, "acknowledged") == 4


@ON_SQLITE
def test_a_second_click_that_was_refused_stays_refused_after_the_first_was_withdrawn(
    desk: Desk, review: Review
) -> None:
    desk.answers.record_answer(build_answer_request(review, request_name="slack:1"))
    double = build_answer_request(review, request_name="slack:2")

    reasons = [reason_of(desk, double), reason_of(desk, double)]
    desk.answers.withdraw(make_review_request(review))

    assert reasons == [RefusalReason.ALREADY_ANSWERED] * 2
    assert reason_of(desk, double) is RefusalReason.REPEATED
    assert desk.latest(review.file_id).state is ReviewState.OPEN


@ON_SQLITE
def test_someone_who_was_refused_and_is_handed_the_review_has_to_click_again(
    desk: Desk, review: Review
) -> None:
    early = build_answer_request(review, reviewer=COLLEAGUE, request_name="slack:1")
    assert reason_of(desk, early) is RefusalReason.NOT_ALLOWED
    desk.hand_over.reassign(make_review_request(review, ILZE), new_owner=make_proven_person(COLLEAGUE))

    assert reason_of(desk, early) is RefusalReason.REPEATED
    desk.answers.record_answer(replace(early, request_name="slack:2"))


@ON_SQLITE
def test_a_withdrawal_that_is_sent_again_leaves_the_answer_that_was_given_since(
    desk: Desk, review: Review
) -> None:
    sent = make_review_request(review, request_name="slack:1")
    desk.answers.record_answer(build_answer_request(review))
    desk.answers.withdraw(sent)
    desk.answers.record_answer(
        build_answer_request(review, decision=Decision.REQUEST_CHANGES, note="Section 4.")
    )

    again = desk.answers.withdraw(sent)

    assert again.state is ReviewState.CHANGES_REQUESTED
    assert counted(desk, "withdrawn") == 1


@ON_SQLITE
def test_a_withdrawal_that_came_too_early_stays_refused(desk: Desk, review: Review) -> None:
    sent = make_review_request(review, request_name="slack:1")
    with pytest.raises(Refused):
        desk.answers.withdraw(sent)
    desk.answers.record_answer(build_answer_request(review))

    with pytest.raises(Refused) as refusal:
        desk.answers.withdraw(sent)

    assert refusal.value.reason is RefusalReason.REPEATED
    assert desk.latest(review.file_id).state is ReviewState.ACKNOWLEDGED


@ON_SQLITE
def test_a_review_is_not_handed_back_by_a_request_that_is_sent_again(desk: Desk, review: Review) -> None:
    sent = make_review_request(review, ILZE, request_name="teams:1")
    desk.hand_over.reassign(sent, new_owner=make_proven_person(COLLEAGUE))
    desk.hand_over.reassign(make_review_request(review, COLLEAGUE), new_owner=make_proven_person(ILZE))

    again = desk.hand_over.reassign(sent, new_owner=make_proven_person(COLLEAGUE))

    assert again.owners == (DEPUTY,)
    assert counted(desk, "reassigned") == 2


@ON_SQLITE
def test_reminders_are_put_off_once_by_one_request_and_a_refused_one_stays_refused(
    desk: Desk, review: Review
) -> None:
    now = desk.clock()
    sent, never = (
        make_review_request(review, request_name="teams:1"),
        make_review_request(review, request_name="teams:2"),
    )
    desk.hand_over.snooze(sent, until=now + timedelta(hours=1))
    desk.hand_over.snooze(make_review_request(review), until=now + timedelta(hours=2))

    again = desk.hand_over.snooze(sent, until=now + timedelta(hours=1))
    for reason in (RefusalReason.NO_SUCH_TIME, RefusalReason.REPEATED):
        with pytest.raises(Refused) as refusal:
            desk.hand_over.snooze(never, until=now + timedelta(days=31))
        assert refusal.value.reason is reason

    assert again.snoozed_until == now + timedelta(hours=2)
    assert counted(desk, "snoozed") == 2


def test_of_copies_that_come_at_the_same_time_one_acts_and_all_get_the_review(
    desk: Desk, review: Review
) -> None:
    sent = build_answer_request(review, request_name="teams:1")

    states = run_in_threads(4, lambda _: desk.answers.record_answer(sent).state)

    assert states == [ReviewState.ACKNOWLEDGED] * 4
    assert counted(desk, "acknowledged") == 1
    assert desk.calls.count("answered") == 1
    assert desk.verdict().intact


def test_of_copies_of_a_refused_request_all_are_told_why(desk: Desk, review: Review) -> None:
    sent = build_answer_request(review, reviewer=COLLEAGUE, request_name="teams:1")

    reasons = run_in_threads(4, lambda _: reason_of(desk, sent))

    assert Counter(reasons) == {RefusalReason.NOT_ALLOWED: 4}


@ON_SQLITE
def test_a_click_whose_process_died_before_it_was_recorded_counts_when_it_comes_again(
    desk: Desk, review: Review
) -> None:
    sent = build_answer_request(review, request_name="teams:1")
    dying = replace(desk.answers, transactions=partial(Dies, desk.engine))
    with pytest.raises(SystemExit):
        dying.record_answer(sent)

    assert desk.answers.record_answer(sent).state is ReviewState.ACKNOWLEDGED
    assert desk.answers.record_answer(sent).state is ReviewState.ACKNOWLEDGED
    assert counted(desk, "acknowledged") == 1


@ON_SQLITE
def test_what_was_given_up_decides_nothing_later_and_what_was_decided_stays_so(
    desk: Desk, review: Review
) -> None:
    mark_undecided(desk.transactions, "slack:1", at=desk.clock())
    open_still = reason_of(desk, build_answer_request(review, request_name="slack:1"))
    desk.answers.record_answer(build_answer_request(review, request_name="slack:2"))
    mark_undecided(desk.transactions, "slack:2", at=desk.clock())

    assert open_still is RefusalReason.REPEATED
    assert (
        reason_of(desk, build_answer_request(review, request_name="slack:1"))
        is RefusalReason.ALREADY_ANSWERED
    )
    assert (
        desk.answers.record_answer(build_answer_request(review, request_name="slack:2")).state
        is ReviewState.ACKNOWLEDGED
    )


def test_a_question_is_new_once_and_for_as_long_as_its_chat_sends_it_again(desk: Desk) -> None:
    question = SignedQuestion(request_name="teams-command:1", resend_window=timedelta(seconds=30))
    once = SignedQuestion(request_name="slack:1")

    def is_answered(asked: SignedQuestion, *, after: int) -> bool:
        desk.clock.advance(seconds=after)
        return is_new_question(desk.transactions, asked, clock=desk.clock)

    assert [is_answered(question, after=seconds) for seconds in (0, 29, 1)] == [True, True, False]
    assert [is_answered(once, after=seconds) for seconds in (0, 1)] == [True, False]


def test_a_request_without_an_id_has_the_name_of_all_that_it_says() -> None:
    payload = {"type": "invoke", "value": {"verb": "acknowledge"}}

    assert name_request("teams", "", payload) == name_request("teams", "", dict(reversed(payload.items())))
    assert name_request("teams", "", payload) != name_request("teams", "", {**payload, "value": {}})
    assert name_request("teams", "", payload) != name_request("slack", "", payload)
    assert name_request("slack", "1.2", payload) == "slack:1.2"
