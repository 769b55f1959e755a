"""Activities that come again: from Teams without an answer in time, or from an attacker who captured them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import CARD_TYPE
from reviews.identity import Reviewer
from reviews.kinds import ReviewState
from tests.bot.teams.teams_installation import CHANNEL, DANA, STRANGER, TeamsInstallation, read_text
from tests.edge.captured import Captured
from tests.edge.teams_elements import list_verbs
from tests.reviews.desk import make_review_request
from tests.reviews.samples import DEPUTY, OWNER
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from tests.databases import PostgresDatabases

DANA_IN_TEAMS = Reviewer(name="Dana Ozola", email=OWNER, chat_ids={"teams": "oid-dana"})


@pytest.fixture
def database_url(postgres_databases: PostgresDatabases) -> str:
    """Return a database on which two really write at once."""
    return postgres_databases.new()


@pytest.fixture
def card(installation: TeamsInstallation) -> dict[str, Any]:
    return installation.card()


@pytest.fixture
def captured(installation: TeamsInstallation) -> Captured:
    installation.side.send = captured_requests = Captured(installation.side.send)
    return captured_requests


def withdraw(installation: TeamsInstallation) -> None:
    installation.desk.answers.withdraw(make_review_request(installation.review(), DANA_IN_TEAMS))


def counted(installation: TeamsInstallation, kind: str) -> int:
    return sum(kind in entry["type"] for entry in installation.desk.entries())


def clicked(installation: TeamsInstallation, verb: str, **typed: str) -> dict[str, Any]:
    data = {**actions.make_click_data(installation.review().id, 1), **typed}
    return {"action": {"verb": verb, "data": data}, "trigger": "manual"}


def test_a_click_that_is_sent_again_after_a_withdrawal_shows_the_card_as_it_stands(
    installation: TeamsInstallation, captured: Captured, card: dict[str, Any]
) -> None:
    first = installation.side.click(DANA, card, actions.ACKNOWLEDGE).json()
    retried = captured.again().json()
    withdraw(installation)

    again = captured.again().json()

    assert retried == first
    assert actions.ACKNOWLEDGE in list_verbs(again["value"])
    assert installation.review().state is ReviewState.OPEN
    assert counted(installation, "acknowledged") == 1
    installation.side.click(DANA, card, actions.ACKNOWLEDGE)
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_click_of_an_old_client_is_not_taken_again(
    installation: TeamsInstallation, captured: Captured, card: dict[str, Any]
) -> None:
    installation.side.click_in_old_client(DANA, card, actions.ACKNOWLEDGE)
    withdraw(installation)

    assert captured.again().status == 200

    assert installation.review().state is ReviewState.OPEN
    assert installation.teams.private_messages(DANA, CHANNEL) == []


def test_a_refused_click_is_refused_again_in_the_same_words(
    installation: TeamsInstallation, captured: Captured, card: dict[str, Any]
) -> None:
    first = installation.side.click(STRANGER, card, actions.ACKNOWLEDGE).json()

    assert captured.again().json() == first


def test_a_double_click_is_no_answer_in_reserve(
    installation: TeamsInstallation, captured: Captured, card: dict[str, Any]
) -> None:
    installation.side.click(DANA, card, actions.ACKNOWLEDGE)
    installation.side.click(DANA, card, actions.ACKNOWLEDGE)
    withdraw(installation)

    again = captured.again().json()

    assert "please click again" in again["value"]
    assert installation.review().state is ReviewState.OPEN


def test_of_two_copies_at_the_same_time_one_is_recorded_and_both_get_the_same_card(
    installation: TeamsInstallation, captured: Captured, card: dict[str, Any]
) -> None:
    captured.holding = True
    installation.side.invoke(DANA, card, clicked(installation, actions.ACKNOWLEDGE))

    first, second = run_in_threads(2, lambda _: captured.again().json())

    assert first == second
    assert "Reviewed by Dana Ozola" in read_text(first["value"])
    assert counted(installation, "acknowledged") == 1


@pytest.mark.parametrize("verb", [actions.SNOOZE, actions.REASSIGN, actions.ACKNOWLEDGE_WITH_NOTE])
def test_of_two_copies_of_a_click_in_the_menu_one_is_recorded_and_both_are_told_the_same(
    installation: TeamsInstallation, captured: Captured, card: dict[str, Any], verb: str
) -> None:
    until = str(int(installation.desk.clock().timestamp()) + 3600)
    captured.holding = True
    installation.side.invoke(DANA, card, clicked(installation, verb, until=until, whom=DEPUTY, note="Agreed"))

    first, second = run_in_threads(2, lambda _: captured.again().json())

    assert first == second
    assert first["type"] == CARD_TYPE
    assert len(installation.desk.entries()) == 2


@pytest.mark.parametrize("verb", [actions.SNOOZE, actions.REASSIGN, actions.ACKNOWLEDGE_WITH_NOTE])
def test_a_click_in_the_menu_that_comes_again_is_answered_in_the_same_words(
    installation: TeamsInstallation, captured: Captured, card: dict[str, Any], verb: str
) -> None:
    until = str(int(installation.desk.clock().timestamp()) + 3600)
    first = installation.side.invoke(
        DANA, card, clicked(installation, verb, until=until, whom=DEPUTY, note="Agreed")
    )

    assert captured.again().json() == first.json()
    assert len(installation.desk.entries()) == 2


def test_a_bot_that_was_added_again_is_not_removed_by_a_farewell_that_is_sent_again(
    installation: TeamsInstallation, captured: Captured
) -> None:
    installation.side.install(DANA, CHANNEL)
    installation.side.uninstall(DANA, CHANNEL)
    assert installation.find_conversation(NAME, CHANNEL) is None
    installation.side.install(DANA, CHANNEL)

    captured.again(1)

    assert installation.find_conversation(NAME, CHANNEL) is not None
    installation.side.uninstall(DANA, CHANNEL)
    assert installation.find_conversation(NAME, CHANNEL) is None
