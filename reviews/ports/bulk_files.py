"""Repository of the files of bulk reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.bulk import BulkFile, BulkTiming
    from reviews.identity import Person
    from reviews.model import Review


class BulkFileRepository(Protocol):
    """The files of bulk reviews.

    Every caller that changes a file has locked its review before.
    """

    def list_files(self, review_id: str, *, after: int = 0, limit: int = 100) -> list[BulkFile]:
        """Return files of a bulk review in the order in which they joined, including those taken out.

        `after` is the position of the last file of the page before.
        """
        ...

    def count(self, review_id: str) -> int:
        """Return how many files are in a bulk review, without those taken out; 0 for any other review."""
        ...

    def search(self, review_id: str, *, title: str, skip: int, limit: int) -> list[BulkFile]:
        """Return files sorted by path and title, including those taken out.

        Only those whose title or path contains `title`, which may be empty.
        """
        ...

    def count_matches(self, review_id: str, *, title: str) -> int:
        """Return how many files match `search` in all."""
        ...

    def get(self, review_id: str, file_id: str) -> BulkFile | None: ...

    def recount(self, review_id: str) -> None:
        """Recount the files of a bulk review: after it was answered, some may have got their own review."""
        ...

    def add_file(self, review: Review, file: BulkFile) -> None:
        """Add a file to a bulk review. Raises `Conflict` where it is already in there.

        `review` is its state before: it is already indexed by the people and folders of its other files.
        """
        ...

    def update_file(self, review: Review, file: BulkFile) -> None:
        """Store the new state of a file that is in a bulk review."""
        ...

    def mark_taken_apart(self, review_id: str, file_id: str, *, own_review_id: str) -> bool:
        """Store which review a file now has of its own; `False` if it had one before."""
        ...

    def count_contributed(self, review_id: str, people: Sequence[Person]) -> int:
        """Return how many files of a bulk review a person contributed to, by any of their accounts."""
        ...

    def has_erased_contributor(self, review_id: str) -> bool:
        """Return whether any contributor to a file was erased."""
        ...

    def is_contributor_hidden(self, review_id: str) -> bool:
        """Return whether any contributor to a file has an id but no address."""
        ...

    def find_timing(self, review_id: str) -> BulkTiming | None:
        """Return when an open bulk review was opened and last joined; `None` for any other review."""
        ...

    def absorb(self, review_id: str, *, bulk_review_id: str) -> bool:
        """Have a bulk review replace an open, unanswered review; `False` if it is not so.

        Its cards with no attempt to post them are no longer owed.
        """
        ...
