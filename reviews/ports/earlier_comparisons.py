"""The repository of earlier states of documents that people answered, and of the comparisons with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reviews.comparison import AnsweredState, Comparison, StoredText
    from reviews.model import Review


class EarlierComparisonRepository(Protocol):
    def list_answered(self, review: Review) -> list[AnsweredState]:
        """Return who answered which earlier state of a review's document on its route, the newest first.

        Withdrawn answers don't count. Only the newest reviews of the document are looked at.
        """
        ...

    def get_text(self, state: AnsweredState) -> StoredText | None:
        """Return the text of a state; `None` if it is no longer stored."""
        ...

    def keep_answered_text(self, review_id: str) -> None:
        """Keep the text of a review's comparison beside it, if people answered that revision.

        For each review only those of its newest revisions are kept.
        """
        ...

    def replace(self, review_id: str, comparisons: tuple[Comparison, ...]) -> None:
        """Store the comparisons of a review with earlier states, in the place of all there were."""
        ...

    def find(self, review: Review, sha256: str) -> Comparison | None:
        """Return how a review, at its revision, differs from the state with this hash."""
        ...

    def has_differences(self, review: Review) -> bool:
        """Return whether a review, at its revision, differs from a state that someone answered."""
        ...
