"""A click on the card of a test in Teams: noted with the test, answered with a sentence, and no review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.teams.teams_installation import CHANNEL, DANA, TeamsInstallation, read_text
from tests.reviews.canary import deliver_canary, load_canary

if TYPE_CHECKING:
    from typing import Any


@pytest.fixture
def card(installation: TeamsInstallation) -> dict[str, Any]:
    installation.side.install(DANA, CHANNEL)
    deliver_canary(installation.desk)
    [message] = [
        each for each in installation.teams.messages(CHANNEL) if "Test of the route" in read_text(each)
    ]
    return message


def test_a_click_is_noted_and_answered(installation: TeamsInstallation, card: dict[str, Any]) -> None:
    installation.side.click(DANA, card, "acknowledge_test")

    assert "The test was acknowledged, 5 s after it was sent." in installation.side.replies[DANA, card["id"]]
    assert load_canary(installation.desk).acknowledged_by.startswith("Dana Ozola (Teams ")
    assert (installation.desk.reviews(), installation.desk.entries()) == ([], [])


def test_data_that_names_no_test_is_said_to_be_over(
    installation: TeamsInstallation, card: dict[str, Any]
) -> None:
    with installation.desk.transactions() as work:
        work.canaries.forget(before=installation.desk.clock())
        work.commit()

    installation.side.click(DANA, card, "acknowledge_test")

    assert "This test has ended." in installation.side.replies[DANA, card["id"]]
