"""A reaction that counts: what the button would do, and nothing at all for what is no answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.kinds import ReviewState
from reviews.routes.route import Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.office import AUTHOR, CHANNEL, DANA, DEPUTY_USER, STRANGER, SlackInstallation
from tests.journeys.processes import eventually
from tests.reviews.samples import event, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

MARK = "white_check_mark"


@pytest.fixture
def office(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), reaction=MARK)
    yield made
    made.close()


def react(
    office: SlackInstallation, user: str = DANA, reaction: str = MARK, *, removed: bool = False
) -> None:
    """Put it on the card that stands there, a second after whatever happened before."""
    office.desk.clock.advance(seconds=1)
    card = office.standing(office.review())
    at = office.desk.clock().timestamp()
    assert office.side.react(user, card, reaction, removed=removed, at=at).status == 200


def wait_until(office: SlackInstallation, state: ReviewState) -> None:
    """Wait for what happens after Slack was told that the event arrived."""
    eventually(lambda: office.review().state is state)


def test_a_reaction_answers_the_card_and_taken_away_withdraws_the_answer(office: SlackInstallation) -> None:
    office.card()

    react(office)
    wait_until(office, ReviewState.ACKNOWLEDGED)
    office.desk.deliver_all()
    react(office, removed=True)
    wait_until(office, ReviewState.OPEN)

    [answer] = office.review().answers
    assert (answer.identity, answer.proof["reaction"], answer.revision) == ("slack", MARK, 1)
    assert [entry["type"] for entry in office.desk.entries()][-2:] == [
        "review:acknowledged",
        "review:withdrawn",
    ]
    assert office.desk.verdict().intact


def test_someone_who_may_not_answer_is_told_privately(office: SlackInstallation) -> None:
    office.card()

    react(office, STRANGER)
    react(office, AUTHOR)

    assert "owner@example.com" in office.wait_for_reply(STRANGER)
    assert "someone else has to review it" in office.wait_for_reply(AUTHOR)
    assert office.review().state is ReviewState.OPEN


def test_the_same_event_acts_once_however_often_it_comes(office: SlackInstallation) -> None:
    card = office.card()
    at = office.desk.clock().timestamp()

    for _ in range(3):
        office.side.react(STRANGER, card, MARK, at=at + 1, event_id="Ev1")
    react(office, AUTHOR)

    office.close()  # whatever was still under way has ended
    assert len(office.slack.private_replies(AUTHOR)) == 1
    assert len(office.slack.private_replies(STRANGER)) == 1


def test_what_is_no_answer_is_ignored(office: SlackInstallation) -> None:
    card = office.card()
    other = {**card, "ts": "1.000001"}

    react(office, reaction="eyes")
    react(office, office.slack.bot_user_id)
    office.side.react(DANA, other, MARK)
    office.side.react(DANA, {**card, "channel": "C2"}, MARK)
    office.side.event({"type": "reaction_added", "user": DANA, "reaction": MARK, "item": {"type": "file"}})
    react(office, STRANGER)

    office.close()  # whatever was still under way has ended
    assert len(office.slack.private_replies(STRANGER)) == 1
    assert office.review().state is ReviewState.OPEN
    assert office.slack.private_replies(DANA) == []


def test_a_reaction_on_a_card_that_is_behind_its_review_does_not_count(office: SlackInstallation) -> None:
    office.card()
    office.desk.portal.versions["3358285"] = 9
    office.desk.open(event())

    react(office)

    assert "was not counted" in office.wait_for_reply(DANA)
    assert office.review().state is ReviewState.OPEN


def test_a_reaction_that_was_taken_away_before_we_heard_of_it_is_no_answer(office: SlackInstallation) -> None:
    card = office.card()
    put = office.desk.clock().timestamp() + 1
    office.desk.clock.advance(seconds=3)

    office.side.react(DANA, card, MARK, removed=True, at=put + 1)
    office.side.react(DANA, card, MARK, at=put)

    assert office.review().answers == ()
    react(office)
    wait_until(office, ReviewState.ACKNOWLEDGED)


def test_a_reaction_put_while_the_card_still_showed_the_revision_before_does_not_count(
    office: SlackInstallation,
) -> None:
    office.card()
    office.desk.portal.versions["3358285"] = 9
    office.desk.open(event())
    put = office.desk.clock().timestamp() + 1
    office.desk.clock.advance(seconds=2)
    office.desk.deliver_all()

    office.side.react(DANA, office.standing(office.review()), MARK, at=put)

    assert "was not counted" in office.wait_for_reply(DANA)
    assert office.review().answers == ()
    react(office)
    wait_until(office, ReviewState.ACKNOWLEDGED)


@pytest.mark.parametrize("seconds", [31, 400])
def test_a_reaction_that_comes_late_does_not_count(office: SlackInstallation, seconds: int) -> None:
    card = office.card()
    put = office.desk.clock().timestamp() + 1
    office.desk.clock.advance(seconds=seconds + 1)

    office.side.react(DANA, card, MARK, at=put)

    assert "was not counted" in office.wait_for_reply(DANA)


def test_only_what_a_reaction_said_is_withdrawn_with_it(office: SlackInstallation) -> None:
    office.side.click(DANA, office.card(), "acknowledge_review")
    office.desk.deliver_all()

    react(office, removed=True)
    react(office, DEPUTY_USER)

    assert "already reviewed by Dana Ozola" in office.wait_for_reply(DEPUTY_USER)
    assert office.review().state is ReviewState.ACKNOWLEDGED


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


def test_a_person_whom_slack_does_not_explain_is_told_to_try_again(office: SlackInstallation) -> None:
    office.card()
    office.slack.fail("users.info", "fatal_error")

    react(office, DEPUTY_USER)

    assert "could not be recorded" in office.wait_for_reply(DEPUTY_USER)
    assert office.slack.messages(CHANNEL)
