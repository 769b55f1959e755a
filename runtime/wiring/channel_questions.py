"""How to ask the chats in use about their channels: a channel subscribes only where the bot is in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import notifiers.slack
import notifiers.teams_bot
from notifiers.slack.conversations import conversation
from reviews.subscriptions.conversations import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reviews.cards.channel import Notifier
    from reviews.subscriptions.conversations import Asks
    from runtime.settings.settings import Settings

PATIENCE = 5  # seconds: whoever asked is answered after that


def asks(
    settings: Settings, channels: Collection[str], find_notifier: Callable[[str], Notifier]
) -> dict[str, Asks]:
    """Return for each chat that a route posts to how to ask it; nothing could be told in any other."""
    found: dict[str, Asks] = {}
    token = settings.option("SLACK_BOT_TOKEN")
    if "slack" in channels and token:
        client = notifiers.slack.client(token, settings.slack_api_url, patience=PATIENCE)
        found["slack"] = partial(conversation, client)
    if notifiers.teams_bot.NAME in channels:
        found[notifiers.teams_bot.NAME] = joined(find_notifier(notifiers.teams_bot.NAME).is_public)
    return found
