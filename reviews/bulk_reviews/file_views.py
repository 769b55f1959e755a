"""Conversion of a file of a bulk review to a review of its own, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.bulk import BulkFile

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review


def make_file_view(review: Review, file: BulkFile) -> Review:
    """Return a bulk review as one of its files sees it: the facts of that file, and the review's state."""
    return replace(
        review,
        kind=file.kind,
        file_id=file.file_id,
        title=file.title,
        path=file.path,
        link=file.link,
        version_from=file.version_from,
        version_to=file.version_to,
        modified_at=file.modified_at,
        contributors=file.contributors,
        acts=file.acts,
        folders=file.folders,
        content=file.content,
        saves=file.saves,
        title_before=file.title_before,
        path_before=file.path_before,
        moved_to=file.moved_to,
        seen_late=file.seen_late,
        happened_at=file.happened_at,
        superseded_by=file.apart or review.superseded_by,
        bulk=None,
        is_file_view=True,
    )


def make_bulk_file(review: Review, *, joined_at: datetime) -> BulkFile:
    """Return the facts of a review of one file, as a file of a bulk review."""
    return BulkFile(
        file_id=review.file_id,
        title=review.title,
        path=review.path,
        link=review.link,
        kind=review.kind,
        version_from=review.version_from,
        version_to=review.version_to,
        modified_at=review.modified_at,
        contributors=review.contributors,
        acts=review.acts,
        folders=review.folders,
        joined_at=joined_at,
        content=review.content,
        saves=review.saves,
        title_before=review.title_before,
        path_before=review.path_before,
        moved_to=review.moved_to,
        seen_late=review.seen_late,
        happened_at=review.happened_at,
    )
