"""How to ask the chats in use about their channels: a channel subscribes only where the bot is in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import notifiers.slack
import notifiers.teams_bot
from notifiers.slack.conversations import fetch_conversation
from reviews.subscriptions.conversations import make_lookup_where_joined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reviews.cards.notifier import Notifier
    from reviews.subscriptions.conversations import ConversationLookup
    from runtime.settings.settings import Settings

CHAT_TIMEOUT_SECONDS = 5  # seconds: whoever asked is answered after that


def build_channel_lookups(
    settings: Settings, channels: Collection[str], find_notifier: Callable[[str], Notifier]
) -> dict[str, ConversationLookup]:
    """Return for each chat that a route posts to how to ask it; nothing could be told in any other."""
    found: dict[str, ConversationLookup] = {}
    token = settings.get_option("SLACK_BOT_TOKEN")
    if "slack" in channels and token:
        client = notifiers.slack.make_client(token, settings.slack_api_url, patience=CHAT_TIMEOUT_SECONDS)
        found["slack"] = partial(fetch_conversation, client)
    if notifiers.teams_bot.NAME in channels:
        found[notifiers.teams_bot.NAME] = make_lookup_where_joined(
            find_notifier(notifiers.teams_bot.NAME).is_public
        )
    return found
