"""Buttons that ask for more, each with the command for it, and the data of a click (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import Any

from notifiers.shared.json_members import get_text

PREVIOUS_PAGE, NEXT_PAGE = "page_behind", "page_ahead"
ASK_CHANGES = "ask_changes"
"""The button on the card of a review that was asked for: it asks what changed."""
_VERB, _WORDS = "verb", "words"


def draw_page_buttons(
    labels: tuple[str, str], *, previous_command: str | None, next_command: str | None
) -> list[dict[str, Any]]:
    """Return the buttons to the other pages; each carries its command."""
    pages = ((PREVIOUS_PAGE, labels[0], previous_command), (NEXT_PAGE, labels[1], next_command))
    return [draw_command_button(verb, label, words) for verb, label, words in pages if words]


def read_command(data: object, verb: str = "") -> str:
    """Return the command of a button; empty if it is none of ours.

    Clients without `Action.Execute` send its fallback, whose data contains the verb.
    """
    verb = verb or get_text(data, _VERB)
    return get_text(data, _WORDS) if verb in {PREVIOUS_PAGE, NEXT_PAGE, ASK_CHANGES} else ""


def draw_command_button(verb: str, title: str, words: str) -> dict[str, Any]:
    """Return the button that sends a command, also from clients without `Action.Execute`."""
    data = {_WORDS: words}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb,
        "data": data,
        "associatedInputs": "none",
        "fallback": {"type": "Action.Submit", "title": title, "data": {**data, _VERB: verb}},
    }
