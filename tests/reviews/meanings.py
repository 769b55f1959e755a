"""What acknowledging a review means, for forms that are drawn by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.cards.meaning import draw_meaning
from reviews.comparisons.reviewed_bytes import ReviewedBytes

if TYPE_CHECKING:
    from reviews.cards.meaning import Meaning
    from reviews.model import Review

KNOWN_BYTES = ReviewedBytes(sha256="9f" * 32, size=48_213)
UNKNOWN_BYTES = ReviewedBytes(not_read="not_yet")


def make_meaning(review: Review, reviewed_bytes: ReviewedBytes = KNOWN_BYTES) -> Meaning:
    return draw_meaning(review, reviewed_bytes)
