"""The search for a channel by its name; needs `channels:read`, for private ones `groups:read`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.failures import translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

PAGE_SIZE, MAX_PAGES = 1000, 10
"""Slack's largest page, and as many as it lets be requested without a pause (about 20 a minute)."""


def find_channel_id(client: WebClient, name: str) -> str:
    """Return the id of a channel that is not archived; empty if the app sees none of this name.

    Private channels are listed only where the bot is a member. In a workspace with more than 10,000 channels
    not all are searched.
    """
    wanted = name.removeprefix("#").casefold()
    rows = (row for page in _list_pages(client) for row in list_objects(page, "channels"))
    return next((get_text(row, "id") for row in rows if get_text(row, "name").casefold() == wanted), "")


def _list_pages(client: WebClient) -> Iterator[Any]:
    cursor = ""
    for _ in range(MAX_PAGES):
        with translate_errors("conversations.list"):
            page = client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=PAGE_SIZE, cursor=cursor
            ).data
        yield page
        cursor = get_text(page, "response_metadata", "next_cursor")
        if not cursor:
            return
