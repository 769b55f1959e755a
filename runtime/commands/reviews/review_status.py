"""A review in a few words, for lists and details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.cards.card_state import describe_answer
from reviews.kinds import ReviewState

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.model import Review


def describe_status(card: Card, review: Review, now: datetime) -> str:
    status = describe_answer(card)
    if card.lapsed_at:
        return f"{status}, lapsed {format_minute(card.lapsed_at)}"
    if is_overdue(review, now) and review.due_at:
        return f"{status}, overdue since {format_minute(review.due_at)}"
    return f"{status} Superseded by {review.superseded_by}." if card.answer and card.superseded else status


def is_overdue(review: Review, now: datetime) -> bool:
    return review.state is ReviewState.OPEN and review.due_at is not None and review.due_at < now


def name_document(card: Card) -> str:
    """Return the title with the version, or with how many files a bulk review has."""
    if card.is_versioned:
        return f"{card.title}, version {card.version}"
    return ", ".join(filter(None, (card.title, card.file_summary)))


def format_minute(at: datetime) -> str:
    """Return a time in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"
