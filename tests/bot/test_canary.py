"""A click on the card of a test in Slack: noted with the test, told to the channel, and never a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bot.office import CHANNEL, DANA, STRANGER
from tests.journeys.office import actions
from tests.reviews.canary import CANARY, deliver_canary, load_canary

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation


def test_someone_who_clicks_first_is_noted_and_the_card_says_so(office: SlackInstallation) -> None:
    deliver_canary(office.desk)
    [card] = office.slack.messages(CHANNEL)

    office.side.click(STRANGER, card, "acknowledge_test")
    office.side.click(DANA, card, "acknowledge_test")

    assert STRANGER in load_canary(office.desk).acknowledged_by
    [redrawn] = office.slack.messages(CHANNEL)
    assert "acknowledged the test, 5 s after it was sent." in redrawn["text"]
    assert actions(redrawn) == []
    assert (office.desk.reviews(), office.desk.entries()) == ([], [])


def test_a_test_that_is_forgotten_is_said_to_be_over(office: SlackInstallation) -> None:
    deliver_canary(office.desk)
    [card] = office.slack.messages(CHANNEL)
    with office.desk.transactions() as work:
        work.canaries.forget(before=office.desk.clock())
        work.commit()

    office.side.click(DANA, card, "acknowledge_test")

    assert office.wait_for_reply(DANA) == "This test has ended."
    assert office.desk.intake.canaries.find(CANARY) is None
