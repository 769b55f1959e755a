"""What is told beside a card, as a short Adaptive Card (facts on Teams, 2.2).

Whatever comes from outside stands in a `RichTextBlock`, where no Markdown is read; those who are mentioned
stand in a `TextBlock`, the only place where that works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared import change_card, change_text
from notifiers.shared.adaptive_card import (
    LIMIT,
    LONGEST_SUMMARY,
    SCHEMA,
    VERSION,
    first_that_fits,
    named_owners,
)
from notifiers.shared.notice_text import answer_words, deadline, told
from notifiers.shared.teams_text import alike, run, when
from notifiers.shared.text import shorten, web_address
from reviews.language import _
from reviews.notice import ABOUT_US, NoticeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifiers.shared.adaptive_card import Owner
    from notifiers.shared.adaptive_elements import Element
    from reviews.notice import Notice

LONGEST_SENTENCE, LONGEST_QUOTE = 700, 2000
_STYLES = {NoticeKind.ALARM: "attention", NoticeKind.ALARM_OVER: "good", NoticeKind.TEST: "accent"}
MOST_MENTIONED = 20


def notice_card(notice: Notice, *, mentioned: Sequence[Owner] = (), answer_link: str = "") -> dict[str, Any]:
    """Return the card; all who are `mentioned` are called in it at once.

    `answer_link` leads to where the review is answered, for a road on which the card itself can't be.
    """
    if notice.kind in change_text.ABOUT_CHANGES:
        drawings = (_enclosed(notice, change_card.body(each)) for each in change_text.smaller(notice))
        return first_that_fits(drawings, LIMIT)
    first, *rest = told(notice)
    quoted = shorten("\n".join(rest), LONGEST_QUOTE).splitlines()
    names, entities = named_owners(mentioned[:MOST_MENTIONED], mentioning=True)
    due = deadline(notice, when)
    body = [
        *([_block(", ".join(names))] if names else []),
        {**_first(notice, first), **({"spacing": "Small"} if names else {})},
        *([_quotation(quoted, italic=notice.kind not in ABOUT_US)] if quoted else []),
        *([_block(due, isSubtle=True, size="Small", spacing="Small")] if due else []),
    ]
    actions = _actions(notice, answer_link)
    card = _enclosed(notice, body, entities=entities)
    return {**card, **({"actions": actions} if actions else {})}


def _enclosed(notice: Notice, body: list[Element], *, entities: Sequence[Element] = ()) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": alike(shorten(told(notice)[0], LONGEST_SUMMARY)),
        "msteams": {"width": "Full", **({"entities": list(entities)} if entities else {})},
        "body": body,
    }


def _actions(notice: Notice, answer_link: str) -> list[Element]:
    answers = [(answer_words(notice), answer_link)] if answer_link else []
    document = web_address(notice.link)
    opens = [(_("Open document"), document)] if document else []
    return [{"type": "Action.OpenUrl", "title": title, "url": url} for title, url in (*answers, *opens)]


def _first(notice: Notice, sentence: str) -> Element:
    """Return the sentence; what is about this installation stands out, like the heading of a card."""
    shown = shorten(sentence, LONGEST_SENTENCE)
    style = _STYLES.get(notice.kind)
    if style is None:
        return _rich(shown)
    return {"type": "Container", "style": style, "bleed": True, "items": [_rich(shown, weight="Bolder")]}


def _quotation(lines: Sequence[str], *, italic: bool) -> Element:
    items = [{**_rich(line, italic=italic), "spacing": "Small"} for line in lines]
    return {"type": "Container", "style": "emphasis", "items": items, "spacing": "Small"}


def _block(text: str, **looks: Any) -> Element:
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}


def _rich(text: str, **looks: Any) -> Element:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": run(text), **looks}]}
