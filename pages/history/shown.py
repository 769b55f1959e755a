"""What the templates draw: rows, answers and cards, in the language that is spoken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.card import Card, card_of, note_lines, outcome
from reviews.history import proven_by
from reviews.language import _, marked
from reviews.model import CardState, Decision, ReviewState
from reviews.nameless import called
from reviews.phrases import STATUS
from reviews.text import plain

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Answer, CardPost, Review

_LOOKS = {
    ReviewState.OPEN: "open",
    ReviewState.ACKNOWLEDGED: "done",
    ReviewState.CHANGES_REQUESTED: "changes",
}
_CARDS = {
    CardState.OWED: marked("on its way"),
    CardState.POSTED: marked("posted"),
    CardState.DEAD: marked("could not be posted"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One review in a list."""

    review: Review
    card: Card
    overdue: bool

    @property
    def look(self) -> str:
        return "late" if self.overdue else _LOOKS[self.review.state]

    @property
    def status(self) -> str:
        return _("Overdue") if self.overdue else self.card.status

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


def row(review: Review, now: datetime) -> Row:
    waits = review.state is ReviewState.OPEN and review.due_at is not None
    late = waits and review.due_at is not None and review.due_at < now
    return Row(review=review, card=card_of(review), overdue=late)


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
