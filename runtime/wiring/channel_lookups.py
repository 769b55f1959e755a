"""Channel lookups of the chats in use: a channel subscribes only where the bot is in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from notifiers import teams_bot
from notifiers.slack.conversations import fetch_conversation
from reviews.subscriptions.conversations import make_lookup_where_joined

if TYPE_CHECKING:
    from reviews.subscriptions.conversations import ConversationLookup
    from runtime.wiring.channels import ChannelWiring

CHAT_TIMEOUT_SECONDS = 5  # seconds: after that the person gets an answer


def build_channel_lookups(wiring: ChannelWiring) -> dict[str, ConversationLookup]:
    """Return a channel lookup for each chat that a route posts to; no other chat can get notices."""
    lookups: dict[str, ConversationLookup] = {}
    if "slack" in wiring.channels and wiring.settings.get_option("SLACK_BOT_TOKEN"):
        client = wiring.connect_slack(timeout=CHAT_TIMEOUT_SECONDS)
        lookups["slack"] = partial(fetch_conversation, client)
    if teams_bot.NAME in wiring.channels:
        lookups[teams_bot.NAME] = make_lookup_where_joined(wiring.notifiers[teams_bot.NAME].is_public)
    return lookups
