"""Cards for a note that could not be sent as it was typed, shown to one person only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.teams_bot.meaning_parts import draw_meaning
from notifiers.teams_bot.menu_card import draw_line, draw_menu_card, draw_note_input, make_back_button
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.language import _

if TYPE_CHECKING:
    from notifiers.teams_bot.menu_card import Data, Element
    from reviews.cards.meaning import Meaning
    from reviews.model import Review


def draw_unsent_note(review: Review, sentence: str, note: str, data: Data) -> Element:
    """Return why a note can't be sent any more, and the note in a field, so that all of it can be copied."""
    lines = [draw_line(sentence), draw_line(_("Your text was not sent:")), _draw_filled_input(note)]
    return draw_menu_card(review, lines, [make_back_button(data)])


def draw_refilled_form(
    review: Review,
    note: str,
    explanations: tuple[str, str],
    buttons: list[Element],
    *,
    meaning: Meaning | None = None,
) -> Element:
    """Return the form of the newest revision with a note that was typed for an older one.

    `explanations` is why that one was refused, and where the note goes; `meaning` is that of an
    acknowledgement.
    """
    above = draw_meaning(meaning) if meaning else []
    why, where = explanations
    heading, visibility = draw_line(why, weight="Bolder"), draw_line(where, isSubtle=True)
    return draw_menu_card(review, [heading, *above, _draw_filled_input(note), visibility], buttons)


def _draw_filled_input(note: str) -> Element:
    return {**draw_note_input(), "value": note[:MAX_NOTE_LENGTH]}
