"""Snippets of a document as plain text: `[-removed-] {+added+}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.cards.card_snippets import CardSnippet

_MARKS = {"deleted": "[-{}-]", "inserted": "{{+{}+}}"}
_WRITTEN_MARK = re.compile(r"(?<=\[)(?=-)|(?<=-)(?=\])|(?<=\{)(?=\+)|(?<=\+)(?=\})")
_INVISIBLE = "\u200b"


def list_snippets(card: Card) -> list[tuple[str, str]]:
    """Return a card's snippets as (label, text): each on one line, and hostile until it is escaped."""
    return [(snippet.kind, f"{snippet.place}: {_write_words(snippet)}") for snippet in card.snippets]


def _write_words(snippet: CardSnippet) -> str:
    """Return the words with marks; an invisible character parts what looks like a mark in the document."""
    texts = ((_MARKS.get(words.change, "{}"), words.text) for words in snippet.words)
    return "".join(mark.format(_WRITTEN_MARK.sub(_INVISIBLE, text)) for mark, text in texts)
