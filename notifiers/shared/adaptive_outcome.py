"""What became of a review and what was asked before, as an Adaptive Card says it (facts on Teams, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import HERE, around, block, rich, text_run
from notifiers.shared.teams_text import alike, run, when
from notifiers.shared.text import shorten, web_address
from reviews.cards.card_state import describe_own_change, request_line, state_lines
from reviews.language import _
from reviews.wording.labels import note_lines

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.ways import Ways
    from reviews.cards.card import Card
    from reviews.model import Answer


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much of each text is shown, in characters; of owners and titles of files, how many."""

    contents: int
    titles: int
    note: int
    path: int
    title: int
    people: int
    owners: int


def draw_outcome(card: Card, room: Room, ways: Ways) -> list[Element]:
    """Return what became of the review."""
    way = _way(_("Go to the newer review"), ways.newer)
    newer = [block(card.newer_says), *way] if card.superseded else []
    lines = state_lines(card, when=when, name=lambda name: alike(shorten(name, room.people)))
    state = [block(line, spacing="Small") for line in lines]
    if card.overdue_since:
        state[0] = block(lines[0], weight="Bolder")
    return [*newer, *state, *(_answer(card, card.answer, room) if card.answer else [])]


def draw_request(answer: Answer, ways: Ways, room: Room) -> list[Element]:
    """Return what was asked for in the review before, and the way to it."""
    line = request_line(answer, when=when, name=lambda name: alike(shorten(name, room.people)))
    quoted = _quotation(answer, room)
    way = _way(_("Go to the earlier review"), ways.earlier)
    return [{"type": "Container", "items": [block(line), *quoted, *way], "spacing": "Medium"}]


def _answer(card: Card, answer: Answer, room: Room) -> list[Element]:
    who = text_run(run(shorten(answer.reviewer.name, room.people)), weight="Bolder")
    version = _("version {version}").format(version=answer.version or _("unknown"))
    told = f"{when(answer.at)} · {version}" if card.is_versioned else when(answer.at)
    moment = block(told, isSubtle=True, spacing="None")
    told_own = describe_own_change(card, answer)
    own = [block(told_own, weight="Bolder", spacing="Small")] if told_own else []
    quotation = _quotation(answer, room)
    answered = _("{answered} by {who}").format(answered=card.answered, who=HERE)
    return [rich(*around(answered, who)), moment, *own, *quotation]


def _quotation(answer: Answer, room: Room) -> list[Element]:
    note = shorten("\n".join(note_lines(answer)), room.note).splitlines()
    quoted = [rich(text_run(run(line), italic=True), spacing="Small") for line in note]
    return [{"type": "Container", "style": "emphasis", "items": quoted}] if quoted else []


def _way(label: str, address: str) -> list[Element]:
    """Return a line that leads to another review; none where there is no address."""
    web = web_address(address)
    if web is None:
        return []
    opens = {"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": web}}
    return [rich(text_run(label, **opens), spacing="Small")]
