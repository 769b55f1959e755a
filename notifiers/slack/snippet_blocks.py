"""Snippets of a document in Block Kit.

They are rich text, in which no text from outside mentions, links or formats (facts on Slack, 1.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifiers.slack.elements import Block
    from reviews.cards.card import Card
    from reviews.cards.card_snippets import CardSnippet

_STYLES = {"deleted": {"strike": True}, "inserted": {"bold": True}}


def draw_snippets(card: Card) -> list[Block]:
    """Return the block with a card's snippets; empty without any."""
    elements = [element for snippet in card.snippets for element in _draw_snippet(snippet)]
    return [{"type": "rich_text", "elements": elements}] if elements else []


def _draw_snippet(snippet: CardSnippet) -> Iterator[Block]:
    heading = [_make_text(snippet.kind, bold=True), _make_text(f" · {snippet.place}")]
    yield {"type": "rich_text_section", "elements": heading}
    words = [_make_text(words.text, **_STYLES.get(words.change, {})) for words in snippet.words]
    yield {"type": "rich_text_quote", "elements": words}


def _make_text(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}
