"""The bot's chat with one person, whom it knows from the card's team (facts on Teams, 2.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.shared.json_members import get_text
from reviews.errors import RemoteError, TryLater, Unreachable

if TYPE_CHECKING:
    from notifiers.teams_bot.connector import Connector, TeamsConversation

_ALONE = "the bot can't send that person a direct message"


def open_personal_chat(
    connector: Connector, conversation: TeamsConversation, address: str
) -> TeamsConversation:
    """Return the chat with the person of this address in a place; raises `Unreachable`, `TryLater`."""
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
