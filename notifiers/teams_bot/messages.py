"""The addresses of messages in Teams, which lead from one card to another (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from notifiers.shared.card_links import CardLinks
from notifiers.teams_bot.connector import get_activity_id

if TYPE_CHECKING:
    from notifiers.teams_bot.connector import TeamsConversation
    from reviews.cards.card import Card
    from reviews.cards.card_context import NeighbourReview

NAME = "teams-bot"
GROUP_CHAT = "@thread.v2"
_MESSAGES = "https://teams.microsoft.com/l/message"


def make_message_address(target: str, message: str, *, tenant: str) -> str:
    """Return the address of a message in a channel or a group chat."""
    message_id = get_activity_id(message)
    query = {"tenantId": tenant, "parentMessageId": message_id}
    if target.endswith(GROUP_CHAT):
        query = {"tenantId": tenant, "context": '{"contextType":"chat"}'}
    return f"{_MESSAGES}/{quote(target, safe='')}/{quote(message_id, safe='')}?{urlencode(query)}"


def link_to_cards(card: Card, conversation: TeamsConversation) -> CardLinks:
    """Return the addresses of the cards of the reviews before and after, if they are in this place."""
    return CardLinks(
        newer=_find_card_address(card.newer, conversation),
        earlier=_find_card_address(card.earlier, conversation),
    )


def _find_card_address(review: NeighbourReview | None, conversation: TeamsConversation) -> str:
    message = review.cards.get((NAME, conversation.id)) if review else None
    return make_message_address(conversation.id, message, tenant=conversation.tenant) if message else ""
