"""What a card in Slack says first: its state, how it was answered, and what was asked before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifiers.slack.account import CHAT_NAME
from notifiers.slack.elements import Block, make_section
from notifiers.slack.text import fit_text, format_channel, format_link, format_mention, write_date
from reviews.cards.card_campaign import explain_closed
from reviews.cards.card_state import (
    CardLook,
    choose_look,
    describe_remarks,
    describe_request,
    label_look,
    list_state_lines,
)
from reviews.language import _
from reviews.text import clean_text
from reviews.wording.labels import split_answer_note
from reviews.wording.reviewer_names import add_absent
from reviews.wording.step_sentences import describe_recipient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.cards.card import Card
    from reviews.model import Answer

MAX_SECTION_LENGTH = 2900  # of 3,000
# Escaped lengths, which together stay within the 3,000 of a section.
MAX_NAMES_LENGTH = 300
MAX_NOTE_LENGTH = 1000  # each line of it becomes a quotation


@dataclass(frozen=True, kw_only=True)
class CardMentions:
    """The people of a card in mrkdwn: owners and deputies in the card's order, the others by address.

    `recipients` are others whom a step asked, and `stand_ins` those who stand in for an owner.
    """

    owners: Sequence[str]
    deputies: Sequence[str] = ()
    recipients: Mapping[str, str] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)


def draw_state(card: Card, mentions: CardMentions, newer: str) -> list[Block]:
    """Return the state in words, and its details; of an answered review how it was answered.

    `newer` is the address of the newer card, empty without one.
    """
    if card.waits:
        return [make_section(text) for text in _join_lines(_list_open_lines(card, mentions))]
    state = [] if card.answer and not card.superseded else [_draw_closed(card, newer)]
    return [*state, *([_draw_answer(card, card.answer)] if card.answer else [])]


def draw_request(answer: Answer, earlier: str) -> Block:
    """Return the request of the review before, with a link to its card."""
    request = describe_request(answer, render_time=write_date, render_name=fit_name)
    link_text = f" {format_link(earlier, _('Go to the earlier review'))}" if earlier else ""
    return make_section("\n".join([f"{request}{link_text}", *_quote_note(answer)]))


def format_reviewer(answer: Answer, max_length: int) -> str:
    """Return a mention of the reviewer, or their name, and for whom they stood in, without a mention."""
    mention_text = format_mention(answer.reviewer.chat_ids.get(CHAT_NAME))
    if not mention_text:
        return fit_text(answer.reviewer.name, max_length)
    return add_absent(mention_text, fit_text(answer.stand_in_for or "", max_length))


def fit_name(name: str) -> str:
    return fit_text(name, MAX_NAMES_LENGTH)


def _list_open_lines(card: Card, people: CardMentions) -> list[str]:
    """Return the state of an open review, with its deadline on the first line."""
    mentions = {
        **people.recipients,
        **dict(zip(card.deputies, people.deputies, strict=False)),
        **dict(zip(card.owners, people.owners, strict=False)),
    }
    lines = list_state_lines(
        card,
        render_time=write_date,
        render_name=fit_name,
        render_recipient=lambda text: mentions.get(clean_text(text)) or _format_recipient(text),
        render_stand_in=lambda person: people.stand_ins.get(person.address) or fit_name(person.name),
    )
    if choose_look(card) in (CardLook.LAPSED, CardLook.LATE):
        return [f"*{lines[0]}*", *lines[1:]]
    due = [_("Due {when}").format(when=write_date(card.due_at))] if card.due_at else []
    return [" · ".join([f"*{label_look(card)}*", *due]), *lines]


def _join_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines in as few texts as fit into a section."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < MAX_SECTION_LENGTH:
            texts[-1] = f"{texts[-1]}\n{line}"
        else:
            texts.append(line)
    return texts


def _draw_closed(card: Card, newer: str) -> Block:
    """Return why no one has to answer, with the way to the newer review."""
    link = format_link(newer, _("Go to the newer review")) if newer else ""
    reason = explain_closed() if card.is_closed else card.superseded_text if card.is_part else ""
    return make_section(" · ".join(filter(None, (f"*{card.status}*", reason, link))))


def _draw_answer(card: Card, answer: Answer) -> Block:
    """Return who answered, when, which version and after how long, with the note as a quotation."""
    file_template = _("{answered} by {who}, {when} · version {version}")
    words = file_template if card.is_versioned else _("{answered} by {who}, {when}")
    sentence = words.format(
        answered=f"*{card.answer_label}*",
        who=format_reviewer(answer, MAX_NAMES_LENGTH),
        when=write_date(answer.at),
        version=answer.version or _("unknown"),
    )
    took = [_("after {duration}").format(duration=card.duration)] if card.duration else []
    own = [f"_{text}_"] if (text := describe_remarks(card, answer)) else []
    return make_section("\n".join([" · ".join([sentence, *took]), *own, *_quote_note(answer)]))


def _quote_note(answer: Answer) -> list[str]:
    note = fit_text("\n".join(split_answer_note(answer)), MAX_NOTE_LENGTH).splitlines()
    return [f"> {line}" for line in note]


def _format_recipient(text: str) -> str:
    """Return whom a step asked; a channel of Slack as one to click."""
    notifier, _colon, channel = text.partition(":")
    link = format_channel(channel) if notifier == CHAT_NAME else None
    return link or fit_name(describe_recipient(text))
