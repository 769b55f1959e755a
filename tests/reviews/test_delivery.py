"""Cards: posted once, redrawn afterwards, given up with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.delivery import BUSY_WAIT, Delivery
from reviews.errors import OutcomeUnknown, Permanent, TryLater
from reviews.model import CardPost, CardState, ReviewState
from tests.reviews.desk import attempt
from tests.reviews.samples import event

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk


@pytest.fixture
def review(desk: Desk) -> Review:
    return desk.open(event())


def card(desk: Desk, review: Review) -> CardPost:
    return desk.latest(review.file_id).cards[0]


def test_a_card_is_posted_the_first_time_and_redrawn_afterwards(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.answers.take(attempt(review))
    desk.deliver_all()

    assert [target for target, _ in desk.paper.posts] == ["C1", "C2"]
    assert [(target, message) for target, message, _ in desk.paper.updates] == [("C1", "m1"), ("C2", "m2")]
    assert desk.paper.posts[0][1].status == "Waiting for review"
    assert desk.paper.updates[0][2].status == "Reviewed"
    assert (card(desk, review).state, card(desk, review).message_id) == (CardState.POSTED, "m1")


def test_a_card_that_is_up_to_date_is_left_alone(desk: Desk, review: Review) -> None:
    for _ in range(3):
        assert desk.delivery.deliver(review.cards[0].id, "job") is None

    assert len(desk.paper.posts) == 1
    assert desk.paper.updates == []


def test_a_late_post_shows_the_present_state(desk: Desk, review: Review) -> None:
    desk.answers.take(attempt(review))

    desk.deliver_all()

    assert desk.paper.posts[0][1].answer is not None
    assert desk.paper.updates == []


def test_a_card_that_one_job_has_is_not_for_another(desk: Desk, review: Review) -> None:
    with desk.transactions() as work:
        assert work.cards.claim(review.cards[0].id, "died")
        work.commit()

    assert desk.delivery.deliver(review.cards[0].id, "other") == BUSY_WAIT
    assert desk.paper.posts == []
    assert desk.delivery.deliver(review.cards[0].id, "died") is None
    assert len(desk.paper.posts) == 1


@pytest.mark.parametrize(
    ("error", "wait"),
    [(TryLater("slow down", after=30.0), 30.0), (TryLater("down"), 2.0), (OutcomeUnknown("no answer"), 2.0)],
)
def test_a_failure_is_counted_and_tried_again(
    desk: Desk, review: Review, error: TryLater, wait: float
) -> None:
    desk.paper.trouble = [error]

    assert desk.delivery.deliver(review.cards[0].id, "job") == wait
    failed = card(desk, review)
    desk.clock.advance(seconds=wait)
    assert desk.delivery.deliver(review.cards[0].id, "other-job") is None

    assert (failed.state, failed.attempts, failed.error) == (CardState.OWED, 1, str(error))
    assert (card(desk, review).attempts, card(desk, review).error) == (0, None)


def test_what_will_never_work_is_a_dead_letter_that_can_be_replayed(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [Permanent("the channel is archived")]

    assert desk.delivery.deliver(review.cards[0].id, "job") is None
    dead = card(desk, review)
    with desk.transactions() as work:
        assert work.cards.reopen(dead.id)
        assert not work.cards.reopen(dead.id)
        work.commit()
    desk.delivery.deliver(dead.id, "job")

    assert (dead.state, dead.error) == (CardState.DEAD, "the channel is archived")
    assert card(desk, review).state is CardState.POSTED
    assert len(desk.paper.posts) == 1


def test_a_card_is_given_up_after_the_last_attempt(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [TryLater("down")] * 20

    waits = [desk.delivery.deliver(review.cards[0].id, "job") for _ in range(20)]

    assert waits[-1] is None
    assert waits[:-1] == sorted(filter(None, waits))
    assert card(desk, review).state is CardState.DEAD
    assert desk.latest(review.file_id).cards[1].state is CardState.OWED


def test_a_failed_redraw_keeps_the_message_and_never_posts_again(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.answers.take(attempt(review))
    desk.paper.trouble = [OutcomeUnknown("no answer")]

    desk.delivery.deliver(review.cards[0].id, "job")
    desk.delivery.deliver(review.cards[0].id, "job")

    assert len(desk.paper.posts) == 2
    assert [message for _, message, _ in desk.paper.updates] == ["m1"]


def test_a_channel_that_this_worker_lacks_is_said_so(desk: Desk, review: Review) -> None:
    delivery = Delivery(transactions=desk.transactions, notifiers={}, clock=desk.clock, random=lambda: 0.0)

    assert delivery.deliver(review.cards[0].id, "job") is None
    assert "paper is not configured" in (card(desk, review).error or "")


def test_a_redraw_that_was_asked_for_while_drawing_is_still_due(desk: Desk, review: Review) -> None:
    with desk.transactions() as work:
        work.cards.claim(review.cards[0].id, "job")
        work.cards.drawn(review.cards[0].id, "job", message_id="m1", drawing=1)
        work.cards.redraw(review.id)
        work.commit()

    desk.delivery.deliver(review.cards[0].id, "job")

    assert (card(desk, review).wanted, card(desk, review).drawn) == (2, 2)
    assert desk.latest(review.file_id).state is ReviewState.OPEN


def test_a_card_that_does_not_exist_is_no_work(desk: Desk) -> None:
    assert desk.delivery.deliver(999, "job") is None
