"""What the product asks of the place where the files of bulk reviews are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reviews.bulk import BulkFile


class BulkFiles(Protocol):
    """The files of bulk reviews."""

    def of(self, review_id: str, *, after: int = 0, limit: int = 100) -> list[BulkFile]:
        """Return files of a bulk review in the order in which they joined, also those that were taken out.

        `after` is the position of the last file of the page before.
        """
        ...

    def count(self, review_id: str) -> int:
        """Return how many files are in a bulk review, without those taken out; 0 for any other review."""
        ...

    def search(self, review_id: str, *, title: str, skip: int, limit: int) -> list[BulkFile]:
        """Return files in the order of their paths and titles, also those that were taken out.

        Only those whose title or path has `title` in it, which may be empty.
        """
        ...

    def count_found(self, review_id: str, *, title: str) -> int:
        """Return how many files `search` finds in all."""
        ...

    def get(self, review_id: str, file_id: str) -> BulkFile | None: ...
