"""How many reviews one transaction changes: meanwhile no other ledger entry is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def count_together(sizes: Sequence[int], *, max_reviews: int, max_size: int) -> int:
    """Return how many reviews of these sizes one transaction changes, from the first one on.

    They are up to `max_reviews`, together no larger than `max_size`, and at least one if there is any.
    """
    total = 0
    for index, size in enumerate(sizes[:max_reviews]):
        total += size
        if total > max_size and index:
            return index
    return min(len(sizes), max_reviews)
