"""The repository of comparisons, one for each review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.comparison import Comparison, ComparisonRequest


class ComparisonRepository(Protocol):
    def request(self, review_id: str, revision: int, *, at: datetime) -> None:
        """Make the comparison of a review due; an earlier revision's is replaced, its texts removed."""
        ...

    def get_request(self, comparison_id: int) -> ComparisonRequest | None:
        """Return a comparison that is still to be made."""
        ...

    def get(self, review_id: str) -> Comparison | None:
        """Return the comparison of a review, also one that waits."""
        ...

    def list_snippets(self, revisions: Mapping[str, int]) -> dict[str, bytes]:
        """Return the sealed snippets of reviews, by their ids; `revisions` are theirs, by the same ids."""
        ...

    def finish(self, request: ComparisonRequest, comparison: Comparison) -> bool:
        """Store a comparison and its summary; `False` if the review has a newer revision meanwhile."""
        ...

    def drop(self, request: ComparisonRequest) -> None:
        """Remove a request that is still to be made, unless a newer revision has replaced it."""
        ...

    def put_off(self, comparison_id: int, owner: str, *, until: datetime) -> None:
        """Make a comparison due later, and let any worker take it."""
        ...

    def count_failure(self, comparison_id: int) -> int:
        """Count a failed attempt; return how many there were."""
        ...

    def find_acknowledged(self, file_id: str, route: str, *, before_review: str) -> Comparison | None:
        """Return the comparison of the review of a file's content that was acknowledged last before another.

        It is `None` if that review has none.
        A state that nothing is known of is not skipped: an older one was not what was acknowledged last.
        """
        ...
