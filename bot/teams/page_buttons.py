"""Buttons to other pages of a list, and the data of a click on one (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.json_members import get_text

if TYPE_CHECKING:
    from bot.command_replies import ListReply

PREVIOUS_PAGE, NEXT_PAGE = "page_behind", "page_ahead"
_VERB, _WORDS = "verb", "words"


def draw_page_buttons(reply: ListReply, next_command: str | None) -> list[dict[str, Any]]:
    """Return the buttons to the other pages; each carries its command."""
    labels = reply.page_labels
    pages = ((PREVIOUS_PAGE, labels[0], reply.previous_page_command), (NEXT_PAGE, labels[1], next_command))
    return [_draw_button(verb, label, words) for verb, label, words in pages if words]


def read_command(data: object, verb: str = "") -> str:
    """Return the command of a page button; empty if it is none of ours.

    Clients without `Action.Execute` send its fallback, whose data contains the verb.
    """
    verb = verb or get_text(data, _VERB)
    return get_text(data, _WORDS) if verb in {PREVIOUS_PAGE, NEXT_PAGE} else ""


def _draw_button(verb: str, title: str, words: str) -> dict[str, Any]:
    data = {_WORDS: words}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb,
        "data": data,
        "associatedInputs": "none",
        "fallback": {"type": "Action.Submit", "title": title, "data": {**data, _VERB: verb}},
    }
