"""The portal's tree as last seen: where folders are, and the state of the files in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.text import MAX_PATH_LENGTH, shorten_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.kinds import ChangeKind

FOLDER_ID_PREFIX = "folder:"
MAX_DEPTH = 100
"""Largest number of folders above a stored one; what goes on beyond is a circle."""


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


@dataclass(frozen=True, kw_only=True)
class StoredFolder:
    """A folder as stored; `parent_id` is empty at the top.

    `was_in` is its parent before a move that has not been processed, `moved_from` the one before the last
    processed event, which happened at `settled_at`. `seen_at` is when DocSpace was queried.
    """

    id: str
    parent_id: str
    title: str
    was_in: str | None
    moved_from: str | None
    settled_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class FolderTree:
    """Some stored folders and all above them, where they are and where they were, as one query shows them."""

    folders: Mapping[str, StoredFolder]

    def get_place(self, folder_id: str, *, seen_after: datetime | None = None) -> Place | None:
        """Return where a folder is; `None` if a part is not stored, or was not seen recently."""
        chain = self._list_chain(folder_id, lambda folder: folder.parent_id)
        if seen_after is not None and any(folder.seen_at < seen_after for folder, _ in chain):
            return None
        return _build_place(chain)

    def get_place_before(self, folder_id: str) -> Place | None:
        """Return where a folder is, leaving out all moves that have not been processed."""
        return _build_place(self._list_chain(folder_id, _find_parent_before))

    def get_place_at(self, folder_id: str, at: datetime) -> Place | None:
        """Return where a folder was then, as far back as its last move; open moves are left out."""
        return _build_place(self._list_chain(folder_id, lambda folder: _find_parent_at(folder, at)))

    def _list_chain(
        self, folder_id: str, find_parent: Callable[[StoredFolder], str]
    ) -> list[tuple[StoredFolder, str]]:
        """Return the folder and those above it with their parents, as far up as they are stored."""
        chain: list[tuple[StoredFolder, str]] = []
        while (folder := self.folders.get(folder_id)) is not None and len(chain) <= MAX_DEPTH:
            folder_id = find_parent(folder)
            chain.append((folder, folder_id))
        return chain


NO_FOLDERS = FolderTree(folders={})


def _find_parent_before(folder: StoredFolder) -> str:
    return folder.parent_id if folder.was_in is None else folder.was_in


def _find_parent_at(folder: StoredFolder, at: datetime) -> str:
    has_moved_since = folder.settled_at is not None and folder.settled_at >= at
    if folder.was_in is None and folder.moved_from is not None and has_moved_since:
        return folder.moved_from
    return _find_parent_before(folder)


def _build_place(chain: Sequence[tuple[StoredFolder, str]]) -> Place | None:
    """Return the chain as a place, if it reaches the top."""
    if not chain or chain[-1][1]:
        return None
    return Place(folders=tuple((folder.id, folder.title) for folder, _ in reversed(chain)))


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

    def is_newer_than(self, at: datetime) -> bool:
        """Return whether this includes something newer than an event at that time.

        Events have whole seconds, and a file's own modification time may be more exact.
        """
        times = (each.replace(microsecond=0) for each in (self.as_of, self.modified_at) if each is not None)
        return any(at < each for each in times)

    def has_arrived_after(self, at: datetime) -> bool:
        """Return whether the file came with its folder after that time: what happened then was elsewhere."""
        return self.listed_at is not None and self.as_of is not None and at <= self.as_of


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
class UnexplainedDifference:
    """What a sweep saw in a listing, at `since` for the first time, and no event explains yet.

    `subject` is a file, a folder with its prefix, or empty where only the number of files differs.
    """

    subject: str
    since: datetime


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
