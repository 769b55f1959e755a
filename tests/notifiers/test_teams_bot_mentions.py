"""Whom a card of the bot mentions, and what it asks of the roster for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.identity import Person
from tests.edge.teams_activities import card_problems, cards
from tests.notifiers.teams import CARD, CHANNEL, DANA, make_teams_bot, read_shown_text
from tests.reviews.samples import OWNER, review
from tests.reviews.stand_ins import make_stand_in

if TYPE_CHECKING:
    from notifiers.teams_bot import TeamsBot
    from tests.edge.fake_teams import FakeTeams

ILZE_ID = "7c1d6ab2-0000-4a4a-8b8b-0123456789ab"


def test_the_owner_is_mentioned_and_looked_up_once(teams: FakeTeams, bot: TeamsBot) -> None:
    bot.post(CHANNEL, CARD)
    bot.post(CHANNEL, CARD)

    [card] = cards(teams.messages(CHANNEL)[0])
    assert card["msteams"]["entities"][0]["mentioned"] == {"id": DANA, "name": "Dana Ozola"}
    assert "<at>Dana Ozola</at>" in read_shown_text(teams.messages(CHANNEL)[0])
    assert len(teams.calls("member")) == 1


def test_an_owner_who_is_not_in_the_team_stands_there_by_address(teams: FakeTeams, bot: TeamsBot) -> None:
    bot.post(CHANNEL, draw_card(review(owners=("stranger@example.com",))))

    [message] = teams.messages(CHANNEL)
    assert "<at>" not in read_shown_text(message)
    assert "stranger@example.com" in read_shown_text(message)


@pytest.mark.parametrize("name", ["<at>Eve</at>", "Eve\n*urgent*", "\u202eeve", "", "{{DATE(2026)}}"])
def test_a_name_that_is_more_than_a_name_mentions_no_one_else(
    teams: FakeTeams, bot: TeamsBot, name: str
) -> None:
    teams.add_person("29:dana", name, "owner@example.com", oid=DANA)

    bot.post(CHANNEL, CARD)

    [card] = cards(teams.messages(CHANNEL)[0])
    assert card_problems(teams, card) == []
    assert [each["mentioned"]["id"] for each in card["msteams"]["entities"]] == [DANA]


@pytest.mark.parametrize("mode", ["503", "BotNotInConversationRoster", "drop"])
def test_a_roster_that_cannot_be_asked_stops_no_card(teams: FakeTeams, bot: TeamsBot, mode: str) -> None:
    teams.fail("member", mode)

    bot.post(CHANNEL, CARD)

    assert "owner@example.com" in read_shown_text(teams.messages(CHANNEL)[0])


@pytest.mark.parametrize("mode", ["503", "500", "drop", "hang"])
def test_a_roster_that_does_not_answer_is_asked_once_for_all_owners_and_for_the_next_card_again(
    teams: FakeTeams, mode: str
) -> None:
    teams.fail("member", mode)
    bot = make_teams_bot(teams, read_seconds=2.0 if mode == "hang" else 60.0)
    card = draw_card(review(owners=("owner@example.com", "stranger@example.com")))

    bot.post(CHANNEL, card)
    asked = len(teams.calls("member"))
    bot.post(CHANNEL, card)

    assert asked == 1
    assert "<at>Dana Ozola</at>" in read_shown_text(teams.messages(CHANNEL)[1])


def test_the_stand_in_is_mentioned_in_place_of_the_owner_who_is_away(teams: FakeTeams, bot: TeamsBot) -> None:
    teams.add_person("29:ilze", "Ilze Kalna", "ilze@example.com", oid=ILZE_ID)

    bot.post(
        CHANNEL, draw_card(review(stand_ins=(make_stand_in(),)), CardContext(names={OWNER: "Dana Ozola"}))
    )

    [message] = teams.messages(CHANNEL)
    [card] = cards(message)
    assert [each["mentioned"]["id"] for each in card["msteams"]["entities"]] == [ILZE_ID]
    assert "Dana Ozola is away until" in read_shown_text(message)
    assert OWNER not in read_shown_text(message)


def test_an_owner_is_not_mentioned_for_their_own_change(teams: FakeTeams, bot: TeamsBot) -> None:
    own = Person(id="o1", name="Dana Ozola", email="Owner@example.com")

    bot.post(CHANNEL, draw_card(review(contributors=(own,))))

    assert "<at>" not in read_shown_text(teams.messages(CHANNEL)[0])
    assert teams.calls("member") == []
