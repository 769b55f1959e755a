"""Ledger entries of what the clock did: whom it asked, when, and by which step of the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import begin_entry, format_moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import LastStep, Review


def build_reminded(review: Review) -> dict[str, Any]:
    """Return the entry of a reminder: its number within the review, and to whom it went."""
    step = _get_step(review)
    return {
        **begin_entry(EntryType.REVIEW_REMINDED, review, step.at),
        "revision": review.revision,
        "number": review.reminders,
        "whom": list(step.whom),
        **({"step": step.after} if step.after else {}),
    }


def build_escalated(review: Review) -> dict[str, Any]:
    """Return the entry of an escalation: to which people, or to which channel."""
    step = _get_step(review)
    return {
        **begin_entry(EntryType.REVIEW_ESCALATED, review, step.at),
        "revision": review.revision,
        "due_at": format_moment(review.due_at),
        "whom": list(step.whom),
        "step": step.after,
    }


def build_lapsed(review: Review, *, step: str) -> dict[str, Any]:
    """Return the entry of the last step, after which no one is asked any more."""
    return {
        **begin_entry(EntryType.REVIEW_LAPSED, review, review.lapsed_at),
        "revision": review.revision,
        "due_at": format_moment(review.due_at),
        "whom": [],
        "step": step,
    }


def build_followed_up(review: Review, *, at: datetime, recipients: Sequence[str]) -> dict[str, Any]:
    """Return the entry of a message to contributors about changes that were requested."""
    return {
        **begin_entry(EntryType.REVIEW_FOLLOWED_UP, review, at),
        "revision": review.revision,
        "number": review.follow_ups,
        "whom": list(recipients),
    }


def _get_step(review: Review) -> LastStep:
    if review.last_step is None:
        raise ValueError(f"no step was taken for the review {review.id}")
    return review.last_step
