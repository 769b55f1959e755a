"""The portal's tree as last seen: where folders are, and the state of the files in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.text import MAX_PATH_LENGTH, shorten_text

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.kinds import ChangeKind

FOLDER_ID_PREFIX = "folder:"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a file is: the chain of folders from the top down, as (id, title)."""

    folders: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        """The folder titles joined, without the tenant's root section, which says nothing."""
        below = self.folders[1:] or self.folders
        return shorten_text(" / ".join(title for _, title in below), MAX_PATH_LENGTH)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(folder for folder, _ in self.folders)

    @property
    def folder_ids(self) -> tuple[str, ...]:
        """The ids of the folders, from the top down."""
        return tuple(folder for folder, _ in self.folders)

    @property
    def parent(self) -> Place:
        """The place of the folder itself: where its own folder is."""
        return Place(folders=self.folders[:-1])


class FilePresence(StrEnum):
    """Whether a file is in its folder, was moved to the trash from there, or is permanently deleted."""

    PRESENT = "present"
    TRASHED = "trashed"
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True)
class FileState:
    """What we have stored of a file at one moment; what DocSpace does not report is `None`, `False` or empty.

    Version alone does not distinguish content: all saves of one editing session share a number (facts on
    DocSpace, 2.5). `as_of` is the time of the newest event that the state includes. `listed_at` is set
    instead when the state comes from a listing, which may show changes whose events are still on their way.
    """

    file_id: str
    parent_id: str
    title: str
    version: int | None
    modified_at: datetime | None
    size: int | None = None
    locked: bool = False
    comment: str = ""
    link: str | None = None
    presence: FilePresence = FilePresence.PRESENT
    as_of: datetime | None = None
    listed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FolderState:
    """When a folder was first and last seen, and the time of its newest processed event.

    `gone` is the kind of change that removed it, until it comes back. `listed_to` is how many of its files
    are stored: `None` for all of them, 0 where the folder was only met through an event.
    """

    known_since: datetime
    seen_at: datetime
    settled_at: datetime | None
    gone: ChangeKind | None = None
    listed_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class Watermark:
    """The time up to which the gap sweep has reported all events of a watched folder.

    `finished_at` is when the first look was complete. `tried_at` is when it was last tried, `stopped_by` the
    reason in words why it did not get through then. `listed_at` is when the whole listing was last compared.
    `newest_row` is the newest row of the folder's log that a sweep saw, `listing_digest` what it saw of a
    listing of connected storage.
    """

    finished_at: datetime | None = None
    swept_to: datetime | None = None
    tried_at: datetime | None = None
    stopped_by: str | None = None
    listed_at: datetime | None = None
    newest_row: FolderLogRow | None = None
    listing_digest: str = ""


@dataclass(frozen=True, kw_only=True)
class FolderLogRow:
    """A row of a folder's log: its id, and its time by DocSpace's clock."""

    id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SweepCounts:
    """How many watched folders are not yet fully read, were stopped, or are behind a moment.

    `earliest` is up to when the folder that is furthest behind is complete.
    """

    unfinished: int
    stopped: int
    late: int
    earliest: datetime | None


@dataclass(frozen=True, kw_only=True)
class FolderContents:
    """The files that went along with a folder: how many, and the titles of the first of them."""

    count: int
    titles: tuple[str, ...]
