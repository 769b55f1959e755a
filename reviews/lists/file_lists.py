"""The files of a bulk review, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.bulk import BulkFile
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions

FILES_PER_PAGE = 100
MAX_SEARCH_LENGTH = 200
"""Largest number of characters in a title search."""


@dataclass(frozen=True, kw_only=True)
class FilePage:
    """Some files of a bulk review, in the order of their paths and titles.

    `apart` has the reviews of files that were taken out, by their ids. `sought` is the search text for
    titles, `found` the number of files that match, `number` the page, from 1.
    """

    files: tuple[BulkFile, ...]
    apart: Mapping[str, Review]
    sought: str
    found: int
    number: int

    @property
    def first(self) -> int:
        """The number of the page's first file among all matches."""
        return (self.number - 1) * FILES_PER_PAGE + 1

    @property
    def last_page(self) -> int:
        return max(-(-self.found // FILES_PER_PAGE), 1)


@dataclass(frozen=True, kw_only=True)
class FileLists:
    transactions: Transactions

    def fetch_page(self, shown: Review, *, sought: str = "", number: int = 1) -> FilePage | None:
        """Return a page of the files, the last one if there are fewer pages.

        `shown` is the review as the reader may see it: the result is `None` if it is redacted, and if it is
        no bulk review.
        """
        if shown.bulk is None or shown.veiled:
            return None
        title = plain(sought)[:MAX_SEARCH_LENGTH]
        with self.transactions(reading=True) as work:
            count = work.bulk_files.count_matches(shown.id, title=title)
            last = max(-(-count // FILES_PER_PAGE), 1)
            here = min(max(number, 1), last)
            files = work.bulk_files.search(
                shown.id, title=title, skip=(here - 1) * FILES_PER_PAGE, limit=FILES_PER_PAGE
            )
            taken_out = [file.apart for file in files if file.apart]
            apart = {review.id: review for review in work.reviews.get_many(taken_out)}
        return FilePage(files=tuple(files), apart=apart, sought=title, found=count, number=here)
