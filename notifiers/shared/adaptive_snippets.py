"""Snippets of a document, as elements of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.adaptive_elements import make_rich_block, make_text_run
from notifiers.shared.teams_text import escape_run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifiers.shared.adaptive_elements import Element
    from reviews.cards.card_snippets import CardSnippet

_STYLES: dict[str, dict[str, Any]] = {
    "deleted": {"strikethrough": True, "isSubtle": True},
    "inserted": {"underline": True, "weight": "Bolder"},
}


def draw_snippets(snippets: Iterable[CardSnippet]) -> list[Element]:
    """Return a block for each snippet, in one container; empty without any."""
    items = [_draw_snippet(snippet) for snippet in snippets]
    return [{"type": "Container", "style": "emphasis", "items": items, "spacing": "Small"}] if items else []


def _draw_snippet(snippet: CardSnippet) -> Element:
    heading = make_rich_block(
        make_text_run(snippet.kind, weight="Bolder", size="Small"),
        make_text_run(f" · {escape_run(snippet.place)}", isSubtle=True, size="Small"),
    )
    runs = [make_text_run(escape_run(words.text), **_STYLES.get(words.change, {})) for words in snippet.words]
    return {
        "type": "Container",
        "items": [heading, make_rich_block(*runs, spacing="None")],
        "spacing": "Small",
    }
