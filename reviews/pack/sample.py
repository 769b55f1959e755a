r"""The sample of a pack: drawn by a seed, so that anyone can draw it again with a tool of their own.

The sample is the reviews with the smallest SHA-256 of the seed, a line break and the id of the review, in
UTF-8, compared as lower-case hex: `printf '%s\n%s' "$SEED" "$ID" | sha256sum`.
"""

from __future__ import annotations

import hashlib
import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.pack.report import PackedReview

DEFAULT_SIZE = 25
"""Reviews of a sample: as many as auditors usually test of a control that is applied daily or more often."""


def draw_sample(reviews: Iterable[PackedReview], *, seed: str, size: int) -> tuple[PackedReview, ...]:
    """Return `size` reviews by their hashes with the seed, or all if there are fewer."""
    return tuple(heapq.nsmallest(size, reviews, key=lambda review: hash_review(review.id, seed=seed)))


def hash_review(review_id: str, *, seed: str) -> str:
    """Return by what the sample is ordered."""
    # A text from outside may hold half a surrogate pair, which UTF-8 does not have.
    return hashlib.sha256(f"{seed}\n{review_id}".encode(errors="surrogatepass")).hexdigest()
