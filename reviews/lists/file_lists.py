"""The files of a bulk review, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.text import clean_text

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

    `separate_reviews` has the reviews of files that were taken out, by their ids. `search_text` is what
    titles were searched for, `match_count` the number of files that match, `number` the page, from 1.
    """

    files: tuple[BulkFile, ...]
    separate_reviews: Mapping[str, Review]
    search_text: str
    match_count: int
    number: int

    @property
    def first(self) -> int:
        """The number of the page's first file among all matches."""
        return (self.number - 1) * FILES_PER_PAGE + 1

    @property
    def last_page(self) -> int:
        return max(-(-self.match_count // FILES_PER_PAGE), 1)


@dataclass(frozen=True, kw_only=True)
class FileLists:
    transactions: Transactions

    def fetch_page(self, bulk_review: Review, *, search_text: str = "", number: int = 1) -> FilePage | None:
        """Return a page of the files, the last one if there are fewer pages.

        `bulk_review` is the review as the reader may see it: the result is `None` if it is redacted, and if
        it is no bulk review.
        """
        if bulk_review.bulk is None or bulk_review.redacted:
            return None
        title = clean_text(search_text)[:MAX_SEARCH_LENGTH]
        with self.transactions(reading=True) as work:
            count = work.bulk_files.count_matches(bulk_review.id, title=title)
            last_number = max(-(-count // FILES_PER_PAGE), 1)
            page_number = min(max(number, 1), last_number)
            files = work.bulk_files.search(
                bulk_review.id, title=title, skip=(page_number - 1) * FILES_PER_PAGE, limit=FILES_PER_PAGE
            )
            taken_out = [file.apart for file in files if file.apart]
            separate_reviews = {review.id: review for review in work.reviews.get_many(taken_out)}
        return FilePage(
            files=tuple(files),
            separate_reviews=separate_reviews,
            search_text=title,
            match_count=count,
            number=page_number,
        )
