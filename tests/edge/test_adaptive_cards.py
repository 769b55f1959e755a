"""The check of Adaptive Cards itself: it takes a good one and refuses each way of spoiling it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from tests.edge.adaptive_cards import find_flaws, list_mentioned, read_buttons, read_card_text
from tests.edge.sample_adaptive_card import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.edge.adaptive_cards import Json


SPOILT: dict[str, Callable[[Json], object]] = {
    "a typo": lambda card: card["body"][0].update(txt="x"),
    "an unknown element": lambda card: card["body"].append({"type": "TextBlok", "text": "x"}),
    "a value that is none": lambda card: card["body"][0].update(size="Huge"),
    "no text": lambda card: card["body"][1]["inlines"][0].pop("text"),
    "a later version": lambda card: card.update(version="1.5"),
    "no fallback": lambda card: card.pop("fallbackText"),
    "narrow": lambda card: card["msteams"].pop("width"),
    "a fallback with marks": lambda card: card.update(fallbackText="*urgent*"),
    "marks": lambda card: card["body"][0].update(text="<at>Olga</at> *urgent*"),
    "marks at the edge of a word": lambda card: card["body"][0].update(text="<at>Olga</at> _urgent_"),
    "a link": lambda card: card["body"][0].update(text="<at>Olga</at> [x](https://evil.example)"),
    "a list": lambda card: card["body"].append({"type": "TextBlock", "text": "1. urgent"}),
    "another macro": lambda card: card["body"][0].update(text="<at>Olga</at> {{DATE(2026-01-01)}}"),
    "a macro in a run": lambda card: card["body"][1]["inlines"][0].update(
        text="{{TIME(2026-01-01T00:00:00Z)}}"
    ),
    "a tag in a run": lambda card: card["body"][1]["inlines"][0].update(text="<at>Olga</at>"),
    "two lines": lambda card: card["body"][1]["inlines"][0].update(text="a\nb"),
    "a mention of nobody": lambda card: card["body"][0].update(text="<at>Olga</at> <at>Ilze</at>"),
    "an entity without a text": lambda card: card["body"][0].update(text="Olga"),
    "another name": lambda card: card["msteams"]["entities"][0]["mentioned"].update(name="Ilze"),
    "a script": lambda card: card["actions"][0].update(url="javascript:alert(1)"),
    "seven buttons": lambda card: card.update(
        actions=[{**card["actions"][0], "title": f"Open {number}"} for number in range(7)]
    ),
}


def test_a_good_card_has_no_flaws() -> None:
    assert find_flaws(GOOD) == []


@pytest.mark.parametrize("way", SPOILT)
def test_a_spoilt_card_is_refused(way: str) -> None:
    card = copy.deepcopy(GOOD)

    SPOILT[way](card)

    assert find_flaws(card) != []


def test_what_a_card_shows_can_be_asked() -> None:
    assert (
        read_card_text(GOOD) == "Due {{DATE(2026-01-01T00:00:00Z, SHORT)}} for @Olga\n**AML** [Policy](x) < 3"
    )
    assert list(read_buttons(GOOD)) == ["Open"]
    assert list_mentioned(GOOD) == ["o@example.com"]
