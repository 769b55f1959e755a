"""Text from outside inside Slack's mrkdwn (facts on Slack, 1.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from reviews.text import web_link

if TYPE_CHECKING:
    from datetime import datetime

_MARK_AT_EDGE = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])")
_INVISIBLE = "\u200b"
LONGEST_LINK = 1500  # within a section, which holds 3,000 characters
LONGEST_ADDRESS = 3000


def escape(text: str) -> str:
    """Return text that mrkdwn shows as it is: no mention, no link, no bold, whatever it holds."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A mark formats only at the edge of a word; something invisible beside it takes the edge away.
    return _MARK_AT_EDGE.sub(lambda mark: f"{_INVISIBLE}{mark[0]}{_INVISIBLE}", text)


def link(address: str | None, label: str) -> str:
    """Return a link with a label, or the label alone where the address is none or too long."""
    label = escape(label.replace("|", "¦"))
    web = (web_address(address) or "").replace("&", "&amp;")
    return f"<{web}|{label}>" if 0 < len(web) <= LONGEST_LINK else label


def web_address(address: str | None) -> str | None:
    """Return the address as Slack takes it, or `None` for what is none, or is too long for a button."""
    web = web_link(address)
    safe = quote(web, safe=":/?#[]@!$&'()*+,;=%~-._") if web else ""
    return safe if 0 < len(safe) <= LONGEST_ADDRESS else None


def when(at: datetime) -> str:
    """Return a date that each reader sees in their own zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{at:%d %b %Y, %H:%M} UTC>"


def shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
