"""The files of a bulk review: one duty for many files that one cause touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.acts import Act
    from reviews.model import ChangeKind, Person, Review

SUBJECT = "bulk:"
"""What stands before the id of a bulk review in the place of a file's id."""
CALM = timedelta(seconds=5)
"""Files that join have ceased to come when none has for so long."""
REDRAWN_APART = timedelta(seconds=10)
"""How far apart the drawings of one card are while files join."""
FIRST_FILES = 10
"""How many files a bulk review shows by itself."""


@dataclass(frozen=True, kw_only=True)
class BulkFile:
    """One file of a bulk review, with what a review of that file alone would say of it.

    `position` orders the files of a review as they joined. `apart` is the id of the review that the file has
    of its own since it was taken out, or since it changed after the bulk review was answered.
    """

    file_id: str
    title: str
    path: str
    link: str | None
    kind: ChangeKind
    version_from: int | None
    version_to: int | None
    modified_at: datetime | None
    contributors: tuple[Person, ...]
    acts: tuple[Act, ...]
    folders: tuple[str, ...]
    joined_at: datetime
    position: int = 0
    apart: str | None = None
    content: bool = True
    saves: int | None = 0
    title_before: str | None = None
    path_before: str | None = None
    moved_to: str | None = None
    seen_late: int | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class BulkSummary:
    """What a card shows of the files: their number without those taken out, the kinds, the first files.

    `kinds` has the largest number first, `first` is in the order of paths and titles. Files join until the
    cause is over: `joined_at` is when the last one did.
    """

    count: int
    kinds: tuple[tuple[ChangeKind, int], ...]
    first: tuple[BulkFile, ...]
    joined_at: datetime


@dataclass(frozen=True, kw_only=True)
class Pace:
    """When an open bulk review was opened, and when a file joined it last."""

    route: str
    opened_at: datetime
    joined_at: datetime

    def wait_to_post(self, now: datetime, *, longest: timedelta) -> timedelta:
        """Return how long its card waits for further files: until no more come, at most so long in all."""
        return max(min(self.joined_at + CALM, self.opened_at + longest) - now, timedelta())

    def wait_to_redraw(self, now: datetime, *, drawn_at: datetime) -> timedelta:
        """Return how long its card, which was drawn then, waits while files come."""
        return max(min(self.joined_at + CALM, drawn_at + REDRAWN_APART) - now, timedelta())


def view_of(review: Review, file: BulkFile) -> Review:
    """Return a bulk review as one of its files sees it: what it says of that file, and how it stands."""
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
        of_file=True,
    )


def file_of(review: Review, *, joined_at: datetime) -> BulkFile:
    """Return what a review of one file says of it, as a file of a bulk review."""
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
