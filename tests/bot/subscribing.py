"""What carries out the subscriptions' part of the command on a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.subscriptions import ChannelSubscriptions
from reviews.subscriptions.folder_search import NamedFolders
from reviews.subscriptions.subscriptions import Subscribing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.subscriptions.conversations import Asks
    from tests.reviews.desk import Desk


def subscriptions(desk: Desk, conversations: Mapping[str, Asks] | None = None) -> ChannelSubscriptions:
    """Go by the rules that the desk follows now; without conversations no channel can subscribe."""
    return ChannelSubscriptions(
        subscribing=Subscribing(
            transactions=desk.transactions,
            routes=desk.routes,
            folders=NamedFolders(transactions=desk.transactions, routes=desk.routes),
            conversations=conversations or {},
            clock=desk.clock,
        )
    )
