"""Cards: posted once, redrawn afterwards, given up with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.delivery.post_once import BUSY_WAIT_SECONDS
from reviews.errors import MessageGone, OutcomeUnknown, Permanent, TryLater
from reviews.kinds import CardState, ReviewState
from store.claims import release_claims_of_worker
from tests.reviews.channels import PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.model import Post, Review
    from tests.reviews.desk import Desk


class TakenOver(PaperChannel):
    """A channel whose message is gone, and meanwhile another job takes the card over."""

    def __init__(self, desk: Desk, card_id: int) -> None:
        super().__init__()
        self.desk, self.card_id = desk, card_id

    def update(self, target: str, message_id: str, card: Card) -> None:  # noqa: ARG002
        release_claims_of_worker(self.desk.engine, "dead", died=True)
        with self.desk.transactions() as work:
            assert work.cards.claim(self.card_id, "other-job")
            work.commit()
        raise MessageGone("deleted")


def card(desk: Desk, review: Review) -> Post:
    return desk.latest(review.file_id).cards[0]


def test_a_card_is_posted_the_first_time_and_redrawn_afterwards(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(review))
    desk.deliver_all()

    assert [target for target, _ in desk.paper.posts] == ["C1", "C2"]
    assert [(target, message) for target, message, _ in desk.paper.updates] == [("C1", "m1"), ("C2", "m2")]
    assert desk.paper.posts[0][1].status == "Waiting for review"
    assert desk.paper.updates[0][2].status == "Reviewed"
    assert (card(desk, review).state, card(desk, review).message_id) == (CardState.POSTED, "m1")


def test_a_card_that_is_up_to_date_is_left_alone(desk: Desk, review: Review) -> None:
    for _ in range(3):
        assert deliver_card(desk.delivery, review.cards[0].id, "job") is None

    assert len(desk.paper.posts) == 1
    assert desk.paper.updates == []


def test_a_late_post_shows_the_present_state(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))

    desk.deliver_all()

    assert desk.paper.posts[0][1].answer is not None
    assert desk.paper.updates == []


def test_a_card_that_one_job_has_is_not_for_another(desk: Desk, review: Review) -> None:
    with desk.transactions() as work:
        assert work.cards.claim(review.cards[0].id, "died")
        work.commit()

    assert deliver_card(desk.delivery, review.cards[0].id, "other") == BUSY_WAIT_SECONDS
    assert desk.paper.posts == []
    assert deliver_card(desk.delivery, review.cards[0].id, "died") is None
    assert len(desk.paper.posts) == 1


@pytest.mark.parametrize(
    ("error", "wait", "counted"),
    [
        (TryLater("slow down", retry_after=30.0), 30.0, 0),
        (TryLater("down"), 2.0, 1),
        (OutcomeUnknown("no answer"), 2.0, 1),
    ],
)
def test_a_failure_is_counted_unless_it_is_a_rate_limit_and_tried_again(
    desk: Desk, review: Review, error: TryLater, wait: float, counted: int
) -> None:
    desk.paper.trouble = [error]

    assert deliver_card(desk.delivery, review.cards[0].id, "job") == wait
    failed = card(desk, review)
    desk.clock.advance(seconds=wait)
    assert deliver_card(desk.delivery, review.cards[0].id, "other-job") is None

    assert (failed.state, failed.attempts, failed.error) == (CardState.OWED, counted, str(error))
    assert (card(desk, review).attempts, card(desk, review).error) == (0, None)


def test_what_will_never_work_is_a_dead_letter_that_can_be_replayed(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [Permanent("the channel is archived")]

    assert deliver_card(desk.delivery, review.cards[0].id, "job") is None
    dead = card(desk, review)
    with desk.transactions() as work:
        assert work.cards.reopen(dead.id)
        assert not work.cards.reopen(dead.id)
        work.commit()
    deliver_card(desk.delivery, dead.id, "job")

    assert (dead.state, dead.error) == (CardState.DEAD, "the channel is archived")
    assert card(desk, review).state is CardState.POSTED
    assert len(desk.paper.posts) == 1


def test_a_card_is_given_up_after_the_last_attempt(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [TryLater("down")] * 20

    waits = [deliver_card(desk.delivery, review.cards[0].id, "job") for _ in range(20)]

    assert waits[-1] is None
    assert waits[:-1] == sorted(filter(None, waits))
    assert card(desk, review).state is CardState.DEAD
    assert desk.latest(review.file_id).cards[1].state is CardState.OWED


def test_a_failed_redraw_keeps_the_message_and_never_posts_again(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(review))
    desk.paper.trouble = [OutcomeUnknown("no answer")]

    deliver_card(desk.delivery, review.cards[0].id, "job")
    deliver_card(desk.delivery, review.cards[0].id, "job")

    assert len(desk.paper.posts) == 2
    assert [message for _, message, _ in desk.paper.updates] == ["m1"]


def test_a_deleted_card_of_an_open_review_is_posted_anew(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.portal.versions[review.file_id] = 9
    desk.open(event())
    desk.paper.trouble = [MessageGone("deleted")]

    desk.deliver_all()

    assert [(target, posted.revision) for target, posted in desk.paper.posts] == [
        ("C1", 1),
        ("C2", 1),
        ("C1", 2),
    ]
    anew = card(desk, review)
    assert (anew.state, anew.message_id, anew.requested_drawing, anew.finished_drawing) == (
        CardState.POSTED,
        "m3",
        2,
        2,
    )


def test_a_deleted_card_of_an_answered_review_is_let_be(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(review))
    desk.paper.trouble = [MessageGone("deleted")]

    desk.deliver_all()

    assert len(desk.paper.posts) == 2
    assert (card(desk, review).state, card(desk, review).finished_drawing) == (CardState.POSTED, 2)


def test_a_card_that_is_posted_anew_waits_in_its_channels_line(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.paper.post_interval = timedelta(seconds=1)
    desk.portal.versions[review.file_id] = 9
    desk.open(event())
    with desk.transactions() as work:
        work.gates.take_next_slot("paper:C1", desk.clock(), interval=timedelta(seconds=7))
        work.commit()
    desk.paper.trouble = [MessageGone("deleted")]

    assert deliver_card(desk.delivery, review.cards[0].id, "job") == 6.96
    waiting = card(desk, review)
    desk.clock.advance(seconds=7)
    assert deliver_card(desk.delivery, review.cards[0].id, "other-job") is None

    assert (waiting.state, waiting.message_id) == (CardState.OWED, None)
    assert (len(desk.paper.posts), card(desk, review).message_id) == (3, "m3")


def test_a_deleted_card_is_not_posted_anew_by_a_job_that_lost_it(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.portal.versions[review.file_id] = 9
    desk.open(event())
    desk.delivery = replace(desk.delivery, notifiers={"paper": TakenOver(desk, review.cards[0].id)})

    assert deliver_card(desk.delivery, review.cards[0].id, "dead:job") == BUSY_WAIT_SECONDS

    assert len(desk.paper.posts) == 2
    assert card(desk, review).message_id == "m1"


def test_a_redraw_that_was_asked_for_while_drawing_is_still_due(desk: Desk, review: Review) -> None:
    with desk.transactions() as work:
        work.cards.claim(review.cards[0].id, "job")
        work.cards.mark_drawn(review.cards[0].id, "job", message_id="m1", drawing=1, at=desk.clock())
        work.cards.redraw(review.id)
        work.commit()

    deliver_card(desk.delivery, review.cards[0].id, "job")

    assert (card(desk, review).requested_drawing, card(desk, review).finished_drawing) == (2, 2)
    assert desk.latest(review.file_id).state is ReviewState.OPEN


def test_a_card_that_does_not_exist_is_no_work(desk: Desk) -> None:
    assert deliver_card(desk.delivery, 999, "job") is None
