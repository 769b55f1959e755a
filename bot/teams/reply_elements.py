"""The elements of replies to commands (facts on Teams, 2.2). Text from outside is only in text runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.adaptive_card import SCHEMA, VERSION
from notifiers.shared.card_text import shorten
from notifiers.shared.teams_text import escape_markdown, escape_run
from notifiers.teams_bot.card import CARD_TYPE
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.command_replies import LabeledCode

MAX_CARD_BYTES = 20_000  # bytes; an outgoing webhook's answer may not be larger than any connector's message
MAX_TITLE_LENGTH = 150
MAX_HINT_LENGTH = 600

Element = dict[str, Any]


def draw_run(text: str, **properties: Any) -> Element:
    return {"type": "TextRun", "text": escape_run(text) or " ", **properties}


def draw_text(*runs: Element) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def draw_row(words: str, meaning: str, *, before: str = "") -> Element:
    command_run = draw_run(shorten(words, MAX_HINT_LENGTH), fontType="monospace", weight="bolder")
    prefix = [draw_run(f"{before} ")] if before else []
    return draw_text(*prefix, command_run, *([draw_run(f"  {meaning}")] if meaning else []))


def draw_grid(rows: Sequence[Sequence[Element]]) -> list[Element]:
    """Draw rows of cells below one another, the first set apart as their header.

    The element `Table` needs version 1.5, which the bot behind Workflows refuses (facts on Teams, 2.2).
    """
    header, *others = (
        [{"type": "Column", "width": "stretch", "items": [cell]} for cell in row] for row in rows
    )
    return [
        {"type": "ColumnSet", "columns": header},
        *({"type": "ColumnSet", "columns": row, "separator": True, "spacing": "small"} for row in others),
    ]


def draw_code(labeled: LabeledCode) -> Element:
    """Draw a text to be copied. A block breaks its lines anywhere; a run would need characters for that."""
    text = escape_markdown(f"• {labeled.label} {shorten(labeled.code, MAX_HINT_LENGTH)}")
    return {"type": "TextBlock", "text": text, "wrap": True}


def draw_page_hint(label: str, words: str) -> Element:
    """Say what to type for the next page."""
    return draw_row(words, "", before=f"{label}:") | {"separator": True}


def build_message(summary: str, body: list[Element], actions: list[Element] | None = None) -> dict[str, Any]:
    """Return a message with a card; `summary` is the text of the notification."""
    card = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "msteams": {"width": "Full"},
        "body": body,
        **({"actions": actions} if actions else {}),
    }
    return {
        "type": "message",
        "summary": clean_text(summary),
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
    }
