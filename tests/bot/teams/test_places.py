"""Where the bot may speak: known from what Teams says, and forgotten where it is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from notifiers.teams_bot import ANY_CONVERSATION, NAME
from notifiers.teams_bot.actions import ACKNOWLEDGE
from reviews.kinds import CardState
from tests.bot.teams.teams_installation import ALONE, CHANNEL, DANA, ELSEWHERE, GROUP, TEAM
from tests.edge.teams_signing import Spoil
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.bot.teams.teams_installation import TeamsInstallation


def reference(installation: TeamsInstallation, **more: str) -> dict[str, str]:
    return {
        "service_url": installation.teams.service_url.rstrip("/"),
        "tenant": installation.teams.tenant_id,
        "bot": installation.teams.bot_id,
        "team": TEAM,
        **more,
    }


def test_an_installation_in_a_team_makes_its_channels_known(installation: TeamsInstallation) -> None:
    installation.side.install(DANA, CHANNEL)

    for address in (CHANNEL, TEAM, ANY_CONVERSATION):
        assert installation.find_conversation(NAME, address) == reference(installation), address
    assert installation.find_conversation(NAME, ELSEWHERE) is None


def test_the_channel_chosen_at_the_installation_is_known(installation: TeamsInstallation) -> None:
    data = {
        "tenant": {"id": installation.teams.tenant_id},
        "settings": {"selectedChannel": {"id": ELSEWHERE}},
    }

    installation.side.install(DANA, CHANNEL, spoil=Spoil(activity={"channelData": data}))

    assert installation.find_conversation(NAME, ELSEWHERE) == reference(installation, team="")


@pytest.mark.parametrize("place", [CHANNEL, GROUP])
def test_whatever_is_said_makes_its_place_known(installation: TeamsInstallation, place: str) -> None:
    installation.side.say(DANA, place, "help")

    assert (installation.find_conversation(NAME, place) or {})[
        "service_url"
    ] == installation.teams.service_url.rstrip("/")
    assert installation.find_conversation(NAME, ANY_CONVERSATION) == installation.find_conversation(
        NAME, place
    )


def test_a_chat_with_one_person_is_no_place_for_cards(installation: TeamsInstallation) -> None:
    installation.side.say(DANA, ALONE, "help")

    assert installation.find_conversation(NAME, ALONE) is None
    assert installation.find_conversation(NAME, ANY_CONVERSATION) == reference(installation, team="")


def test_a_service_address_that_has_moved_is_learnt_from_a_click(installation: TeamsInstallation) -> None:
    card = installation.card()
    moved = f"{installation.teams.root}/moved"
    spoil = Spoil(claims={"serviceurl": moved}, activity={"serviceUrl": moved})

    installation.side.click(DANA, card, ACKNOWLEDGE, spoil=spoil)

    assert installation.find_conversation(NAME, CHANNEL) == reference(installation, service_url=moved)
    assert installation.find_conversation(NAME, ANY_CONVERSATION) == reference(
        installation, service_url=moved
    )


def test_what_is_known_is_not_written_again(installation: TeamsInstallation) -> None:
    installation.side.install(DANA, CHANNEL)
    with installation.transactions() as work:
        # While another transaction writes, one that had to write too would wait for the database in vain.
        work.conversations.remember("another", "x", {}, at=installation.desk.clock())

        assert installation.side.install(DANA, CHANNEL).status == 200


def removals(installation: TeamsInstallation) -> list[dict[str, Any]]:
    bot = {"id": installation.teams.bot_id}
    tenant = {"tenant": {"id": installation.teams.tenant_id}}
    deleted = {**tenant, "eventType": "channelDeleted", "channel": {"id": CHANNEL}}
    return [
        {"type": "installationUpdate", "action": "remove"},
        {"type": "installationUpdate", "action": "remove-upgrade"},
        {"type": "conversationUpdate", "membersRemoved": [bot]},
        {"type": "conversationUpdate", "channelData": deleted},
    ]


@pytest.mark.parametrize("number", range(4))
def test_where_the_bot_is_removed_it_is_no_longer_known_to_be(
    installation: TeamsInstallation, number: int
) -> None:
    installation.side.install(DANA, CHANNEL)

    installation.side.install(DANA, CHANNEL, spoil=Spoil(activity=removals(installation)[number]))

    assert installation.find_conversation(NAME, CHANNEL) is None


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "conversationUpdate", "membersRemoved": [{"id": DANA}]},
        {"type": "conversationUpdate", "membersAdded": [{"id": "28:bot"}]},
        {"type": "installationUpdate", "action": "add-upgrade"},
        {"type": "message", "text": "help", "action": "remove"},
    ],
)
def test_what_happens_to_others_does_not_remove_the_bot(
    installation: TeamsInstallation, activity: dict[str, Any]
) -> None:
    installation.side.install(DANA, CHANNEL)

    installation.side.install(DANA, CHANNEL, spoil=Spoil(activity=activity))

    assert installation.find_conversation(NAME, CHANNEL) == reference(installation)


def test_a_card_waits_for_the_installation_and_is_posted_to_any_channel_of_the_team(
    installation: TeamsInstallation,
) -> None:
    review = installation.desk.open(event())
    installation.desk.deliver_all()
    [before] = installation.desk.latest(review.file_id).cards

    installation.side.install(DANA, ELSEWHERE)
    with installation.transactions() as work:
        work.cards.reopen(before.id)
        work.commit()
    installation.desk.deliver_all()

    assert (before.state, "not installed" in str(before.error)) == (CardState.DEAD, True)
    assert installation.standing(review)["place"] == CHANNEL
