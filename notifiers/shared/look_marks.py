"""The mark of a card's look, for channels in which a card has no colour of its own."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from reviews.cards.card_state import CardLook, choose_look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.cards.card import Card

# Shapes differ too, beside the words: no one has to tell two colours apart.
LOOK_MARKS: Mapping[CardLook, str] = MappingProxyType(
    {
        CardLook.OPEN: "\N{LARGE BLUE CIRCLE}",
        CardLook.LATE: "\N{ALARM CLOCK}",
        CardLook.LAPSED: "\N{NO ENTRY}",
        CardLook.DONE: "\N{WHITE HEAVY CHECK MARK}",
        CardLook.CHANGES: "\N{LARGE ORANGE DIAMOND}",
        CardLook.SUPERSEDED: "\N{MEDIUM WHITE CIRCLE}",
    }
)


def choose_mark(card: Card) -> str:
    return LOOK_MARKS[choose_look(card)]
