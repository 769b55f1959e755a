"""What carries out the parts of the command on a desk: subscriptions, digests, campaigns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.campaigns import ChatCampaigns
from bot.digests import ChatDigests
from bot.subscriptions import ChannelSubscriptions
from reviews.campaigns.campaign_lookup import CampaignLookup
from reviews.digests.digest_commands import DigestCommands
from reviews.subscriptions.folder_search import FolderSearch
from reviews.subscriptions.subscriptions import SubscriptionCommands

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from reviews.subscriptions.conversations import ConversationLookup
    from tests.reviews.desk import Desk


def subscriptions(
    desk: Desk, conversations: Mapping[str, ConversationLookup] | None = None
) -> ChannelSubscriptions:
    """Go by the rules that the desk follows now; without conversations no channel can subscribe."""
    return ChannelSubscriptions(
        subscription_commands=SubscriptionCommands(
            transactions=desk.transactions,
            routes=desk.routes,
            folders=FolderSearch(transactions=desk.transactions, routes=desk.routes),
            conversations=conversations or {},
            clock=desk.clock,
        )
    )


def digests(desk: Desk, *, reaching_people: Collection[str] = ("slack", "teams-bot")) -> ChatDigests:
    """Go by the rules that the desk follows now."""
    return ChatDigests(
        digest_commands=DigestCommands(
            transactions=desk.transactions,
            routes=desk.routes,
            clock=desk.clock,
            direct_message_channels=reaching_people,
        )
    )


def campaigns(desk: Desk, find_page: Callable[[str], str] = lambda _id: "") -> ChatCampaigns:
    """Go by the rules that the desk follows now."""
    return ChatCampaigns(
        campaigns=replace(desk.campaigns, routes=desk.routes),
        lookup=CampaignLookup(transactions=desk.transactions, routes=desk.routes),
        folders=FolderSearch(transactions=desk.transactions, routes=desk.routes),
        find_campaign_page=find_page,
    )
