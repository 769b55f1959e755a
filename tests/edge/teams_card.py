"""A small message with a card, for the tests of the fake Teams itself."""

from typing import Any

from tests.edge.teams_activities import CARD_TYPE
from tests.edge.teams_state import Json


def execute(verb: str, **more: Any) -> Json:
    data = {"review": "rev-1.1"}
    fallback = {"type": "Action.Submit", "title": verb, "data": {**data, "verb": verb}}
    return {
        "type": "Action.Execute",
        "title": verb,
        "verb": verb,
        "data": data,
        "fallback": fallback,
        **more,
    }


def small_card(**more: Any) -> Json:
    """A card with a button of its own and a form behind another."""
    note = {"type": "Input.Text", "id": "note", "label": "Note", "isRequired": True, "maxLength": 5}
    note["errorMessage"] = "Please"
    form = {"type": "AdaptiveCard", "version": "1.4", "body": [note], "actions": [execute("send")]}
    return {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": "A card"}],
        "actions": [
            execute("acknowledge", associatedInputs="none"),
            {"type": "Action.ShowCard", "title": "Form", "card": form},
        ],
        **more,
    }


def message(card: Json | None = None) -> Json:
    return {
        "type": "message",
        "attachments": [{"contentType": CARD_TYPE, "content": small_card() if card is None else card}],
    }


def make_conversation(channel_id: str, activity: Json, *, tenant: str, bot: str) -> Json:
    """What begins a thread in a channel."""
    return {
        "isGroup": True,
        "bot": {"id": bot},
        "channelData": {"channel": {"id": channel_id}, "tenant": {"id": tenant}},
        "activity": activity,
    }
