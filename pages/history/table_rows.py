"""Data for the templates: rows, answers and cards, in the current language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_stand_ins import show_person
from reviews.cards.card_state import describe_answer
from reviews.kinds import CardState, Decision
from reviews.language import _, gettext_noop
from reviews.ledger.history import describe_identity
from reviews.stored_enums import PhraseTable
from reviews.text import clean_text
from reviews.wording.bytes_sentences import describe_size, explain_unread_answer
from reviews.wording.labels import split_answer_note
from reviews.wording.phrases import STATUS_LABELS
from reviews.wording.placeholders import format_name
from reviews.wording.reviewer_names import add_absent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.lists.archive import SearchResult
    from reviews.model import Answer, Post, Review

_CARD_STATE_WORDS = PhraseTable(
    {
        CardState.OWED: gettext_noop("on its way"),
        CardState.POSTED: gettext_noop("posted"),
        CardState.DEAD: gettext_noop("could not be posted"),
    }
)


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """One review in a list."""

    review: Review
    card: Card
    newer: str
    """The id of the review that superseded this one, if the viewer may see its route."""

    @property
    def status(self) -> str:
        """Return how far it is; an open review that lapsed is overdue too."""
        if self.card.lapsed_at:
            return _("Lapsed")
        return _("Overdue") if self.card.overdue_since else self.card.status

    @property
    def outcome(self) -> str:
        """How it was answered; empty for an open review, whose status is enough."""
        return describe_answer(self.card) if self.card.answer else ""


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One answer, also a withdrawn one or one to an earlier revision."""

    answer: Answer
    decision: str
    reviewer: str
    identity: str
    note: tuple[str, ...]
    size: str
    """Of the document that was answered; empty where it was not read."""
    unread: str
    """Why it was not read; empty where it was, or where that is not known."""


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """One card of a review, and where it went."""

    target: str
    state: str
    reason: str


def make_review_row(review: Review, now: datetime, result: SearchResult) -> ReviewRow:
    newer = review.superseded_by if review.route in result.routes else None
    return ReviewRow(
        review=review, card=draw_card(review, CardContext(now=now, names=result.names)), newer=newer or ""
    )


def make_answer_row(answer: Answer, names: Mapping[str, str]) -> AnswerRow:
    """Return a row; `names` are those of people for whom someone stood in, by casefolded address."""
    absent = show_person(answer.stand_in_for, names) if answer.stand_in_for else ""
    label = STATUS_LABELS[Decision(answer.decision).outcome]
    return AnswerRow(
        answer=answer,
        decision=_(label),
        reviewer=add_absent(format_name(clean_text(answer.reviewer.name)), absent),
        identity=describe_identity(answer.identity),
        note=tuple(split_answer_note(answer)),
        size=describe_size(answer.size) if answer.size is not None else "",
        unread=explain_unread_answer(answer),
    )


def make_card_row(card: Post) -> CardRow:
    return CardRow(
        target=clean_text(f"{card.notifier}:{card.target}" if card.target else card.notifier),
        state=_(_CARD_STATE_WORDS[card.state]),
        reason=clean_text(card.error or "") if card.state is CardState.DEAD else "",
    )
