"""The buttons that answer on a bot's card, and the data of a click on one (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import Any

from reviews.language import LANGUAGES, get_language

ACKNOWLEDGE = "acknowledge"
REQUEST_CHANGES = "request_changes"
REVIEW = "review"
NOTE = "note"
"""The id of the input for the requested changes."""
MORE, BACK = "more", "back"
ACKNOWLEDGE_WITH_NOTE, REASSIGN, SNOOZE = "acknowledge_with_note", "hand_over", "postpone"
ASK_TO_WITHDRAW, WITHDRAW, HISTORY = "ask_to_withdraw", "withdraw", "history"
CHANGES = "changes"
PERSON_INPUT, UNTIL_INPUT = "whom", "until"
"""The ids of the inputs for an address, and for a time."""
LIST_KEY, OWN_LIST = "seat", "mine"
"""The place of a button that is not on a review's own card: a person's list of their reviews."""
START = "start"
"""The member of a page button's data for what its page begins with, counted from 0."""
SINCE, ACKNOWLEDGED = "since", "acknowledged"
"""The member of a button's data that asks for the comparison for all, and not for that of the person."""
ACKNOWLEDGE_TEST, TEST = "acknowledge_test", "test"
"""The button on the card of a test, and the member that names the test."""
LANGUAGE = "language"
"""The member of an answer's data for the language in which its button was drawn."""
MAX_REVISION_DIGITS = 9

_VERB = "verb"

Action = dict[str, Any]


def make_acknowledge_button(title: str, *, review_id: str, revision: int) -> Action:
    """Return the button that acknowledges; it sends no input, because inputs get lost in channels."""
    button = _execute(title, ACKNOWLEDGE, add_language(make_click_data(review_id, revision)))
    return {**button, "associatedInputs": "none", "style": "positive"}


def make_request_button(title: str, *, review_id: str, revision: int) -> Action:
    """Return the button that sends the note; it is on the same card as the input `NOTE`."""
    return _execute(title, REQUEST_CHANGES, make_click_data(review_id, revision))


def make_changes_button(title: str, data: dict[str, str], *, page_address: str | None) -> Action:
    """Return the button that shows what changed; clients without `Action.Execute` open its page instead."""
    button = make_step_button(title, CHANGES, data)
    return {**button, "fallback": make_link_button(title, page_address)} if page_address else button


def make_link_button(title: str, address: str) -> Action:
    return {"type": "Action.OpenUrl", "title": title, "url": address}


def make_click_data(review_id: str, revision: int) -> dict[str, str]:
    """Return the data that a click sends: the review, and the revision that the person saw."""
    return {REVIEW: f"{review_id}.{revision}"}


def add_language(data: dict[str, str]) -> dict[str, str]:
    """Return the data of a button that acknowledges, which is drawn in the current language."""
    return {**data, LANGUAGE: get_language()}


def read_language(data: object) -> str | None:
    """Return the language in which a clicked button was drawn; `None` for one of an earlier release."""
    language = read_text(data, LANGUAGE)
    return language if language in LANGUAGES else None


def read_data(data: object) -> tuple[str, int]:
    """Return (review id, revision) of a click's data; for data that is not ours, an id that is never used."""
    value = data.get(REVIEW) if isinstance(data, dict) else None
    review_id, _, revision = value.partition(".") if isinstance(value, str) else ("", "", "")
    valid = revision.isascii() and revision.isdecimal() and len(revision) <= MAX_REVISION_DIGITS
    return (review_id, int(revision)) if valid else ("", 0)


def read_verb(data: object) -> str:
    """Return the verb of a click that arrived as a message's `value`; empty if the data is not ours.

    Clients without `Action.Execute` send its fallback, which has the verb among the data.
    """
    verb = data.get(_VERB) if isinstance(data, dict) else None
    return verb if isinstance(verb, str) and verb in {ACKNOWLEDGE, REQUEST_CHANGES} else ""


def read_note(data: object) -> str:
    """Return the text of the note's input; empty if there is none."""
    note = data.get(NOTE) if isinstance(data, dict) else None
    return note if isinstance(note, str) else ""


def read_text(data: object, name: str) -> str:
    """Return the text or choice of one input; empty if there is none."""
    text = data.get(name) if isinstance(data, dict) else None
    return text if isinstance(text, str) else ""


def read_start(data: object) -> int:
    """Return what a page begins with; 0 if the data does not say, or what it says is not ours."""
    start = read_text(data, START)
    return int(start) if start.isascii() and start.isdecimal() and len(start) <= MAX_REVISION_DIGITS else 0


def is_for_all(data: object) -> bool:
    """Return whether a button asks for the comparison for all."""
    return read_text(data, SINCE) == ACKNOWLEDGED


def is_in_own_list(data: object) -> bool:
    """Return whether a button claims to be in a person's own list; that proves nothing."""
    return read_text(data, LIST_KEY) == OWN_LIST


def make_step_button(title: str, verb: str, data: dict[str, str], *, inputs: bool = False) -> Action:
    """Return a button that leads on; clients without `Action.Execute` leave it out."""
    along = {} if inputs else {"associatedInputs": "none"}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb,
        "data": data,
        "fallback": "drop",
        **along,
    }


def _execute(title: str, verb: str, data: dict[str, str]) -> Action:
    fallback = {"type": "Action.Submit", "title": title, "data": {**data, _VERB: verb}}
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": data, "fallback": fallback}
