"""The elements that our Adaptive Cards are made of (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import Any

PLACEHOLDER = "\0"  # a character that no text from outside holds

Element = dict[str, Any]


def make_text_block(text: str, **properties: Any) -> Element:
    return {"type": "TextBlock", "text": text, "wrap": True, **properties}


def make_rich_block(*runs: Element, **properties: Any) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs), **properties}


def split_around(sentence: str, element: Element) -> list[Element]:
    """Return the runs of a sentence, with `element` in place of `PLACEHOLDER`."""
    before, _here, after = sentence.partition(PLACEHOLDER)
    return [part for part in (make_text_run(before), element, make_text_run(after)) if part["text"]]


def make_text_run(text: str, **properties: Any) -> Element:
    return {"type": "TextRun", "text": text, **properties}
