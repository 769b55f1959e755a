"""Notices to subscribers, as elements of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared import change_text
from notifiers.shared.adaptive_elements import make_rich_block
from notifiers.shared.card_text import make_button_address, shorten
from notifiers.shared.teams_text import escape_run
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from notifiers.shared.change_text import ChangeText
    from reviews.digest_notices import DigestNotice
    from reviews.notice import ChangeNotice

MAX_HEADING_LENGTH = 500

Element = dict[str, Any]


def draw_change(notice: ChangeNotice) -> list[Element]:
    """Return the change with its link, and its place below."""
    return _draw_change(change_text.describe_change_notice(notice))


def draw_digest(notice: DigestNotice) -> list[Element]:
    """Return the heading, and each change with its link and its place below."""
    head = make_rich_block(_draw_run(shorten(describe_notice(notice), MAX_HEADING_LENGTH), weight="Bolder"))
    listed = [element for change in change_text.describe_digest(notice) for element in _draw_change(change)]
    rest = change_text.describe_rest(notice)
    return [head, *listed, *([make_rich_block(_draw_run(rest, isSubtle=True))] if rest else [])]


def _draw_change(change: ChangeText) -> list[Element]:
    address = make_button_address(change.link)
    link_style = {"selectAction": {"type": "Action.OpenUrl", "url": address}} if address else {}
    parts = (
        _draw_run(change.before),
        _draw_run(change.title, weight="Bolder", **link_style),
        _draw_run(change.after),
    )
    story = make_rich_block(*(part for part in parts if part["text"]))
    where = (
        [make_rich_block(_draw_run(change.where, isSubtle=True, size="Small"), spacing="None")]
        if change.where
        else []
    )
    return [story, *where]


def _draw_run(text: str, **properties: Any) -> Element:
    return {"type": "TextRun", "text": escape_run(text), **properties}
