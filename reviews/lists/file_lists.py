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
"""Of what a title is looked for by."""


@dataclass(frozen=True, kw_only=True)
class FilePage:
    """Some files of a bulk review, in the order of their paths and titles.

    `apart` holds the reviews of those that were taken out, by their ids. `sought` is what was looked for in
    the titles, `found` says how many files have it, `number` which page of them this is, from 1.
    """

    files: tuple[BulkFile, ...]
    apart: Mapping[str, Review]
    sought: str
    found: int
    number: int

    @property
    def first(self) -> int:
        """The number of the page's first file among those that were found."""
        return (self.number - 1) * FILES_PER_PAGE + 1

    @property
    def last_page(self) -> int:
        return max(-(-self.found // FILES_PER_PAGE), 1)


@dataclass(frozen=True, kw_only=True)
class FileLists:
    transactions: Transactions

    def fetch_page(self, shown: Review, *, sought: str = "", number: int = 1) -> FilePage | None:
        """Return a page of the files, the last one where there are not as many.

        `shown` is the review as somebody may see it: `None` where it is veiled, and where it is none of many
        files.
        """
        if shown.bulk is None or shown.veiled:
            return None
        title = plain(sought)[:MAX_SEARCH_LENGTH]
        with self.transactions(reading=True) as work:
            found = work.bulk_files.count_matches(shown.id, title=title)
            last = max(-(-found // FILES_PER_PAGE), 1)
            here = min(max(number, 1), last)
            files = work.bulk_files.search(
                shown.id, title=title, skip=(here - 1) * FILES_PER_PAGE, limit=FILES_PER_PAGE
            )
            taken_out = [file.apart for file in files if file.apart]
            apart = {review.id: review for review in work.reviews.get_many(taken_out)}
        return FilePage(files=tuple(files), apart=apart, sought=title, found=found, number=here)
