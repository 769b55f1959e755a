"""The outcome of a review and the earlier request, as parts of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import (
    PLACEHOLDER,
    make_rich_block,
    make_text_block,
    make_text_run,
    split_around,
)
from notifiers.shared.card_text import make_button_address, shorten
from notifiers.shared.teams_text import escape_markdown, escape_run, write_date
from reviews.cards.card_state import describe_remarks, describe_request, list_state_lines
from reviews.language import _
from reviews.text import clean_text
from reviews.wording.labels import split_answer_note
from reviews.wording.step_sentences import describe_recipient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.card_links import CardLinks
    from reviews.cards.card import Card
    from reviews.model import Answer


@dataclass(frozen=True, kw_only=True)
class TextLimits:
    """How much of each text is shown, in characters; of owners, titles of files and snippets, how many."""

    contents: int
    titles: int
    note: int
    path: int
    title: int
    people: int
    owners: int
    snippets: int = 0


def draw_outcome(
    card: Card,
    limits: TextLimits,
    card_links: CardLinks,
    *,
    names: Mapping[str, str] | None = None,
    stand_ins: Mapping[str, str] | None = None,
) -> list[Element]:
    """Return the outcome of the review. `names` are those of owners and deputies, by their address.

    `stand_ins` are those who stand in for an owner, by their address, in Markdown.
    """
    names, stand_ins = names or {}, stand_ins or {}
    link_blocks = _draw_review_link(_("Go to the newer review"), card_links.newer)
    newer = [make_text_block(card.superseded_text), *link_blocks] if card.superseded else []

    def render_name(name: str) -> str:
        return escape_markdown(shorten(name, limits.people))

    lines = list_state_lines(
        card,
        render_time=write_date,
        render_name=render_name,
        render_recipient=lambda text: render_name(names.get(clean_text(text)) or describe_recipient(text)),
        render_stand_in=lambda person: stand_ins.get(person.address) or render_name(person.name),
    )
    state = [make_text_block(line, spacing="Small") for line in lines]
    if card.overdue_since:
        state[0] = make_text_block(lines[0], weight="Bolder")
    return [*newer, *state, *(_draw_answer(card, card.answer, limits) if card.answer else [])]


def draw_request(answer: Answer, card_links: CardLinks, limits: TextLimits) -> list[Element]:
    """Return the request of the review before, and the link to it."""
    line = describe_request(
        answer, render_time=write_date, render_name=lambda name: escape_markdown(shorten(name, limits.people))
    )
    quoted = _draw_quote(answer, limits)
    link_blocks = _draw_review_link(_("Go to the earlier review"), card_links.earlier)
    return [
        {"type": "Container", "items": [make_text_block(line), *quoted, *link_blocks], "spacing": "Medium"}
    ]


def _draw_answer(card: Card, answer: Answer, limits: TextLimits) -> list[Element]:
    who = make_text_run(escape_run(shorten(answer.reviewer.name, limits.people)), weight="Bolder")
    version = _("version {version}").format(version=answer.version or _("unknown"))
    when = f"{write_date(answer.at)} · {version}" if card.is_versioned else write_date(answer.at)
    moment = make_text_block(when, isSubtle=True, spacing="None")
    warning = describe_remarks(card, answer)
    own = [make_text_block(warning, weight="Bolder", spacing="Small")] if warning else []
    quotation = _draw_quote(answer, limits)
    heading = _("{answered} by {who}").format(answered=card.answer_label, who=PLACEHOLDER)
    return [make_rich_block(*split_around(heading, who)), moment, *own, *quotation]


def _draw_quote(answer: Answer, limits: TextLimits) -> list[Element]:
    note = shorten("\n".join(split_answer_note(answer)), limits.note).splitlines()
    quoted = [make_rich_block(make_text_run(escape_run(line), italic=True), spacing="Small") for line in note]
    return [{"type": "Container", "style": "emphasis", "items": quoted}] if quoted else []


def _draw_review_link(label: str, address: str) -> list[Element]:
    """Return a line that links to another review; empty without an address."""
    web = make_button_address(address)
    if web is None:
        return []
    link_style = {"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": web}}
    return [make_rich_block(make_text_run(label, **link_style), spacing="Small")]
