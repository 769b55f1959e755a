"""Every channel's card says how much changed, and leads to the differences; a redacted card does neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

import notifiers
from notifiers import apprise, console, teams
from notifiers.mail.message import render_html, render_text
from notifiers.shared.json_members import get_text
from notifiers.slack import blocks
from notifiers.teams_bot.card import draw_card_message
from reviews.cards.card_drawing import add_page, draw_card
from reviews.comparison import ComparisonState
from reviews.language import use_language
from reviews.privacy.redaction import redact_card
from tests.edge.adaptive_cards import find_flaws
from tests.edge.block_kit import find_problems
from tests.language.drawings import CHANNELS
from tests.reviews.compared import make_summary
from tests.reviews.hostile import hostile_reviews
from tests.reviews.samples import answered_review, review

if TYPE_CHECKING:
    from reviews.cards.card import Card

BUTTON = "show_changes"
"""Of the button in Slack, which opens a modal."""
ACK = "https://review.example.com/ack/token"
PAGE = f"{ACK}#changes"
SENTENCE, GERMAN = "4 changed; 4 amounts", "4 geändert; 4 Beträge"
SHOWN = sorted(set(notifiers.list_channels()) - notifiers.list_silent_channels())
DRAWINGS: dict[str, Any] = {
    "slack": lambda card: str(blocks.draw_card_message(card, list(card.owners))),
    "teams": lambda card: str(teams.draw_card_message(card, ACK)),
    "teams-bot": lambda card: str(draw_card_message(card)),
    "mail as text": lambda card: render_text(card, ACK),
    "mail as HTML": lambda card: render_html(card, ACK),
    "console": lambda card: console.render(card, ACK),
    "apprise": lambda card: "\n".join(apprise.render(card, ACK, str)),
}


def draw(**more: Any) -> Card:
    return add_page(draw_card(review(changes=make_summary(4, **more))), lambda _card: PAGE)


def find_lead(drawing: str) -> str:
    """Return what leads to the differences."""
    return BUTTON if drawing == "slack" else PAGE


@pytest.mark.parametrize("channel", SHOWN)
def test_each_channel_says_how_much_changed(channel: str) -> None:
    assert SENTENCE in " ".join(CHANNELS[channel](draw()))


@pytest.mark.parametrize("channel", SHOWN)
def test_each_channel_says_it_in_german(channel: str) -> None:
    with use_language("de"):
        assert GERMAN in " ".join(CHANNELS[channel](draw()))


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_each_drawing_leads_to_the_differences(drawing: str) -> None:
    assert find_lead(drawing) in DRAWINGS[drawing](draw())


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_an_answered_card_leads_to_them_too(drawing: str) -> None:
    answered = answered_review()
    card = draw_card(review(state=answered.state, answers=answered.answers, changes=make_summary(4)))

    assert find_lead(drawing) in DRAWINGS[drawing](add_page(card, lambda _card: PAGE))


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_where_there_are_none_nothing_leads_there(drawing: str) -> None:
    card = draw(state=ComparisonState.WITHHELD, reason="watermark")

    assert "watermark" in DRAWINGS[drawing](card)
    assert find_lead(drawing) not in DRAWINGS[drawing](card)


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_redacted_card_neither_says_nor_leads_there(drawing: str) -> None:
    drawn = DRAWINGS[drawing](redact_card(draw(), "Compliance"))

    assert "changed;" not in drawn
    assert find_lead(drawing) not in drawn


def test_in_slack_the_button_is_there_without_a_page_and_leads_to_no_address() -> None:
    card = draw_card(review(changes=make_summary(4)))

    [button] = [
        block["accessory"]
        for block in blocks.draw_card_message(card, list(card.owners))["blocks"]
        if get_text(block, "accessory", "action_id") == BUTTON
    ]

    assert (button["action_id"], button["value"], button.get("url")) == (BUTTON, "rev-1.1", None)
    assert PAGE not in DRAWINGS["slack"](draw())


def test_the_plain_form_of_a_card_in_slack_keeps_the_button() -> None:
    plain = blocks.draw_plain_card(blocks.draw_card_message(draw(), ["Olga"]))

    assert find_problems(plain, surface="message") == []
    assert plain["blocks"][0]["accessory"]["action_id"] == BUTTON


def test_an_append_only_channel_is_not_posted_to_again_for_a_comparison() -> None:
    assert draw().stage == draw_card(review()).stage


@settings(deadline=None, max_examples=60)
@given(changed=hostile_reviews())
def test_a_card_with_a_comparison_is_within_the_limits_of_slack_and_teams(changed: Any) -> None:
    card = add_page(draw_card(changed), lambda _card: f"https://review.example.com/ack/{'t' * 400}#changes")

    drawn = blocks.draw_card_message(card, list(card.owners))

    assert find_problems(drawn, surface="message") == []
    for message in (teams.draw_card_message(card, ACK), draw_card_message(card)):
        assert find_flaws(message["attachments"][0]["content"]) == []
