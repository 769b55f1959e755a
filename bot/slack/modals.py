"""The modals, as pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.slack.blocks import button_value
from notifiers.slack.text import escape, shorten
from reviews.answers import LONGEST_NOTE
from reviews.text import plain

if TYPE_CHECKING:
    from reviews.model import Review

REQUEST_CHANGES = "request_changes_note"
NOTE_BLOCK = "note"
NOTE_ACTION = "text"


def request_changes(review: Review) -> dict[str, Any]:
    """Return the form for a note; it remembers the revision that the person saw."""
    title = escape(shorten(plain(review.title), 150))
    told = f"*{title}*\nYour note goes onto the card, where the whole channel reads it, and into the record."
    return {
        "type": "modal",
        "callback_id": REQUEST_CHANGES,
        "private_metadata": button_value(review.id, review.revision),
        "title": _plain("Request changes"),
        "submit": _plain("Request changes"),
        "close": _plain("Cancel"),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": told, "verbatim": True}},
            {
                "type": "input",
                "block_id": NOTE_BLOCK,
                "label": _plain("What has to change?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": NOTE_ACTION,
                    "multiline": True,
                    "max_length": LONGEST_NOTE,
                    "placeholder": _plain("For example: section 4 still names the old threshold."),
                },
            },
        ],
    }


def said(sentence: str) -> dict[str, Any]:
    """Return what the form turns into when the answer is not taken."""
    return {
        "type": "modal",
        "title": _plain("Request changes"),
        "close": _plain("Close"),
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": shorten(sentence, 3000)}}],
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
