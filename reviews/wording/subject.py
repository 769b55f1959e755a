"""What sentences call that which a review is about, and whether it is one thing or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import format_number, ngettext
from reviews.text import plain
from reviews.wording.labels import count_files

if TYPE_CHECKING:
    from reviews.model import Review


def name_subject(review: Review) -> str:
    """Return the title of a document or folder, or how many files a bulk review has."""
    return plain(review.title) if review.bulk is None else name_files(review.bulk.count, review.title)


def count_subject(review: Review) -> int:
    """Return how many things `name_subject` names, by which a sentence chooses between one and many."""
    return 1 if review.bulk is None else review.bulk.count


def name_files(count: int, folder: str) -> str:
    """Return what the files of a bulk review are called; `folder` is empty where they share none."""
    title = plain(folder)
    if not title:
        return count_files(count)
    words = ngettext("{count} file in {folder}", "{count} files in {folder}", count)
    return words.format(count=format_number(count), folder=title)
