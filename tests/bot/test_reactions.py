"""A reaction that counts: what the button would do, and nothing at all for what is no answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.kinds import ReviewState
from reviews.routes.route import Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import AUTHOR, CHANNEL, DANA, DEPUTY_USER, STRANGER, SlackInstallation
from tests.bot.socket_installation import BOTH_WAYS, open_way
from tests.journeys.processes import eventually
from tests.reviews.samples import event, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

WAYS_IN = BOTH_WAYS
MARK = "white_check_mark"


@pytest.fixture
def installation(
    slack: FakeSlack, engine: sa.Engine, request: pytest.FixtureRequest
) -> Iterator[SlackInstallation]:
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), reaction=MARK)
    with open_way(made, request):
        yield made
    made.close()


def react(
    installation: SlackInstallation, user: str = DANA, reaction: str = MARK, *, removed: bool = False
) -> None:
    """Put it on the card that stands there, a second after whatever happened before."""
    installation.desk.clock.advance(seconds=1)
    card = installation.standing(installation.review())
    at = installation.desk.clock().timestamp()
    assert installation.side.react(user, card, reaction, removed=removed, at=at).status == 200


def wait_until(installation: SlackInstallation, state: ReviewState) -> None:
    """Wait for what happens after Slack was told that the event arrived."""
    eventually(lambda: installation.review().state is state)


def test_a_reaction_answers_the_card_and_taken_away_withdraws_the_answer(
    installation: SlackInstallation,
) -> None:
    installation.card()

    react(installation)
    wait_until(installation, ReviewState.ACKNOWLEDGED)
    installation.desk.deliver_all()
    react(installation, removed=True)
    wait_until(installation, ReviewState.OPEN)

    [answer] = installation.review().answers
    assert (answer.identity, answer.proof["reaction"], answer.revision) == ("slack", MARK, 1)
    assert [entry["type"] for entry in installation.desk.entries()][-2:] == [
        "review:acknowledged",
        "review:withdrawn",
    ]
    assert installation.desk.verdict().intact


def test_someone_who_may_not_answer_is_told_privately(installation: SlackInstallation) -> None:
    installation.card()

    react(installation, STRANGER)
    react(installation, AUTHOR)

    assert "owner@example.com" in installation.wait_for_reply(STRANGER)
    assert "someone else has to review it" in installation.wait_for_reply(AUTHOR)
    assert installation.review().state is ReviewState.OPEN


def test_the_same_event_acts_once_however_often_it_comes(installation: SlackInstallation) -> None:
    card = installation.card()
    at = installation.desk.clock().timestamp()

    for _ in range(3):
        installation.side.react(STRANGER, card, MARK, at=at + 1, event_id="Ev1")
    react(installation, AUTHOR)

    installation.close()  # whatever was still under way has ended
    assert len(installation.slack.private_replies(AUTHOR)) == 1
    assert len(installation.slack.private_replies(STRANGER)) == 1


def test_what_is_no_answer_is_ignored(installation: SlackInstallation) -> None:
    card = installation.card()
    other = {**card, "ts": "1.000001"}

    react(installation, reaction="eyes")
    react(installation, installation.slack.bot_user_id)
    installation.side.react(DANA, other, MARK)
    installation.side.react(DANA, {**card, "channel": "C2"}, MARK)
    installation.side.event(
        {"type": "reaction_added", "user": DANA, "reaction": MARK, "item": {"type": "file"}}
    )
    react(installation, STRANGER)

    installation.close()  # whatever was still under way has ended
    assert len(installation.slack.private_replies(STRANGER)) == 1
    assert installation.review().state is ReviewState.OPEN
    assert installation.slack.private_replies(DANA) == []


def test_a_reaction_on_a_card_that_is_behind_its_review_does_not_count(
    installation: SlackInstallation,
) -> None:
    installation.card()
    installation.desk.portal.versions["3358285"] = 9
    installation.desk.open(event())

    react(installation)

    assert "was not counted" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.OPEN


def test_a_reaction_that_was_taken_away_before_we_heard_of_it_is_no_answer(
    installation: SlackInstallation,
) -> None:
    card = installation.card()
    put = installation.desk.clock().timestamp() + 1
    installation.desk.clock.advance(seconds=3)

    installation.side.react(DANA, card, MARK, removed=True, at=put + 1)
    installation.side.react(DANA, card, MARK, at=put)

    assert installation.review().answers == ()
    react(installation)
    wait_until(installation, ReviewState.ACKNOWLEDGED)


def test_a_reaction_put_while_the_card_still_showed_the_revision_before_does_not_count(
    installation: SlackInstallation,
) -> None:
    installation.card()
    installation.desk.portal.versions["3358285"] = 9
    installation.desk.open(event())
    put = installation.desk.clock().timestamp() + 1
    installation.desk.clock.advance(seconds=2)
    installation.desk.deliver_all()

    installation.side.react(DANA, installation.standing(installation.review()), MARK, at=put)

    assert "was not counted" in installation.wait_for_reply(DANA)
    assert installation.review().answers == ()
    react(installation)
    wait_until(installation, ReviewState.ACKNOWLEDGED)


@pytest.mark.parametrize("seconds", [31, 400])
def test_a_reaction_that_comes_late_does_not_count(installation: SlackInstallation, seconds: int) -> None:
    card = installation.card()
    put = installation.desk.clock().timestamp() + 1
    installation.desk.clock.advance(seconds=seconds + 1)

    installation.side.react(DANA, card, MARK, at=put)

    assert "was not counted" in installation.wait_for_reply(DANA)


def test_only_what_a_reaction_said_is_withdrawn_with_it(installation: SlackInstallation) -> None:
    installation.side.click(DANA, installation.card(), "acknowledge_review")
    installation.desk.deliver_all()

    react(installation, removed=True)
    react(installation, DEPUTY_USER)

    assert "already reviewed by Dana Ozola" in installation.wait_for_reply(DEPUTY_USER)
    assert installation.review().state is ReviewState.ACKNOWLEDGED


@pytest.fixture
def private(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    rules = routes(
        private=True, acknowledge_reaction=MARK, notify=(Target(notifier="slack", address=CHANNEL),)
    )
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), rules=rules)
    yield made
    made.close()


def test_only_whose_answer_it_was_hears_that_an_older_card_stays_as_it_is(private: SlackInstallation) -> None:
    card = private.card()
    react(private)
    wait_until(private, ReviewState.ACKNOWLEDGED)
    private.desk.portal.versions["3358285"] = 9
    private.card()
    at = private.desk.clock().timestamp()

    for user in (STRANGER, DANA):
        private.side.react(user, card, MARK, removed=True, at=at)

    assert private.slack.private_replies(STRANGER) == []
    assert "The document has changed since" in private.wait_for_reply(DANA)
    assert [len(review.answers) for review in private.desk.reviews()] == [0, 1]
    assert private.desk.verdict().intact


def test_a_person_whom_slack_does_not_explain_is_told_to_try_again(installation: SlackInstallation) -> None:
    installation.card()
    installation.slack.fail("users.info", "fatal_error")

    react(installation, DEPUTY_USER)

    assert "could not be recorded" in installation.wait_for_reply(DEPUTY_USER)
    assert installation.slack.messages(CHANNEL)
