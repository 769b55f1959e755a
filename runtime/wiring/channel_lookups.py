"""Channel lookups of the chats in use: a channel subscribes only where the bot is in it."""

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

CHAT_TIMEOUT_SECONDS = 5  # seconds: after that the person gets an answer


def build_channel_lookups(
    settings: Settings, channels: Collection[str], find_notifier: Callable[[str], Notifier]
) -> dict[str, ConversationLookup]:
    """Return a channel lookup for each chat that a route posts to; no other chat can get notices."""
    lookups: dict[str, ConversationLookup] = {}
    token = settings.get_option("SLACK_BOT_TOKEN")
    if "slack" in channels and token:
        client = notifiers.slack.make_client(token, settings.slack_api_url, patience=CHAT_TIMEOUT_SECONDS)
        lookups["slack"] = partial(fetch_conversation, client)
    if notifiers.teams_bot.NAME in channels:
        lookups[notifiers.teams_bot.NAME] = make_lookup_where_joined(
            find_notifier(notifiers.teams_bot.NAME).is_public
        )
    return lookups
