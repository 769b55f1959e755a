"""A post without an answer: looked for, adopted, or posted once more and said so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.errors import OutcomeUnknown, Permanent, TryLater
from reviews.kinds import CardState
from store.claims import release_claims_of_worker
from tests.reviews.channels import PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.model import Post, Review
    from reviews.notice import Notice
    from tests.reviews.channels import AppendOnlyChannel
    from tests.reviews.desk import Desk

BLIND = Permanent("the app lacks the scope channels:history")


class Lossy:
    """A channel that stores, or not, and then does not answer; `search_error` is raised when it is asked."""

    def __init__(
        self, paper: AppendOnlyChannel, *, stores: bool, search_error: Exception | None = None
    ) -> None:
        self.paper, self.stores, self.search_error = paper, stores, search_error
        self.post_interval = paper.post_interval
        self.answers = False

    def post(self, target: str, card: Card) -> str:
        if self.stores or self.answers:
            message = self.paper.post(target, card)
        if not self.answers:
            raise OutcomeUnknown("no answer")
        return message

    def update(self, target: str, message_id: str, card: Card) -> None:
        assert isinstance(self.paper, PaperChannel)
        self.paper.update(target, message_id, card)

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        assert isinstance(self.paper, PaperChannel)
        self.paper.update_notice(target, message_id, notice)

    def post_notice(self, target: str, notice: Notice) -> str:
        return self.paper.post_notice(target, notice)

    def is_public(self, target: str) -> bool:
        return self.paper.is_public(target)

    def find_message(self, target: str, posted: Card | Notice, *, since: datetime) -> str | None:
        if self.search_error is not None:
            raise self.search_error
        return self.paper.find_message(target, posted, since=since)


def first_card(desk: Desk, review: Review) -> Post:
    return desk.latest(review.file_id).cards[0]


def through(desk: Desk, channel: Lossy, review: Review, *, times: int) -> Post:
    desk.delivery = replace(desk.delivery, notifiers={"paper": channel})
    for _ in range(times):
        deliver_card(desk.delivery, review.cards[0].id, "job")
    return first_card(desk, review)


def test_a_card_that_was_stored_is_found_and_not_posted_again(desk: Desk, review: Review) -> None:
    card = through(desk, Lossy(desk.paper, stores=True), review, times=2)

    assert len(desk.paper.posts) == 1
    assert (card.state, card.message_id, card.maybe_posted) == (CardState.POSTED, "m1", False)


def test_a_card_that_was_not_stored_is_posted_again(desk: Desk, review: Review) -> None:
    channel = Lossy(desk.paper, stores=False)
    through(desk, channel, review, times=1)
    channel.answers = True

    card = through(desk, channel, review, times=1)

    assert len(desk.paper.posts) == 1
    assert (card.state, card.maybe_posted, card.attempted_at) == (CardState.POSTED, False, None)


def test_a_channel_that_cannot_be_asked_gets_the_card_once_more_and_it_is_said(
    desk: Desk, review: Review
) -> None:
    channel = Lossy(desk.paper, stores=True, search_error=BLIND)
    through(desk, channel, review, times=1)
    channel.answers = True

    card = through(desk, channel, review, times=1)

    assert len(desk.paper.posts) == 2
    assert (card.state, card.maybe_posted) == (CardState.POSTED, True)


def test_after_a_second_post_without_an_answer_it_is_for_the_operators(desk: Desk, review: Review) -> None:
    card = through(desk, Lossy(desk.paper, stores=True, search_error=BLIND), review, times=5)

    assert len(desk.paper.posts) == 2
    assert (card.state, "twice" in (card.error or "")) == (CardState.DEAD, True)


@pytest.mark.parametrize(
    ("search_error", "posts"), [(None, 2), (BLIND, 3)], ids=["it can be asked", "it can't"]
)
def test_a_card_that_may_stand_twice_is_looked_for_before_a_replay_posts_it(
    desk: Desk, review: Review, search_error: Exception | None, posts: int
) -> None:
    channel = Lossy(desk.paper, stores=True, search_error=BLIND)
    dead = through(desk, channel, review, times=5)
    channel.answers, channel.search_error = True, search_error
    with desk.transactions() as work:
        assert work.cards.reopen(dead.id)
        work.commit()

    card = through(desk, channel, review, times=1)

    assert (card.state, len(desk.paper.posts)) == (CardState.POSTED, posts)


def test_while_the_channel_is_down_the_doubt_is_kept(desk: Desk, review: Review) -> None:
    channel = Lossy(desk.paper, stores=True, search_error=TryLater("down"))
    doubtful = through(desk, channel, review, times=3)
    channel.search_error = None

    card = through(desk, channel, review, times=1)

    assert (doubtful.message_id, doubtful.attempted_at) == (None, desk.clock())
    assert (card.message_id, len(desk.paper.posts)) == ("m1", 1)


def test_a_found_card_shows_the_newest_state(desk: Desk, review: Review) -> None:
    through(desk, Lossy(desk.paper, stores=True), review, times=1)
    desk.answers.record_answer(build_answer_request(review))

    through(desk, Lossy(desk.paper, stores=True), review, times=1)

    assert [card.status for _, _, card in desk.paper.updates] == ["Reviewed"]


def test_a_process_that_died_while_posting_is_not_trusted_to_have_failed(desk: Desk, review: Review) -> None:
    with desk.transactions() as work:
        assert work.cards.claim(review.cards[0].id, "dead:job")
        assert work.cards.mark_attempted(review.cards[0].id, "dead:job", at=desk.clock(), maybe_posted=False)
        work.commit()
    desk.paper.post("C1", draw_card(review))

    release_claims_of_worker(desk.engine, "dead", died=True)
    deliver_card(desk.delivery, review.cards[0].id, "job")

    assert len(desk.paper.posts) == 1
    assert first_card(desk, review).message_id == "m1"
