"""What acknowledging means, as parts of the cards that one person sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.adaptive_card import VERSION
from notifiers.shared.adaptive_meaning import draw_recorded_facts, draw_statement
from reviews.answers.menu import MenuItem
from reviews.cards.meaning import ask_for_meaning

if TYPE_CHECKING:
    from reviews.answers.menu import Offer
    from reviews.cards.meaning import Meaning

Element = dict[str, Any]


def draw_meaning(meaning: Meaning) -> list[Element]:
    """Return the statement, and below it what is recorded with it."""
    return [*draw_statement(meaning), *draw_recorded_facts(meaning)]


def draw_meaning_buttons(offer: Offer) -> list[Element]:
    """Return the button that shows what acknowledging means: a list of reviews has no room for it."""
    if MenuItem.ACKNOWLEDGE not in offer.items:
        return []
    card = {"type": "AdaptiveCard", "version": VERSION, "body": draw_meaning(offer.meaning)}
    return [{"type": "Action.ShowCard", "title": ask_for_meaning(), "card": card}]
