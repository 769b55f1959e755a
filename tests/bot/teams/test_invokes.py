"""Invokes without a click, or that are none of ours: answered, and nothing is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from notifiers.teams_bot.actions import ACKNOWLEDGE
from reviews.kinds import ReviewState
from tests.bot.teams.teams_installation import DANA, ELSEWHERE, STRANGER, read_text
from tests.edge.teams_elements import list_verbs
from tests.edge.teams_signing import Spoil

if TYPE_CHECKING:
    from tests.bot.teams.teams_installation import TeamsInstallation


def refresh(
    installation: TeamsInstallation, card: dict[str, Any], *, review: str = "rev-1.1"
) -> dict[str, Any]:
    action = {"verb": ACKNOWLEDGE, "data": {"review": review}}
    body: dict[str, Any] = installation.side.invoke(
        STRANGER, card, {"action": action, "trigger": "automatic"}
    ).json()
    return body


def test_a_refresh_shows_the_card_as_it_stands_and_records_nothing(installation: TeamsInstallation) -> None:
    card = installation.card()

    before = refresh(installation, card)
    installation.side.click(DANA, card, ACKNOWLEDGE)
    after = refresh(installation, card)

    assert ACKNOWLEDGE in list_verbs(before["value"])
    assert "Reviewed by Dana Ozola" in read_text(after["value"])
    assert len(installation.review().answers) == 1


def test_a_refresh_of_a_card_that_stands_elsewhere_tells_nothing(installation: TeamsInstallation) -> None:
    card = installation.card()
    copy = installation.teams.keep(installation.teams.places[ELSEWHERE], card, by=installation.teams.bot_id)

    assert "no longer tracked here" in refresh(installation, copy)["value"]
    assert "no longer tracked here" in refresh(installation, card, review="rev-2.1")["value"]


@pytest.mark.parametrize(
    "activity",
    [
        {"name": "task/fetch"},
        {"value": {"action": {"verb": "delete", "data": {"review": "rev-1.1"}}, "trigger": "manual"}},
    ],
)
def test_what_is_no_action_of_ours_is_an_error(
    installation: TeamsInstallation, activity: dict[str, Any]
) -> None:
    card = installation.card()
    action = {"verb": ACKNOWLEDGE, "data": {"review": "rev-1.1"}}
    answer = installation.side.invoke(
        DANA, card, {"action": action, "trigger": "manual"}, spoil=Spoil(activity=activity)
    )

    assert answer.status == 200
    assert (answer.json()["statusCode"], answer.json()["type"]) == (400, "application/vnd.microsoft.error")
    assert installation.review().state is ReviewState.OPEN
