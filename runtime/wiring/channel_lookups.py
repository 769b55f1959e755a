"""Channel lookups of the chats in use: a channel subscribes only where the bot is in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviews.subscriptions.conversations import make_lookup_where_joined

if TYPE_CHECKING:
    from reviews.subscriptions.conversations import ConversationLookup
    from runtime.wiring.channels import ChannelWiring

TEAMS_BOT = "teams-bot"
CHAT_TIMEOUT_SECONDS = 5  # seconds: after that the person gets an answer


def build_channel_lookups(wiring: ChannelWiring) -> dict[str, ConversationLookup]:
    """Return a channel lookup for each chat that a route posts to; no other chat can get notices."""
    lookups: dict[str, ConversationLookup] = {}
    if "slack" in wiring.channels and wiring.settings.get_option("SLACK_BOT_TOKEN"):
        lookups["slack"] = _build_slack_lookup(wiring)
    if TEAMS_BOT in wiring.channels:
        lookups[TEAMS_BOT] = make_lookup_where_joined(wiring.notifiers[TEAMS_BOT].is_public)
    return lookups


def _build_slack_lookup(wiring: ChannelWiring) -> ConversationLookup:
    # They load Slack's library, which only an installation with Slack needs.
    from notifiers.slack.conversations import fetch_conversation  # noqa: PLC0415
    from runtime.wiring.slack_client import connect_slack  # noqa: PLC0415

    return partial(fetch_conversation, connect_slack(wiring, timeout=CHAT_TIMEOUT_SECONDS))
