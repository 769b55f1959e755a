"""A channel whose messages can't be changed: each stage of a card is told once, in a message of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.errors import OutcomeUnknown, Permanent
from reviews.kinds import CardState
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write_on_sheets()
    return desk


def list_stages(desk: Desk) -> list[tuple[str, str]]:
    return sorted((target, card.stage) for target, card in desk.paper.posts)


def test_an_answer_is_told_in_a_second_message(desk: Desk) -> None:
    review = desk.open(event())
    desk.deliver_all()

    desk.answers.record_answer(build_answer_request(review))
    desk.deliver_all()

    stages = ("revision 1", "revision 1, reviewed")
    assert list_stages(desk) == [(target, stage) for target in ("C1", "C2") for stage in stages]
    assert desk.paper.updates == []


def test_newer_content_is_told_with_a_card_that_can_be_answered(desk: Desk) -> None:
    review = desk.open(event())
    desk.deliver_all()
    desk.portal.versions[review.file_id] += 1

    desk.open(event())
    desk.deliver_all()

    assert list_stages(desk)[:2] == [("C1", "revision 1"), ("C1", "revision 2")]


def test_what_has_been_told_is_not_told_again(desk: Desk) -> None:
    review = desk.open(event())
    desk.deliver_all()
    with desk.transactions() as work:
        work.cards.redraw(review.id)
        work.commit()

    desk.deliver_all()

    assert list_stages(desk) == [("C1", "revision 1"), ("C2", "revision 1")]
    assert all(card.finished_drawing == card.requested_drawing for card in desk.latest(review.file_id).cards)


def test_a_doubt_about_one_stage_says_nothing_of_the_next(desk: Desk) -> None:
    review = desk.open(event())
    card = review.cards[0].id
    desk.paper.trouble = [OutcomeUnknown("no answer")]
    blind = Permanent("nobody can look")
    desk.paper.search_error = blind
    assert deliver_card(desk.delivery, card, "job") is not None
    deliver_card(desk.delivery, card, "job")
    assert desk.latest(review.file_id).cards[0].maybe_posted

    desk.answers.record_answer(build_answer_request(review))
    desk.paper.trouble = [OutcomeUnknown("no answer")]
    for _ in range(2):
        deliver_card(desk.delivery, card, "job")

    assert list_stages(desk) == [("C1", "revision 1"), ("C1", "revision 1, reviewed")]
    assert desk.latest(review.file_id).cards[0].state is CardState.POSTED
