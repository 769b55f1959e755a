"""The elements that our messages, modals and Homes in Slack are made of (facts on Slack, 1.3)."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]


def make_mrkdwn(text: str) -> dict[str, Any]:
    """Return text with Slack's marks; what comes from outside is escaped before."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def make_section(text: str) -> Block:
    return {"type": "section", "text": make_mrkdwn(text)}


def make_context(text: str) -> Block:
    return {"type": "context", "elements": [make_mrkdwn(text)]}


def make_plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def make_preformatted(text: str) -> Block:
    """Return text that is shown as it is, for copying; nothing in it is read as a mark."""
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [element]}
