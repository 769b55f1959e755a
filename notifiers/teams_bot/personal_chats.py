"""The bot's chat with one person, whom it knows from the card's team (facts on Teams, 2.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.shared.json_members import get_text
from reviews.errors import Permanent, RemoteError, TryLater, Unreachable

if TYPE_CHECKING:
    from notifiers.teams_bot.connector import Activity, Connector, TeamsConversation

_ALONE = "the bot can't send that person a direct message"


def post_to_person(
    connector: Connector, conversation: TeamsConversation, address: str, activity: Activity
) -> str:
    """Post a message in the chat with a person of a place, and return its id.

    Raises `Unreachable` where there is no chat, or Teams refuses the message there: nothing was sent then.
    """
    personal_chat = _open_personal_chat(connector, conversation, address)
    try:
        return connector.post(personal_chat, activity)
    except Permanent as error:
        raise Unreachable(f"{_ALONE}: {error}") from error


def _open_personal_chat(
    connector: Connector, conversation: TeamsConversation, address: str
) -> TeamsConversation:
    """Return the chat with the person of this address in a place."""
    try:
        user_id = get_text(connector.fetch_member(conversation, address), "id")
        chat_id = connector.begin(conversation, user_id) if user_id else ""
    except TryLater:
        raise
    except RemoteError as error:
        raise Unreachable(f"{_ALONE}: {error}") from error
    if not chat_id:
        raise Unreachable(f"{_ALONE}: the member list has no one with that address")
    return replace(conversation, id=chat_id)
