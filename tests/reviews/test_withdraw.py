"""Taking one's own answer back, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.notice import NoticeKind
from reviews.quorum import list_valid_answers
from tests.reviews.desk import DANA, build_answer_request, make_review_request
from tests.reviews.samples import BOB, DEPUTY, OWNER, event, routes
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

ILZE = Reviewer(name="Ilze Kalna", email=DEPUTY)


@pytest.fixture
def answered(desk: Desk) -> Review:
    return desk.answers.record_answer(build_answer_request(desk.open(event())))


def refusal(desk: Desk, review: Review, who: Reviewer = DANA, **more: Any) -> RefusalReason:
    """Try to withdraw in vain; nothing may have been written."""
    before = desk.latest(review.file_id), desk.entries()
    with pytest.raises(Refused) as raised:
        desk.answers.withdraw(make_review_request(review, who, **more))
    assert (desk.latest(review.file_id), desk.entries()) == before
    return raised.value.reason


@pytest.mark.parametrize("decision", list(Decision))
def test_a_withdrawn_answer_opens_the_review_again_and_stays_on_record(
    desk: Desk, decision: Decision
) -> None:
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review, decision=decision, note="so"))
    desk.clock.advance(minutes=1)

    current = desk.answers.withdraw(make_review_request(review))

    stored = desk.latest(review.file_id)
    assert (current.state, stored.state, list_valid_answers(stored)) == (
        ReviewState.OPEN,
        ReviewState.OPEN,
        (),
    )
    assert (stored.answers[0].note, stored.answers[0].withdrawn_at) == ("so", desk.clock())
    assert [entry["type"] for entry in desk.entries()][-1] == "review:withdrawn"
    assert {card.requested_drawing for card in stored.cards} == {3}
    assert desk.verdict().intact


def test_the_thread_is_told_and_the_review_can_be_answered_again(desk: Desk, answered: Review) -> None:
    desk.clock.advance(minutes=1)
    desk.answers.withdraw(make_review_request(answered))
    desk.deliver_all()

    assert [notice.kind for _, notice in desk.paper.notices] == [NoticeKind.WITHDRAWN] * 2
    again = desk.answers.record_answer(
        build_answer_request(answered, decision=Decision.REQUEST_CHANGES, note="after all")
    )
    assert again.state is ReviewState.CHANGES_REQUESTED
    assert desk.verdict().intact


def test_reminders_that_were_put_off_stay_so_after_an_answer_is_withdrawn(desk: Desk) -> None:
    desk.follow(routes(due=timedelta(hours=8), remind=timedelta(hours=2)))
    review = desk.open(event())
    until = desk.clock() + timedelta(days=10)
    desk.hand_over.snooze(make_review_request(review), until=until)
    desk.answers.record_answer(build_answer_request(review))

    desk.answers.withdraw(make_review_request(review))

    after = desk.latest(review.file_id)
    assert (after.state, after.snoozed_until, after.remind_at) == (ReviewState.OPEN, until, until)


def test_an_answer_is_withdrawn_once(desk: Desk, answered: Review) -> None:
    desk.answers.withdraw(make_review_request(answered))

    assert refusal(desk, answered) is RefusalReason.NOTHING_TO_WITHDRAW


def test_of_four_withdrawals_at_once_one_is_taken(desk: Desk, answered: Review) -> None:
    def withdraw(_number: int) -> str:
        try:
            desk.answers.withdraw(make_review_request(answered))
        except Refused as refused:
            return refused.reason
        return "taken"

    assert sorted(run_in_threads(4, withdraw)) == [RefusalReason.NOTHING_TO_WITHDRAW] * 3 + ["taken"]
    assert [entry["type"] for entry in desk.entries()].count("review:withdrawn") == 1
    assert desk.verdict().intact


def test_no_one_withdraws_the_answer_of_someone_else(desk: Desk, answered: Review) -> None:
    assert refusal(desk, answered, ILZE) is RefusalReason.NOTHING_TO_WITHDRAW
    assert refusal(desk, answered, identity=Identity.LINK) is RefusalReason.UNPROVEN
    assert refusal(desk, answered, place=("paper", "C9")) is RefusalReason.UNKNOWN


def test_an_answer_to_an_older_revision_is_not_withdrawn(desk: Desk) -> None:
    desk.follow(routes(required=2, owners=(OWNER, "second@example.com")))
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review))
    desk.portal.versions[review.file_id] = 9
    revised = desk.open(event())

    assert revised.revision == 2
    assert refusal(desk, revised) is RefusalReason.NOTHING_TO_WITHDRAW


def test_one_of_two_acknowledgements_is_withdrawn_and_the_other_stands(desk: Desk) -> None:
    desk.follow(routes(required=2, owners=(OWNER, "second@example.com")))
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review))
    both = desk.answers.record_answer(
        build_answer_request(review, reviewer=Reviewer(name="Two", email="second@example.com"))
    )

    after = desk.answers.withdraw(make_review_request(review))

    assert (both.state, after.state) == (ReviewState.ACKNOWLEDGED, ReviewState.OPEN)
    assert [answer.reviewer.name for answer in list_valid_answers(desk.latest(review.file_id))] == ["Two"]


def test_what_was_said_of_a_superseded_review_stands(desk: Desk, answered: Review) -> None:
    desk.portal.versions[answered.file_id] = 9
    newer = desk.open(event())

    with pytest.raises(Refused) as raised:
        desk.answers.withdraw(make_review_request(answered))

    assert newer.id != answered.id
    assert raised.value.reason is RefusalReason.SUPERSEDED


def test_a_withdrawal_and_a_new_version_at_once_leave_one_open_review(desk: Desk, answered: Review) -> None:
    desk.portal.versions[answered.file_id] = 9
    number = desk.receive(event(actor=BOB))

    def act(which: int) -> str:
        if which:
            desk.intake.process(number)
            return "processed"
        try:
            desk.answers.withdraw(make_review_request(answered))
        except Refused as refused:
            return refused.reason
        return "withdrawn"

    outcome = run_in_threads(2, act)[0]
    while desk.intake.process(number) is not None:
        desk.clock.advance(seconds=1)

    assert outcome in {"withdrawn", RefusalReason.SUPERSEDED}
    states = [review.state for review in desk.reviews()]
    assert states.count(ReviewState.OPEN) == 1
    assert len(states) == (1 if outcome == "withdrawn" else 2)
    assert desk.verdict().intact
