"""Every channel's card says which owner is away, who stands in, and who answered for whom."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import notifiers
from notifiers.shared.adaptive_card import Owner
from notifiers.slack import blocks
from notifiers.teams import draw_card_message
from notifiers.teams_bot.card import draw_review_card
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.identity import Person
from reviews.model import StandIn
from tests.edge.adaptive_cards import find_flaws, list_mentioned
from tests.edge.block_kit import find_problems, list_pings
from tests.notifiers.reading import read
from tests.reviews.samples import DEPUTY, HOSTILE, OWNER, answer, answered_review, review
from tests.reviews.stand_ins import DANA, ILZE, JURIS, make_stand_in

SHOWN = sorted(set(notifiers.list_channels()) - notifiers.list_silent_channels())
NAMES = {OWNER: DANA.name, str(ILZE.email): ILZE.name, str(JURIS.email): JURIS.name}
KNOWN = CardContext(names=NAMES)
AWAY = review(stand_ins=(make_stand_in(),))


@pytest.mark.parametrize("channel", SHOWN)
def test_a_card_says_who_is_away_until_when_and_who_stands_in(channel: str) -> None:
    text = read(channel, AWAY, KNOWN)

    assert re.search("Dana Ozola( is away)? until TIME ?; Ilze Kalna stands in", text)


@pytest.mark.parametrize("channel", SHOWN)
def test_several_stand_ins_are_in_one_sentence(channel: str) -> None:
    several = review(stand_ins=(make_stand_in(str(ILZE.email), str(JURIS.email)),))

    assert "; Ilze Kalna and Juris Bite stand in" in read(channel, several, KNOWN)


@pytest.mark.parametrize("channel", SHOWN)
def test_people_whom_we_have_not_met_are_named_by_address(channel: str) -> None:
    text = read(channel, AWAY, CardContext())

    assert re.search(rf"{OWNER}( is away)? until TIME ?; {ILZE.email} stands in", text)


@pytest.mark.parametrize("channel", SHOWN)
def test_an_answered_card_says_for_whom_and_no_longer_who_is_away(channel: str) -> None:
    answered = answered_review(reviewer=ILZE, owner=OWNER, stand_in_for=OWNER)

    text = read(channel, replace(answered, stand_ins=AWAY.stand_ins), KNOWN)

    assert "by Ilze Kalna for Dana Ozola" in text
    assert "away" not in text.casefold()


@pytest.mark.parametrize("channel", SHOWN)
def test_one_of_several_answers_says_for_whom(channel: str) -> None:
    both = review(
        required=None,
        owners=(OWNER, DEPUTY),
        answers=(answer(reviewer=ILZE, owner=OWNER, stand_in_for=OWNER),),
        stand_ins=AWAY.stand_ins,
    )

    text = read(channel, both, KNOWN)

    assert "Ilze Kalna for Dana Ozola" in text
    assert "stands in" not in text


def test_the_stand_in_is_mentioned_and_the_owner_is_not() -> None:
    card = draw_card(AWAY, KNOWN)

    message = draw_card_message(card, "https://reviews.example/ack")
    [attachment] = message["attachments"]
    bot = draw_review_card(card, {str(ILZE.email): Owner(name="Ilze Kalna", mention="aad-ilze")})

    assert list_mentioned(attachment["content"]) == [ILZE.email]
    assert list_mentioned(bot) == ["aad-ilze"]
    assert find_flaws(bot) == find_flaws(attachment["content"]) == []


def test_who_owns_the_document_too_is_mentioned_once() -> None:
    both = draw_card(review(owners=(OWNER, str(ILZE.email)), stand_ins=AWAY.stand_ins), KNOWN)

    bot = draw_review_card(both, {str(ILZE.email): Owner(name="Ilze Kalna", mention="aad-ilze")})

    assert list_mentioned(bot) == ["aad-ilze"]
    assert find_flaws(bot) == []


def test_a_stand_in_who_made_the_change_is_not_mentioned_in_a_workflow() -> None:
    own = Person(id="i1", name="Ilze Kalna", email=ILZE.email)
    card = draw_card(replace(AWAY, contributors=(own,)), KNOWN)

    [attachment] = draw_card_message(card, "https://reviews.example/ack")["attachments"]

    assert list_mentioned(attachment["content"]) == []


@pytest.mark.parametrize(
    "text", [HOSTILE, "&" * 3000, "*_" * 1500, "<https://evil.example|x>", "{{DATE(1)}} <at>x</at>"]
)
def test_hostile_names_stay_text_in_slack_and_in_teams(text: str) -> None:
    owners = tuple(f"o{number}@example.com" for number in range(20))
    people = tuple(f"s{number}@example.com" for number in range(9))
    stand_ins = tuple(make_stand_in(*people, absent=owner) for owner in owners)
    names = dict.fromkeys((*owners, *people), text)
    card = draw_card(review(owners=owners, stand_ins=stand_ins), CardContext(names=names))

    message = blocks.draw_card_message(card, list(owners), stand_ins={people[0]: "<@U1>"})
    drawn = draw_review_card(card, {people[0]: Owner(name=text, mention="aad-0")})

    assert find_problems(message, surface="message") == []
    assert set(list_pings(message)) == {"<@U1>"}
    assert find_flaws(drawn) == []
    assert list_mentioned(drawn) == ["aad-0"]


def test_of_many_owners_who_are_away_the_first_are_named() -> None:
    owners = tuple(f"o{number}@example.com" for number in range(5))
    away = review(owners=owners, stand_ins=tuple(make_stand_in(absent=each) for each in owners))

    text = read("console", away, KNOWN)

    assert text.count("is away until") == 3
    assert "2 more owners are away" in text


def test_an_owner_whom_no_one_replaces_is_away_all_the_same() -> None:
    alone = StandIn(absent=OWNER, people=(), until=make_stand_in().until)

    assert "Dana Ozola is away until TIME" in read("console", review(stand_ins=(alone,)), KNOWN)
