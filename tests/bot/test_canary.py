"""A click on the card of a test in Slack: noted with the test, told to the channel, and never a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bot.slack_installation import CHANNEL, DANA, STRANGER
from tests.journeys.running_installation import actions
from tests.reviews.canary import CANARY, deliver_canary, load_canary

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation


def test_someone_who_clicks_first_is_noted_and_the_card_says_so(installation: SlackInstallation) -> None:
    deliver_canary(installation.desk)
    [card] = installation.slack.messages(CHANNEL)

    installation.side.click(STRANGER, card, "acknowledge_test")
    installation.side.click(DANA, card, "acknowledge_test")

    assert STRANGER in load_canary(installation.desk).acknowledged_by
    [redrawn] = installation.slack.messages(CHANNEL)
    assert "acknowledged the test, 5 s after it was sent." in redrawn["text"]
    assert actions(redrawn) == []
    assert (installation.desk.reviews(), installation.desk.entries()) == ([], [])


def test_a_test_that_is_forgotten_is_said_to_be_over(installation: SlackInstallation) -> None:
    deliver_canary(installation.desk)
    [card] = installation.slack.messages(CHANNEL)
    with installation.desk.transactions() as work:
        work.canaries.forget(before=installation.desk.clock())
        work.commit()

    installation.side.click(DANA, card, "acknowledge_test")

    assert installation.wait_for_reply(DANA) == "This test has ended."
    assert installation.desk.intake.canaries.find(CANARY) is None
