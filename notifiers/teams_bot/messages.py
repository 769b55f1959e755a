"""The addresses of messages in Teams, which lead from one card to another (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from notifiers.shared.ways import Ways
from notifiers.teams_bot.connector import activity_of

if TYPE_CHECKING:
    from notifiers.teams_bot.connector import Conversation
    from reviews.cards.card import Card
    from reviews.cards.card_context import Neighbour

NAME = "teams-bot"
GROUP_CHAT = "@thread.v2"
_MESSAGES = "https://teams.microsoft.com/l/message"


def address_of(target: str, message: str, *, tenant: str) -> str:
    """Return the address of a message that stands in a channel or a group chat."""
    message_id = activity_of(message)
    asked = {"tenantId": tenant, "parentMessageId": message_id}
    if target.endswith(GROUP_CHAT):
        asked = {"tenantId": tenant, "context": '{"contextType":"chat"}'}
    return f"{_MESSAGES}/{quote(target, safe='')}/{quote(message_id, safe='')}?{urlencode(asked)}"


def ways_to_cards(card: Card, place: Conversation) -> Ways:
    """Return the addresses of the cards of the reviews before and after, where they stand in this place."""
    return Ways(newer=_way(card.newer, place), earlier=_way(card.earlier, place))


def _way(review: Neighbour | None, place: Conversation) -> str:
    message = review.cards.get((NAME, place.id)) if review else None
    return address_of(place.id, message, tenant=place.tenant) if message else ""
