"""A click on the card of a test in Teams: noted with the test, answered with a sentence, and no review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.teams.office import CHANNEL, DANA, TeamsInstallation, read_text
from tests.reviews.canary import deliver_canary, load_canary

if TYPE_CHECKING:
    from typing import Any


@pytest.fixture
def card(office: TeamsInstallation) -> dict[str, Any]:
    office.side.install(DANA, CHANNEL)
    deliver_canary(office.desk)
    [message] = [each for each in office.teams.messages(CHANNEL) if "Test of the route" in read_text(each)]
    return message


def test_a_click_is_noted_and_answered(office: TeamsInstallation, card: dict[str, Any]) -> None:
    office.side.click(DANA, card, "acknowledge_test")

    assert "The test was acknowledged, 5 s after it was sent." in office.side.replies[DANA, card["id"]]
    assert load_canary(office.desk).acknowledged_by.startswith("Dana Ozola (Teams ")
    assert (office.desk.reviews(), office.desk.entries()) == ([], [])


def test_data_that_names_no_test_is_said_to_be_over(office: TeamsInstallation, card: dict[str, Any]) -> None:
    with office.desk.transactions() as work:
        work.canaries.forget(before=office.desk.clock())
        work.commit()

    office.side.click(DANA, card, "acknowledge_test")

    assert "This test has ended." in office.side.replies[DANA, card["id"]]
