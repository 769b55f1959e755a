"""Cards to a channel of Teams, from the database to the channel: removed bots, lost answers, throttling."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from notifiers.teams_bot import NAME, TeamsBot
from reviews.delivery.delivery import ChannelDelivery
from reviews.kinds import CardState
from reviews.routes.route import Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.edge.teams_activities import cards
from tests.edge.teams_elements import list_verbs
from tests.notifiers.teams import CHANNEL
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import event, route

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Post, Review
    from tests.edge.fake_teams import FakeTeams

PAPER = Target(notifier="paper", address="C1")


@pytest.fixture
def desk(engine: sa.Engine, bot: TeamsBot) -> Desk:
    """A desk whose cards go to a channel of Teams first, and then to another channel."""
    notify = (Target(notifier=NAME, address=CHANNEL), PAPER)
    made = Desk(engine, partial(SqlUnitOfWork, engine), Routes([route(notify=notify)]))
    made.delivery = delivery(made, bot)
    return made


def delivery(desk: Desk, bot: TeamsBot) -> ChannelDelivery:
    return ChannelDelivery(
        clock=desk.clock,
        transactions=desk.transactions,
        notifiers={NAME: bot, "paper": desk.paper},
        random=lambda: 0.0,
    )


def card(desk: Desk, review: Review) -> Post:
    [post] = [each for each in desk.latest(review.file_id).cards if each.notifier == NAME]
    return post


def replay(desk: Desk, card_id: int) -> None:
    with desk.transactions() as work:
        work.cards.reopen(card_id)
        work.commit()
    desk.deliver_all()


def test_a_card_is_posted_and_redrawn_for_everybody_when_someone_answers(
    teams: FakeTeams, desk: Desk
) -> None:
    review = desk.open(event())
    desk.deliver_all()
    before = list_verbs(cards(teams.messages(CHANNEL)[0])[0])
    desk.answers.record_answer(build_answer_request(review))
    desk.deliver_all()

    [message] = teams.messages(CHANNEL)
    assert before == ["acknowledge", "request_changes", "more"]
    assert (list_verbs(cards(message)[0]), message["edits"]) == (["more"], 1)
    assert card(desk, review).state is CardState.POSTED


def test_a_card_for_a_removed_bot_is_a_dead_letter_and_stops_no_other_channel(
    teams: FakeTeams, desk: Desk
) -> None:
    teams.places[CHANNEL].installed = False
    review = desk.open(event())
    desk.deliver_all()

    dead = card(desk, review)
    assert dead.state is CardState.DEAD
    assert "add the app to the team again, then `deliveries replay`" in str(dead.error)
    assert len(desk.paper.posts) == 1

    teams.places[CHANNEL].installed = True
    replay(desk, dead.id)

    assert len(teams.messages(CHANNEL)) == 1
    assert card(desk, review).state is CardState.POSTED


def test_a_post_that_teams_never_answered_is_repeated_once_and_then_left_to_people(
    teams: FakeTeams, desk: Desk, hasty_bot: TeamsBot
) -> None:
    desk.delivery = delivery(desk, hasty_bot)
    teams.fail("create", "hang_after", times=5)
    review = desk.open(event())
    for _ in range(4):
        desk.deliver_all()
        desk.clock.advance(hours=1)

    doubtful = card(desk, review)
    assert len(teams.messages(CHANNEL)) == 2
    assert doubtful.state is CardState.DEAD
    assert "look in the channel" in str(doubtful.error)


def test_a_card_that_someone_deleted_is_posted_anew_while_it_waits_for_an_answer(
    teams: FakeTeams, desk: Desk
) -> None:
    review = desk.open(event(version=8))
    desk.deliver_all()
    teams.places[CHANNEL].messages[0]["deleted"] = True
    with desk.transactions() as work:
        work.cards.redraw(review.id)
        work.commit()
    desk.deliver_all()

    assert len(teams.messages(CHANNEL)) == 1
    assert len(teams.calls("create")) == 2


def test_a_channel_that_asks_for_patience_is_left_alone_for_so_long(teams: FakeTeams, desk: Desk) -> None:
    teams.fail("create", "Throttled", headers={"Retry-After": "90"})
    review = desk.open(event())

    wait = deliver_card(desk.delivery, card(desk, review).id, "job")
    deliver_card(desk.delivery, card(desk, review).id, "job")

    assert wait is not None
    assert wait >= 90
    assert len(teams.calls("create")) == 1
    assert (card(desk, review).attempts, card(desk, review).state) == (0, CardState.OWED)
