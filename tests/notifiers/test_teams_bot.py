"""The bot's channel against a strict fake: posting, redrawing, and where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import notifiers
from notifiers import ChannelContext, teams_bot
from reviews.cards.card_sentences import summarize
from reviews.errors import MessageGone, Permanent
from reviews.routes.route import Target
from tests.edge.teams_activities import cards
from tests.edge.teams_elements import list_button_labels
from tests.notifiers.books import make_directory
from tests.notifiers.teams import ALONE, ANSWERED, CARD, CHANNEL, CHAT, make_teams_bot, read_shown_text
from tests.reviews.samples import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifiers.teams_bot import TeamsBot
    from tests.edge.fake_teams import FakeTeams


def test_a_card_begins_a_thread_and_is_redrawn_in_its_place(teams: FakeTeams, bot: TeamsBot) -> None:
    message_id = bot.post(CHANNEL, CARD)
    bot.update(CHANNEL, message_id, ANSWERED)
    bot.update(CHANNEL, message_id, ANSWERED)

    [message] = teams.messages(CHANNEL)
    assert message_id == f"{message['conversation']}|{message['id']}"
    assert message["edits"] == 2
    assert "Reviewed by Dana Ozola" in read_shown_text(message).replace("\n", "")
    assert message["summary"] == summarize(ANSWERED)


def test_a_card_in_a_group_chat_is_its_next_message(teams: FakeTeams, bot: TeamsBot) -> None:
    message_id = bot.post(CHAT, CARD)
    bot.update(CHAT, message_id, ANSWERED)

    [message] = teams.messages(CHAT)
    assert (message["conversation"], message["edits"]) == (CHAT, 1)


def test_the_buttons_vanish_with_the_answer(teams: FakeTeams, bot: TeamsBot) -> None:
    message_id = bot.post(CHANNEL, CARD)
    before = list_button_labels(cards(teams.messages(CHANNEL)[0])[0])
    bot.update(CHANNEL, message_id, ANSWERED)

    assert before == ["Acknowledge review", "Request changes", "Request changes", "Open document", "More…"]
    assert list_button_labels(cards(teams.messages(CHANNEL)[0])[0]) == ["Open document", "More…"]


def test_a_card_that_was_deleted_is_gone(teams: FakeTeams, bot: TeamsBot) -> None:
    message_id = bot.post(CHANNEL, CARD)
    teams.places[CHANNEL].messages[0]["deleted"] = True

    with pytest.raises(MessageGone, match="deleted"):
        bot.update(CHANNEL, message_id, ANSWERED)


def test_a_card_in_a_channel_that_the_bot_has_left_is_not_gone(teams: FakeTeams, bot: TeamsBot) -> None:
    message_id = bot.post(CHANNEL, CARD)
    teams.places[CHANNEL].installed = False

    with pytest.raises(Permanent, match="add the app to the team again"):
        bot.update(CHANNEL, message_id, ANSWERED)


def test_a_channel_that_no_one_spoke_of_is_reached_as_the_tenants_newest(teams: FakeTeams) -> None:
    conversations = {("teams-bot", ""): teams.reference}
    bot = make_teams_bot(teams, conversation=lambda name, address: conversations.get((name, address)))

    bot.post(CHANNEL, CARD)

    assert len(teams.messages(CHANNEL)) == 1


def test_a_bot_that_is_installed_nowhere_says_what_to_do(teams: FakeTeams) -> None:
    bot = make_teams_bot(teams, conversation=lambda *_: None)

    with pytest.raises(Permanent, match=r"`docspace-review teams manifest`.*`deliveries replay`"):
        bot.post(CHANNEL, CARD)

    assert teams.calls() == []


def test_a_bot_cannot_look_into_a_channel(teams: FakeTeams, bot: TeamsBot) -> None:
    bot.post(CHANNEL, CARD)

    with pytest.raises(Permanent, match="may not read"):
        bot.find_message(CHANNEL, CARD, since=START)
    assert len(teams.messages(CHANNEL)) == 1


def setting_of(values: dict[str, str]) -> Callable[[str], str]:
    def setting(name: str) -> str:
        if not values.get(name):
            raise LookupError(name)
        return values[name]

    return setting


@pytest.mark.parametrize("missing", ["TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID"])
def test_the_channel_is_not_built_without_its_settings(teams: FakeTeams, missing: str) -> None:
    surroundings = ChannelContext(
        setting=setting_of({**teams.settings, missing: ""}),
        option=lambda _: "",
        acknowledge_link=lambda _: "",
        comment=lambda *_: None,
        conversation=lambda *_: None,
        directory=make_directory(),
    )

    with pytest.raises(LookupError, match=missing):
        notifiers.build("teams-bot", surroundings)


@pytest.mark.parametrize(
    "address",
    [
        "19:0123456789abcdef0123456789abcdef@thread.tacv2",
        "19:aB3_x-Y1@thread.tacv2",
        "19:0123@thread.skype",
        CHAT,
    ],
)
def test_ids_of_channels_and_group_chats_are_addresses(address: str) -> None:
    assert teams_bot.why_not(address) is None
    assert Target.parse(f"teams-bot:{address}") == Target(notifier="teams-bot", address=address)


@pytest.mark.parametrize(
    "address",
    [
        "General",
        "19%3A0123%40thread.tacv2",
        "19:0123",
        "19:0123@thread.tacv2\n",
        "19:0123@thread.tacv2;messageid=1",
        ALONE,
        "28:bot",
        "",
    ],
)
def test_what_is_no_id_is_refused_with_the_place_to_find_one(address: str) -> None:
    assert "copy the channel's link" in (teams_bot.why_not(address) or "")
