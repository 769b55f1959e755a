"""When a review is late, from what the report says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.pack.report import PackedReview


def is_late(review: PackedReview) -> bool:
    """Return whether a review was settled after its deadline."""
    return get_lateness(review) > 0


def get_lateness(review: PackedReview) -> int:
    """Return how many seconds after its deadline a review was settled; 0 for those in time and unsettled."""
    if review.settled_at is None or review.due_at is None or review.settled_at <= review.due_at:
        return 0
    return max(int((review.settled_at - review.due_at).total_seconds()), 1)
