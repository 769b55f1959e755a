"""What the templates draw: rows, answers and cards, in the language that is spoken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.cards.card_context import Context
from reviews.cards.card_drawing import card_of
from reviews.cards.card_state import outcome
from reviews.kinds import CardState, Decision
from reviews.language import _, marked
from reviews.ledger.history import proven_by
from reviews.stored_words import OwnWords
from reviews.text import plain
from reviews.wording.labels import note_lines
from reviews.wording.phrases import STATUS
from reviews.wording.placeholders import called

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.model import Answer, CardPost, Review

_CARDS = OwnWords(
    {
        CardState.OWED: marked("on its way"),
        CardState.POSTED: marked("posted"),
        CardState.DEAD: marked("could not be posted"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One review in a list."""

    review: Review
    card: Card
    newer: str
    """The id of the review that superseded this one, where whoever looks sees its route."""

    @property
    def status(self) -> str:
        return _("Overdue") if self.card.overdue_since else self.card.status

    @property
    def outcome(self) -> str:
        """How it was answered; what is not needs no more words than its status."""
        return outcome(self.card) if self.card.answer else ""


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer, also one that was taken back or was to an earlier revision."""

    answer: Answer
    decision: str
    who: str
    proven: str
    note: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One card of a review, and where it went."""

    place: str
    state: str
    trouble: str


def row(review: Review, now: datetime, routes: Collection[str]) -> Row:
    newer = review.superseded_by if review.route in routes else None
    return Row(review=review, card=card_of(review, Context(now=now)), newer=newer or "")


def given(answer: Answer) -> Given:
    said = STATUS[Decision(answer.decision).outcome]
    return Given(
        answer=answer,
        decision=_(said),
        who=called(plain(answer.reviewer.name)),
        proven=proven_by(answer.identity),
        note=tuple(note_lines(answer)),
    )


def posted(card: CardPost) -> Posted:
    return Posted(
        place=plain(f"{card.notifier}:{card.target}" if card.target else card.notifier),
        state=_(_CARDS[card.state]),
        trouble=plain(card.error or "") if card.state is CardState.DEAD else "",
    )
