"""Slack's data about one of its channels; needs `channels:read`, for private ones `groups:read`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from notifiers.shared.json_members import get_member, get_text
from notifiers.slack.failures import get_error_code, translate_errors
from reviews.errors import OutcomeUnknown
from reviews.subscriptions.conversations import ConversationDetails

if TYPE_CHECKING:
    from slack_sdk import WebClient

_DIRECT = ("is_im", "is_mpim")
_WITH_OTHERS = ("is_ext_shared", "is_pending_ext_shared")
"""A channel that is shared with another company, and with anyone whom that lets in."""


def fetch_conversation(client: WebClient, target: str) -> ConversationDetails:
    """Query Slack; a private channel without the bot looks like no channel at all (facts on Slack, 1.2).

    Where Slack's answer lacks a value, the worse is assumed: the bot is no member, and the channel public.
    """
    with translate_errors("conversations.info"):
        try:
            answer = client.conversations_info(channel=target).data
        except SlackApiError as error:
            if get_error_code(error) != "channel_not_found":
                raise
            return ConversationDetails(public=False, member=False)
    channel: Any = get_member(answer, "channel")
    if not isinstance(channel, dict):
        raise OutcomeUnknown("conversations.info: Slack's answer names no channel")
    direct = any(channel.get(kind) is True for kind in _DIRECT)
    closed = direct or channel.get("is_private") is True
    return ConversationDetails(
        public=not closed or any(channel.get(kind) is not False for kind in _WITH_OTHERS if kind in channel),
        member=direct or channel.get("is_member") is True,
        archived=channel.get("is_archived") is True,
        direct=direct,
        name=get_text(channel, "name"),
    )
