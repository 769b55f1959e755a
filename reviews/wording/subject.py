"""The subject of a review in a sentence, and whether it is singular or plural."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import format_number, ngettext
from reviews.text import clean_text
from reviews.wording.labels import count_files

if TYPE_CHECKING:
    from reviews.model import Review


def name_subject(review: Review) -> str:
    """Return the title of a document or folder, or how many files a bulk review has."""
    return clean_text(review.title) if review.bulk is None else name_files(review.bulk.count, review.title)


def count_subject(review: Review) -> int:
    """Return how many things `name_subject` names, for the choice between singular and plural."""
    return 1 if review.bulk is None else review.bulk.count


def name_files(count: int, folder: str) -> str:
    """Return the phrase for the files of a bulk review; `folder` is empty where they share none."""
    title = clean_text(folder)
    if not title:
        return count_files(count)
    template = ngettext("{count} file in {folder}", "{count} files in {folder}", count)
    return template.format(count=format_number(count), folder=title)
