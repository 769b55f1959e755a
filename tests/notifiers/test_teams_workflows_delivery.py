"""Cards to Workflows, from the database to the channel: each stage once, lost answers, deleted flows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from notifiers.teams import Teams
from reviews.delivery.delivery import ChannelDelivery
from reviews.kinds import CardState, Decision
from reviews.routes.route import Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.edge.adaptive_cards import read_buttons, read_card_text
from tests.edge.workflows_sink import SIG, WorkflowsSink
from tests.notifiers.surroundings import LINK
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import event, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from reviews.model import Post, Review

PAPER = Target(notifier="paper", address="C1")
BRIEF, LONG = 2.0, 60.0  # seconds; a busy machine has taken a request after the brief ones


@pytest.fixture
def sink() -> Iterator[WorkflowsSink]:
    with WorkflowsSink(hang_seconds=LONG) as sink:
        yield sink
        assert sink.failed == []


@pytest.fixture
def patience() -> float:
    """Return for how many seconds an answer of the workflow is waited for."""
    return LONG


@pytest.fixture
def desk(engine: sa.Engine, sink: WorkflowsSink, patience: float) -> Desk:
    """A desk whose cards go to a workflow first, and then to another channel."""
    notify = (Target(notifier="teams", address="compliance"), PAPER)
    made = Desk(engine, partial(SqlUnitOfWork, engine), Routes([route(notify=notify)]))
    workflows = Teams({"compliance": sink.url}, lambda _: LINK, timeout=patience)
    made.delivery = ChannelDelivery(
        clock=made.clock,
        transactions=made.transactions,
        notifiers={"teams": workflows, "paper": made.paper},
        random=lambda: 0.0,
    )
    return made


def card(desk: Desk, review: Review) -> Post:
    [post] = [each for each in desk.latest(review.file_id).cards if each.notifier == "teams"]
    return post


def deliver(desk: Desk) -> None:
    desk.deliver_all()
    desk.clock.advance(hours=1)
    desk.deliver_all()


def test_each_stage_of_a_review_is_told_once(sink: WorkflowsSink, desk: Desk) -> None:
    review = desk.open(event(version=8))
    deliver(desk)
    desk.portal.versions[review.file_id] = 9
    revised = desk.open(event(version=9))
    deliver(desk)
    with desk.transactions() as work:
        work.cards.redraw(review.id)  # nothing new is to be told
        work.commit()
    deliver(desk)
    desk.answers.record_answer(
        build_answer_request(revised, decision=Decision.REQUEST_CHANGES, note="Section 4 is wrong.")
    )
    deliver(desk)
    desk.portal.versions[review.file_id] = 10
    newer = desk.open(event(version=10))  # which redraws the card that it supersedes
    deliver(desk)

    assert revised.id == review.id != newer.id
    assert ["Acknowledge review" in read_buttons(post) for post in sink.posts] == [True, True, False, True]
    assert "(revision 2)" in read_card_text(sink.posts[1])
    assert "Section 4 is wrong." in read_card_text(sink.posts[2])
    assert card(desk, review).state is CardState.POSTED


def test_a_deleted_workflow_is_a_dead_letter_without_its_address_and_stops_no_other_channel(
    sink: WorkflowsSink, desk: Desk
) -> None:
    sink.fail("404")
    review = desk.open(event())
    deliver(desk)

    dead = card(desk, review)
    assert dead.state is CardState.DEAD
    assert "it was deleted, or its owner left; create it again" in str(dead.error)
    assert SIG not in repr(dead)
    assert len(desk.paper.posts) == 1


@pytest.mark.parametrize(
    ("mode", "patience"), [("hang_after", BRIEF), ("500_after", LONG), ("drop_after", LONG)]
)
def test_a_post_without_an_answer_is_repeated_once_and_then_left_to_people(
    sink: WorkflowsSink, desk: Desk, mode: str
) -> None:
    sink.fail(mode, times=5)
    review = desk.open(event())
    for _ in range(4):
        deliver(desk)

    doubtful = card(desk, review)
    assert len(sink.posts) == 2
    assert doubtful.state is CardState.DEAD
    assert "posted twice without an answer" in str(doubtful.error)


def test_a_post_that_was_not_taken_is_repeated_until_it_is(sink: WorkflowsSink, desk: Desk) -> None:
    sink.fail("503", times=2)
    review = desk.open(event())
    for _ in range(3):
        deliver(desk)

    assert len(sink.posts) == 1
    assert card(desk, review).state is CardState.POSTED
    assert not card(desk, review).maybe_posted


@pytest.mark.parametrize(("mode", "body"), [("429", b""), ("200", b"Microsoft Teams ... HTTP error 429")])
def test_a_workflow_that_asks_for_patience_is_left_alone_for_so_long(
    sink: WorkflowsSink, desk: Desk, mode: str, body: bytes
) -> None:
    sink.fail(mode, body=body, headers={"Retry-After": "90"})
    review = desk.open(event())

    wait = deliver_card(desk.delivery, card(desk, review).id, "job")
    deliver_card(desk.delivery, card(desk, review).id, "job")

    assert wait is not None
    assert wait >= 90
    assert len(sink.requests) == 1
    assert (card(desk, review).attempts, card(desk, review).state) == (0, CardState.OWED)
