"""Text from outside inside Slack's mrkdwn (facts on Slack, 1.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifiers.shared.card_text import make_button_address, shorten
from reviews.language import _, format_date

if TYPE_CHECKING:
    from datetime import datetime

_MARK_AT_EDGE = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])")
_USER_ID = re.compile("[UW][A-Z0-9]{1,40}")
_GROUP = re.compile("S[A-Z0-9]{1,40}")
_CHANNEL = re.compile("[CG][A-Z0-9]{1,40}")
_INVISIBLE = "\u200b"
MAX_LINK_LENGTH = 1500  # within a section, which holds 3,000 characters
MAX_LABEL_LENGTH = 300


def escape(text: str) -> str:
    """Return text that mrkdwn always shows as it is: no mention, no link, no bold."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A mark formats only at the edge of a word; an invisible character beside it removes the edge.
    return _MARK_AT_EDGE.sub(lambda mark: f"{_INVISIBLE}{mark[0]}{_INVISIBLE}", text)


def format_link(address: str | None, label: str) -> str:
    """Return a link with a label, or the label alone if the address is missing or too long.

    Slack has no link with an empty label: without any, it shows the address.
    """
    label = fit_text(label.replace("|", "¦"), MAX_LABEL_LENGTH)
    web = (make_button_address(address) or "").replace("&", "&amp;")
    if not 0 < len(web) <= MAX_LINK_LENGTH:
        return label
    return f"<{web}|{label}>" if label else f"<{web}>"


def format_mention(user: str | None) -> str | None:
    """Return the mention of a person, or `None` for what is no user id of Slack."""
    return f"<@{user}>" if user and _USER_ID.fullmatch(user) else None


def format_group_mention(group: str | None) -> str | None:
    """Return the mention of a user group, or `None` for what is no group id of Slack."""
    return f"<!subteam^{group}>" if group and _GROUP.fullmatch(group) else None


def format_channel(channel: str) -> str | None:
    """Return a channel by its name, as Slack shows it, or `None` for what is no channel id of Slack."""
    return f"<#{channel}>" if _CHANNEL.fullmatch(channel) else None


def write_date(at: datetime) -> str:
    """Return a date that each reader sees in their own zone; one of these days as *today* or *yesterday*."""
    return _write_date(at, "{date_short_pretty}")


def write_calendar_date(at: datetime) -> str:
    """Return the same within a sentence where *today* would not fit."""
    return _write_date(at, "{date_short}")


def _write_date(at: datetime, day: str) -> str:
    placeholder = _("{date} at {time}").format(date=day, time="{time}")
    return f"<!date^{int(at.timestamp())}^{placeholder}|{format_date(at)}>"


def fit_text(text: str, max_length: int) -> str:
    """Return escaped text, shortened to fit afterwards: one character may become five."""
    shortened = shorten(text, max_length)
    while len(escaped := escape(shortened)) > max_length:
        whole = len(shortened.removesuffix("…"))
        shortened = f"{shortened[: whole - max(1, (len(escaped) - max_length) // 5)]}…"
    return escaped
