"""Ledger entries of reviews that a stand-in answers while an owner is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import begin_entry, format_moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import Review, StandIn
    from reviews.ports.absences import AbsenceSource


def build_handed_over(
    review: Review, stand_in: StandIn, *, source: AbsenceSource, declared_at: datetime, at: datetime
) -> dict[str, Any]:
    """Return the entry of who answers for an owner until when, and where the absence was declared."""
    return {
        **begin_entry(EntryType.REVIEW_HANDED_OVER, review, at),
        "revision": review.revision,
        "owner": stand_in.absent,
        "to": list(stand_in.people),
        "until": format_moment(stand_in.until),
        "source": str(source),
        "declared_at": format_moment(declared_at),
    }


def build_handed_back(
    review: Review, *, owner: str, former_people: Sequence[str], at: datetime
) -> dict[str, Any]:
    """Return the entry of an owner who answers a review again, and of who did meanwhile."""
    return {
        **begin_entry(EntryType.REVIEW_HANDED_BACK, review, at),
        "revision": review.revision,
        "owner": owner,
        "from": list(former_people),
    }
