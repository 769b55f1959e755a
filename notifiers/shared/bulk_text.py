"""The files of a bulk review as lines of text: the same in every channel, hostile until escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.card_text import shorten_name

if TYPE_CHECKING:
    from reviews.cards.bulk_card import BulkCard, ListedFile

MAX_FILES = 5
"""On a card in a chat, where the next card must be visible too; the review's page has all files."""


def describe_file(file: ListedFile, bulk: BulkCard, *, max_length: int) -> str:
    """Return the text beside a file's title: its place below the folder, and what happened to it.

    What happened to all files alike is above them already. `max_length` is for the names of the folders.
    """
    below = shorten_name(file.path_below, max_length) if file.path_below else ""
    return " · ".join(filter(None, (below, file.verb if bulk.is_mixed else "")))
