"""Ledger entries on folders that went with more open reviews than have an entry each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import format_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.ports.tree import OpenReviews


def build_folder_gone(
    folder: Mapping[str, Any], open_reviews: OpenReviews, *, route: str, at: datetime
) -> dict[str, Any]:
    """Return the one entry of all open reviews of a route whose documents went with a folder.

    It belongs to no review. `folder` has the members that say which folder went, and how.
    """
    return {
        "type": EntryType.FOLDER_GONE.value,
        "at": format_moment(at),
        "review_id": None,
        "route": route,
        **folder,
        "open_reviews": {"count": open_reviews.count, "ids": list(open_reviews.file_counts)},
    }
