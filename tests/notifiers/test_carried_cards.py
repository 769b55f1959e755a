"""A review that needs no answer: no channel asks for one, mentions an owner, or says that it waits."""

from __future__ import annotations

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.cards.card_sentences import describe_news, summarize
from tests.language.drawings import CHANNELS, STATES

CARRIED = STATES["carried over"]
STILL_COUNTS = "The acknowledgement of version 7 by Dana Ozola still counts: no one is asked again."
CALLS = ("needs your review", "Please review it", "Acknowledge", "Waiting for review", "0 of 1")


def test_its_headline_and_summary_ask_for_nothing() -> None:
    card = draw_card(CARRIED)

    assert describe_news(card) == "needs no new review"
    assert summarize(card).endswith(
        f"Same text; formatting, properties or other data changed. {STILL_COUNTS}"
    )
    assert not card.waits


# A comment says nothing of it, and the inbox's drawing has every form there is.
@pytest.mark.parametrize("channel", [each for each in CHANNELS if each not in {"comment", "inbox"}])
def test_no_channel_asks_for_an_answer(channel: str) -> None:
    lines = list(CHANNELS[channel](draw_card(CARRIED)))

    assert [line for line in lines for call in CALLS if call in line] == []
    assert any(STILL_COUNTS in line for line in lines)
