"""The buttons to other pages of a list, and what a click on one brings back (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.members import string

if TYPE_CHECKING:
    from bot.command_replies import Listing

PAGE_BEHIND, PAGE_AHEAD = "page_behind", "page_ahead"
_VERB, _WORDS = "verb", "words"


def turns(said: Listing, ahead: str | None) -> list[dict[str, Any]]:
    """Return the buttons to the other pages; each carries the command that it stands for."""
    labels = said.turns
    pages = ((PAGE_BEHIND, labels[0], said.behind), (PAGE_AHEAD, labels[1], ahead))
    return [_button(verb, label, words) for verb, label, words in pages if words]


def words_of(data: object, verb: str = "") -> str:
    """Return the command that a page button stands for; empty where it is none of ours.

    Clients that do not know `Action.Execute` send its fallback, in which the verb stands among the data.
    """
    verb = verb or string(data, _VERB)
    return string(data, _WORDS) if verb in {PAGE_BEHIND, PAGE_AHEAD} else ""


def _button(verb: str, title: str, words: str) -> dict[str, Any]:
    data = {_WORDS: words}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb,
        "data": data,
        "associatedInputs": "none",
        "fallback": {"type": "Action.Submit", "title": title, "data": {**data, _VERB: verb}},
    }
