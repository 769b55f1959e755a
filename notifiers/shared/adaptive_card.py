"""The card as an Adaptive Card: pure functions from the neutral card to what Teams draws.

Version 1.4 at most, because the bot behind Workflows refuses a later one (facts on Teams, 2.2). Text from
outside goes into a `RichTextBlock`, which reads no Markdown. A `TextBlock` holds our own words, dates, and
the owners, because mentions work only there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from notifiers.shared.adaptive_bulk import draw_files
from notifiers.shared.adaptive_elements import PLACEHOLDER as _HERE
from notifiers.shared.adaptive_elements import make_rich_block as _rich
from notifiers.shared.adaptive_elements import make_text_block as _block
from notifiers.shared.adaptive_elements import make_text_run as _run
from notifiers.shared.adaptive_elements import split_around as _around
from notifiers.shared.adaptive_meaning import draw_hidden_meaning, draw_toggle
from notifiers.shared.adaptive_outcome import TextLimits, draw_outcome, draw_request
from notifiers.shared.adaptive_snippets import draw_snippets
from notifiers.shared.card_links import NO_LINKS, CardLinks
from notifiers.shared.card_text import (
    Fact,
    choose_scope_fact,
    describe_coverage,
    list_earlier_names,
    shorten,
    shorten_name,
)
from notifiers.shared.look_marks import choose_mark
from notifiers.shared.teams_text import escape_markdown, escape_run, write_date
from reviews.cards.answer_progress import (
    describe_missing,
    describe_outdated,
    describe_recovery,
    format_answer_count,
    is_shared,
)
from reviews.cards.card_sentences import describe_news, summarize
from reviews.cards.card_state import CardLook, choose_look, label_look
from reviews.language import _, capitalize_first, join_first
from reviews.text import clean_text
from reviews.wording.labels import describe_contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notifiers.shared.adaptive_elements import Element
    from reviews.cards.card import Card

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.4"
MAX_CARD_BYTES = 20_000  # bytes; the message around it needs a little more
MAX_OWNER_LENGTH = 90
MAX_MENTION_LENGTH = 113  # a user principal name in Entra ID; half a name would be another person's
MAX_SUMMARY_LENGTH = 500
MAX_BOTTOM_BUTTONS = 2  # buttons in a row: a narrow channel cuts a third one off
_STYLES = {
    CardLook.OPEN: "accent",
    CardLook.LATE: "attention",
    CardLook.LAPSED: "attention",
    CardLook.DONE: "good",
    CardLook.CHANGES: "warning",
    CardLook.SUPERSEDED: "emphasis",
}
MAX_CELL_LENGTH = 100  # characters, the tags of mentions among them


@dataclass(frozen=True, kw_only=True)
class Owner:
    """An accountable person; `mention` is the user principal name or Entra object id to mention."""

    name: str
    mention: str | None = None


@dataclass(frozen=True, kw_only=True)
class CardPeople:
    """Who is named on a card, and may be mentioned: the owners, the deputies who answer in their place.

    `stand_ins` are those who stand in for an owner, by address.
    """

    owners: Sequence[Owner]
    deputies: Sequence[Owner] = ()
    stand_ins: Mapping[str, Owner] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _CardParts:
    """The channel's part of a card: the people, the buttons, and the links to other reviews."""

    people: CardPeople
    actions: Sequence[Element]
    card_links: CardLinks


@dataclass(frozen=True, kw_only=True)
class _People:
    """The people named in the facts, in words."""

    owners: str
    deputies: str


# From the limits that nearly every card fits to those that fit the worst texts; what is shortened first is
# also shown elsewhere.
_TEXT_LIMITS = (
    *(
        TextLimits(
            contents=1500, titles=10, note=1000, path=600, title=200, people=300, owners=20, snippets=snippets
        )
        for snippets in (3, 1, 0)
    ),
    TextLimits(contents=400, titles=10, note=1000, path=600, title=200, people=300, owners=20),
    TextLimits(contents=200, titles=5, note=400, path=300, title=150, people=150, owners=10),
    TextLimits(contents=100, titles=3, note=200, path=150, title=100, people=75, owners=3),
)


def draw_adaptive_card(
    card: Card,
    *,
    people: CardPeople,
    actions: Sequence[Element],
    card_links: CardLinks = NO_LINKS,
    limit: int = MAX_CARD_BYTES,
) -> dict[str, Any]:
    """Return the whole card, its texts shortened if it would be longer than `limit` bytes of JSON.

    `actions` are the channel's buttons. People are mentioned while the review waits for them.
    """
    parts = _CardParts(people=people, actions=actions, card_links=card_links)
    drawings = (_draw_card(card, parts, limits) for limits in _TEXT_LIMITS)
    return choose_fitting(drawings, limit)


def draw_outcome_card(
    card: Card,
    *,
    actions: Sequence[Element] = (),
    card_links: CardLinks = NO_LINKS,
    limit: int = MAX_CARD_BYTES,
) -> dict[str, Any]:
    """Return the message after a card that can't be redrawn: how it was answered, by whom and when."""
    bodies = (
        [_draw_header(card, limits), *draw_outcome(card, limits, card_links)] for limits in _TEXT_LIMITS
    )
    drawings = (_assemble_card(card, body, actions) for body in bodies)
    return choose_fitting(drawings, limit)


def is_within_limit(content: dict[str, Any], limit: int) -> bool:
    """Return whether a card is at most `limit` bytes long when it is sent."""
    return len(json.dumps(content)) <= limit


def choose_fitting(drawings: Iterable[dict[str, Any]], limit: int) -> dict[str, Any]:
    """Return the first drawing within the limit, or else the last, which is the smallest."""
    for drawing in drawings:
        if is_within_limit(drawing, limit):
            break
    return drawing


def _draw_card(card: Card, parts: _CardParts, limits: TextLimits) -> dict[str, Any]:
    waiting = card.waits
    of_card = parts.people
    everyone = (of_card.owners, of_card.deputies, tuple(of_card.stand_ins.values()))
    groups = [each[: limits.owners] for each in everyone]
    named, entities = name_owners(list(chain(*groups)), with_mentions=waiting)
    rest = iter(named)
    owners, deputies, stand_ins = (list(islice(rest, len(group))) for group in groups)
    people = _People(
        owners=join_first(owners, total=len(of_card.owners)),
        deputies=join_first(deputies, total=len(of_card.deputies)),
    )
    names = {
        address: owner.name
        for entries, people in ((card.deputies, of_card.deputies), (card.owners, of_card.owners))
        for address, owner in zip(entries, people, strict=False)
    }
    mentions = dict(zip(of_card.stand_ins, stand_ins, strict=False))
    outcome = draw_outcome(card, limits, parts.card_links, names=names, stand_ins=mentions)
    story = {**_draw_story(card, limits), "separator": bool(outcome)}
    files = draw_files(card.bulk, limits) if card.bulk else []
    request = draw_request(card.earlier_request, parts.card_links, limits) if card.earlier_request else []
    facts, progress = _draw_facts(card, people), _draw_progress(card, of_card.owners, limits)
    meaning = card.meaning
    header = [_draw_header(card, limits, beside=draw_toggle(meaning)), *draw_hidden_meaning(meaning)]
    body = [*header, *outcome, story, *files, *request, *facts, *progress]
    return _assemble_card(card, body, parts.actions, entities)


def _assemble_card(
    card: Card, body: list[Element], actions: Sequence[Element], entities: Sequence[Element] = ()
) -> dict[str, Any]:
    """Assemble the card. Buttons that do not fit beside the first ones at the bottom go above them."""
    bottom_actions, above = list(actions[:MAX_BOTTOM_BUTTONS]), list(actions[MAX_BOTTOM_BUTTONS:])
    teams: dict[str, Any] = {"width": "Full"}
    if entities:
        teams["entities"] = list(entities)
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": escape_markdown(shorten(summarize(card), MAX_SUMMARY_LENGTH)),
        "msteams": teams,
        "body": [*body, *([{"type": "ActionSet", "actions": above}] if above else [])],
        **({"actions": bottom_actions} if bottom_actions else {}),
    }


def _draw_header(card: Card, limits: TextLimits, *, beside: Sequence[Element] = ()) -> Element:
    """Return the header: title and state, in words beside mark and colour; `beside` are further columns."""
    words = f"{choose_mark(card)} {label_look(card)}"
    status = _block(words, weight="Bolder", size="Small")
    if beside:
        on_one_line = _rich(_run(words, weight="Bolder", size="Small"))
        column = {"type": "Column", "width": "stretch", "items": [on_one_line]}
        status = {"type": "ColumnSet", "columns": [column, *beside]}
    title = escape_run(shorten_name(card.title, limits.title))
    heading = _rich(
        _run(title, weight="Bolder", size="Large"),
        _run(f" {describe_news(card)}", size="Large"),
        spacing="None",
    )
    return {"type": "Container", "style": _choose_style(card), "bleed": True, "items": [status, heading]}


def _choose_style(card: Card) -> str:
    """Return the style of the header. Its words have the default colour, which is legible in every theme."""
    return _STYLES[choose_look(card)]


def _draw_story(card: Card, limits: TextLimits) -> Element:
    """Return what happened, where, and to which files."""
    who = _run(escape_run(shorten(card.who, limits.people)), weight="Bolder")
    items = [_rich(*_around(card.change_template.format(who=_HERE), who))]
    also = escape_run(shorten(capitalize_first(card.other_acts), limits.people))
    where = escape_run(shorten_name(card.where, limits.path))
    labels = [
        (fact.label, shorten_name(text, limits.path // 2)) for fact, text in list_earlier_names(card).items()
    ]
    earlier = [f"{label}: {escape_run(text)}" for label, text in labels]
    items += [_rich(_run(text), spacing="None") for text in (where if card.path else "", also) if text]
    items += [_rich(_run(text, isSubtle=True), spacing="None") for text in earlier]
    if card.contents:
        files = shorten(describe_contents(card.contents, limit=limits.titles), limits.contents)
        items.append(_rich(_run(escape_run(files)), spacing="Small"))
    if card.seen_late is not None:
        late = f"{Fact.RECOVERED.label}: {describe_recovery(card, write_date)}"
        items.append(_block(late, isSubtle=True, spacing="Small"))
    if card.changes:
        changes = escape_run(shorten(card.changes, limits.path))
        label = _run(f"{Fact.CHANGES.label}: ", weight="Bolder")
        items.append(_rich(label, _run(changes), spacing="Small"))
        items += draw_snippets(card.snippets[: limits.snippets])
    return {"type": "Container", "items": items, "spacing": "Medium"}


def _draw_facts(card: Card, people: _People) -> list[Element]:
    """Return the facts in rows of two, each with its label above it; many owners get a row of their own."""
    facts = [(Fact.WHEN, write_date(card.changed_at)), (choose_scope_fact(card), describe_coverage(card))]
    named = [(Fact.OWNER, people.owners), *([(Fact.DEPUTIES, people.deputies)] if card.deputies else [])]
    crowds = [[each] for each in named if len(each[1]) > MAX_CELL_LENGTH]
    facts += [each for each in named if [each] not in crowds]
    if card.due_at and not (card.answer or card.overdue_since):
        facts.append((Fact.DUE, write_date(card.due_at)))
    if card.duration:
        facts.append((Fact.TOOK, card.duration))
    pairs = [facts[start : start + 2] for start in range(0, len(facts), 2)]
    return [
        {"type": "ColumnSet", "columns": [_draw_cell(*fact) for fact in row]} for row in (*pairs, *crowds)
    ]


def _draw_progress(card: Card, owners: Sequence[Owner], limits: TextLimits) -> list[Element]:
    """Return who has answered and who is missing, if the review needs several people."""
    if not is_shared(card) or (card.answer and not card.other_acknowledgements):
        return []
    head = (
        _("Also reviewed by") if card.answer else _("{count} reviews").format(count=format_answer_count(card))
    )
    items = [_block(head, weight="Bolder")]
    for each in card.other_acknowledgements[: limits.owners]:
        name = _run(escape_run(shorten(each.reviewer.name, limits.people)))
        items += [_rich(name, spacing="Small"), _block(write_date(each.at), isSubtle=True, spacing="None")]
    words = describe_missing(card)
    if words:
        named = {address: owner.name for address, owner in zip(card.owners, owners, strict=False)}
        missing = [shorten(named.get(each, each), MAX_OWNER_LENGTH) for each in card.missing[: limits.owners]]
        items.append(_rich(_run(escape_run(f"{words}: {', '.join(missing)}")), spacing="Small"))
    if card.outdated_count and not card.answer:
        items.append(_block(describe_outdated(card), isSubtle=True, spacing="Small"))
    return [{"type": "Container", "items": items, "separator": True, "spacing": "Medium"}]


def _draw_cell(fact: Fact, text: str) -> Element:
    name = _block(fact.label, isSubtle=True, size="Small")
    return {"type": "Column", "width": "stretch", "items": [name, _block(text, spacing="None")]}


def name_owners(owners: Sequence[Owner], *, with_mentions: bool) -> tuple[list[str], list[Element]]:
    """Return the owners in words, and the entities that turn some of the words into mentions."""
    named, entities = [], {}
    for owner in owners:
        name = escape_markdown(shorten(clean_text(owner.name), MAX_OWNER_LENGTH))
        text = f"<at>{name}</at>"
        mentionable = owner.mention and len(owner.mention) <= MAX_MENTION_LENGTH
        if with_mentions and mentionable and text not in entities:
            mention = {"id": owner.mention, "name": name}
            entities[text] = {"type": "mention", "text": text, "mentioned": mention}
            named.append(text)
        else:
            named.append(name)
    return named, list(entities.values())
