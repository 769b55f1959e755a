"""A notice as a short Adaptive Card (facts on Teams, 2.2).

Text from outside goes into a `RichTextBlock`, which reads no Markdown. Mentioned people go into a
`TextBlock`, because mentions work only there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared import campaign_card, change_card, digest_card, reminder_card
from notifiers.shared.adaptive_card import (
    MAX_CARD_BYTES,
    MAX_SUMMARY_LENGTH,
    SCHEMA,
    VERSION,
    choose_fitting,
    name_owners,
)
from notifiers.shared.adaptive_elements import make_text_block
from notifiers.shared.campaign_text import shorten_readers
from notifiers.shared.card_text import make_button_address, shorten
from notifiers.shared.change_text import shorten_digest
from notifiers.shared.digest_text import label_page, write_summary
from notifiers.shared.notice_text import (
    describe_deadline,
    find_document_link,
    label_answer_link,
    list_copied_lines,
    list_notice_lines,
)
from notifiers.shared.reminder_text import shorten_reminders
from notifiers.shared.teams_text import escape_copied, escape_markdown, escape_run, write_date
from reviews.campaign_notices import CampaignNotice
from reviews.digest_notices import DigestNotice, ReviewDigestNotice
from reviews.language import _
from reviews.notice import ChangeNotice, InstallationNotice, NoticeKind, ReminderListNotice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifiers.shared.adaptive_card import Owner
    from notifiers.shared.adaptive_elements import Element
    from reviews.notice import Notice

MAX_SENTENCE_LENGTH, MAX_QUOTE_LENGTH = 700, 2000
_STYLES = {
    NoticeKind.ALARM: "attention",
    NoticeKind.ALARM_OVER: "good",
    NoticeKind.TEST: "accent",
    NoticeKind.CHECKPOINT: "accent",
}
MAX_MENTIONED = 20


def draw_notice_card(
    notice: Notice, *, mentions: Sequence[Owner] = (), answer_link: str = "", hint: str = ""
) -> dict[str, Any]:
    """Return the card; it mentions all of `mentions` at once.

    `answer_link` leads to where the review is answered, for a channel in which the card itself can't be.
    `hint` says where people find the reviews that a list has no room for.
    """
    match notice:
        case ChangeNotice():
            return _assemble_card(notice, change_card.draw_change(notice))
        case DigestNotice():
            digests = shorten_digest(notice)
            drawings = (_assemble_card(notice, change_card.draw_digest(each)) for each in digests)
            return choose_fitting(drawings, MAX_CARD_BYTES)
        case ReviewDigestNotice():
            return _draw_review_digest(notice)
        case CampaignNotice():
            return choose_fitting(map(_draw_campaign_card, shorten_readers(notice)), MAX_CARD_BYTES)
        case ReminderListNotice():
            drawings = (_draw_list_card(each, mentions, hint) for each in shorten_reminders(notice))
            return choose_fitting(drawings, MAX_CARD_BYTES)
        case _:
            return _draw_sentence_card(notice, mentions, answer_link)


def _draw_review_digest(notice: ReviewDigestNotice) -> dict[str, Any]:
    card = _assemble_card(notice, digest_card.draw_digest(notice))
    card["fallbackText"] = escape_markdown(shorten(write_summary(notice), MAX_SUMMARY_LENGTH))
    page = make_button_address(notice.page_url)
    button = {"type": "Action.OpenUrl", "title": label_page(), "url": page}
    return {**card, **({"actions": [button]} if page else {})}


def _draw_campaign_card(notice: CampaignNotice) -> dict[str, Any]:
    card = _assemble_card(notice, campaign_card.draw_campaign(notice))
    return _add_buttons(card, campaign_card.list_campaign_buttons(notice))


def _draw_list_card(notice: ReminderListNotice, mentioned: Sequence[Owner], hint: str) -> dict[str, Any]:
    names, entities = name_owners(mentioned[:MAX_MENTIONED], with_mentions=True)
    called = [make_text_block(", ".join(names))] if names else []
    if notice.only_campaign:
        request = campaign_card.draw_request(notice, below_names=bool(called))
        card = _assemble_card(notice, [*called, *request], entities=entities)
        return _add_buttons(card, campaign_card.list_request_buttons(notice))
    body = [*called, *reminder_card.draw_reminders(notice, below_names=bool(called), hint=hint)]
    return _assemble_card(notice, body, entities=entities)


def _draw_sentence_card(notice: Notice, mentioned: Sequence[Owner], answer_link: str) -> dict[str, Any]:
    first, *rest = list_notice_lines(notice)
    quoted = shorten("\n".join(rest), MAX_QUOTE_LENGTH).splitlines()
    names, entities = name_owners(mentioned[:MAX_MENTIONED], with_mentions=True)
    due = describe_deadline(notice, write_date)
    body = [
        *([make_text_block(", ".join(names))] if names else []),
        {**_draw_sentence(notice, first), **({"spacing": "Small"} if names else {})},
        *_draw_rest(notice, quoted),
        *([make_text_block(due, isSubtle=True, size="Small", spacing="Small")] if due else []),
    ]
    card = _assemble_card(notice, body, entities=entities)
    return _add_buttons(card, _make_buttons(notice, answer_link))


def _assemble_card(
    notice: Notice, body: list[Element], *, entities: Sequence[Element] = ()
) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": escape_markdown(shorten(list_notice_lines(notice)[0], MAX_SUMMARY_LENGTH)),
        "msteams": {"width": "Full", **({"entities": list(entities)} if entities else {})},
        "body": body,
    }


def _add_buttons(card: dict[str, Any], buttons: Sequence[Element]) -> dict[str, Any]:
    return {**card, **({"actions": list(buttons)} if buttons else {})}


def _make_buttons(notice: Notice, answer_link: str) -> list[Element]:
    answers = [(label_answer_link(notice), answer_link)] if answer_link else []
    document = make_button_address(find_document_link(notice))
    document_links = [(_("Open document"), document)] if document else []
    return [
        {"type": "Action.OpenUrl", "title": title, "url": url} for title, url in (*answers, *document_links)
    ]


def _draw_sentence(notice: Notice, sentence: str) -> Element:
    """Return the sentence; one about this installation is styled like the heading of a card."""
    shortened = shorten(sentence, MAX_SENTENCE_LENGTH)
    style = _STYLES.get(notice.kind)
    if style is None:
        return _draw_rich_text(shortened)
    return {
        "type": "Container",
        "style": style,
        "bleed": True,
        "items": [_draw_rich_text(shortened, weight="Bolder")],
    }


def _draw_rest(notice: Notice, lines: Sequence[str]) -> list[Element]:
    """Return what stands below the sentence: a note, or what people copy with our advice."""
    if copied := list_copied_lines(notice):
        advice = [
            {**_draw_rich_text(line, isSubtle=True, size="Small"), "spacing": "Small"} for line in lines
        ]
        return [_draw_copied(copied), *advice]
    return [_draw_quote(lines, italic=not isinstance(notice, InstallationNotice))] if lines else []


def _draw_quote(lines: Sequence[str], *, italic: bool) -> Element:
    items = [{**_draw_rich_text(line, italic=italic), "spacing": "Small"} for line in lines]
    return {"type": "Container", "style": "emphasis", "items": items, "spacing": "Small"}


def _draw_copied(lines: Sequence[str]) -> Element:
    """Return lines that people copy, in one box.

    Each is a `TextBlock`: in a run Teams cuts long words off. An empty one would not be drawn, so an empty
    line has a space that does not break.
    """
    look = {"fontType": "Monospace", "size": "Small", "spacing": "None"}
    items = [make_text_block(escape_copied(line) or "\N{NO-BREAK SPACE}", **look) for line in lines]
    return {"type": "Container", "style": "emphasis", "items": items, "spacing": "Small"}


def _draw_rich_text(text: str, **properties: Any) -> Element:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": escape_run(text), **properties}]}
