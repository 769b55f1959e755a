"""The files of a bulk review: one duty for many files that one cause touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.acts import Act
    from reviews.identity import Person
    from reviews.kinds import ChangeKind

BULK_ID_PREFIX = "bulk:"
"""Prefix of a bulk review's id where a file's id is expected."""
JOIN_QUIET_PERIOD = timedelta(seconds=5)
"""After this long without a new file, no more files are expected to join."""
REDRAW_INTERVAL = timedelta(seconds=10)
"""Minimum time between two updates of one card while files join."""
MAX_FIRST_FILES = 10
"""How many files a bulk review shows by itself."""


@dataclass(frozen=True, kw_only=True)
class BulkFile:
    """One file of a bulk review, with what a review of that file alone would show.

    `position` orders the files of a review as they joined. `apart` is the id of the file's own review, if it
    was taken out or if it changed after the bulk review was answered.
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

    `kinds` has the largest number first. `sample_files` is sorted by path and title. Files join until the
    cause is over; `joined_at` is when the last one did.
    """

    count: int
    kinds: tuple[tuple[ChangeKind, int], ...]
    sample_files: tuple[BulkFile, ...]
    joined_at: datetime


@dataclass(frozen=True, kw_only=True)
class BulkTiming:
    """When an open bulk review was opened, and when a file last joined it."""

    route: str
    opened_at: datetime
    joined_at: datetime

    def compute_post_delay(self, now: datetime, *, max_wait: timedelta) -> timedelta:
        """Return how long its card waits: until no more files come, at most `max_wait` since opening."""
        return max(min(self.joined_at + JOIN_QUIET_PERIOD, self.opened_at + max_wait) - now, timedelta())

    def compute_redraw_delay(self, now: datetime, *, drawn_at: datetime) -> timedelta:
        """Return how long its card, last drawn at `drawn_at`, waits with an update while files join."""
        return max(min(self.joined_at + JOIN_QUIET_PERIOD, drawn_at + REDRAW_INTERVAL) - now, timedelta())
