"""Conversion of a file of a bulk review to a review of its own, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from reviews.bulk import BulkFile

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.acts import Act
    from reviews.identity import Person
    from reviews.kinds import ChangeKind
    from reviews.model import Review


class FileFacts(TypedDict):
    """The members that a review of one file and a file of a bulk review have in common."""

    kind: ChangeKind
    file_id: str
    title: str
    path: str
    link: str | None
    version_from: int | None
    version_to: int | None
    modified_at: datetime | None
    contributors: tuple[Person, ...]
    acts: tuple[Act, ...]
    folders: tuple[str, ...]
    content: bool
    saves: int | None
    title_before: str | None
    path_before: str | None
    moved_to: str | None
    seen_late: int | None
    happened_at: datetime | None


def get_file_facts(file: Review | BulkFile) -> FileFacts:
    return {
        "kind": file.kind,
        "file_id": file.file_id,
        "title": file.title,
        "path": file.path,
        "link": file.link,
        "version_from": file.version_from,
        "version_to": file.version_to,
        "modified_at": file.modified_at,
        "contributors": file.contributors,
        "acts": file.acts,
        "folders": file.folders,
        "content": file.content,
        "saves": file.saves,
        "title_before": file.title_before,
        "path_before": file.path_before,
        "moved_to": file.moved_to,
        "seen_late": file.seen_late,
        "happened_at": file.happened_at,
    }


def make_file_view(review: Review, file: BulkFile) -> Review:
    """Return a bulk review as one of its files sees it: the facts of that file, and the review's state."""
    return replace(
        review,
        **get_file_facts(file),
        superseded_by=file.apart or review.superseded_by,
        bulk=None,
        is_file_view=True,
    )


def make_bulk_file(review: Review, *, joined_at: datetime) -> BulkFile:
    """Return the facts of a review of one file, as a file of a bulk review."""
    return BulkFile(**get_file_facts(review), joined_at=joined_at)
