"""Repositories of the portal's tree.

Like those of `reviews.ports.reviews`, they are parts of one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from reviews.kinds import ChangeKind
    from reviews.tree import (
        FilePresence,
        FileState,
        FolderContents,
        FolderLogRow,
        FolderState,
        FolderTree,
        Place,
        SweepCounts,
        UnexplainedDifference,
        Watermark,
    )


@dataclass(frozen=True, kw_only=True)
class OpenReviews:
    """Open reviews of documents in a folder: their number, and the first of them.

    `file_counts` has by review id how many of its files are in the folder, the oldest review first.
    """

    count: int
    file_counts: Mapping[str, int]


class FileStateRepository(Protocol):
    """The last stored state of the files under watched folders."""

    def get(self, file_id: str) -> FileState | None: ...

    def put(self, state: FileState) -> None:
        """Store the state of a file, unless one with newer events is stored."""
        ...

    def find_present(self, title: str, limit: int) -> list[FileState]:
        """Return files of this title that are stored as present in their folders."""
        ...

    def add_unknown(self, states: Sequence[FileState]) -> int:
        """Store those files that are not stored yet; return how many those were."""
        ...

    def forget(self, file_id: str) -> None: ...

    def get_many(self, file_ids: Sequence[str]) -> dict[str, FileState]:
        """Return the stored states of these files, by id."""
        ...

    def list_present_beneath(self, folder_id: str) -> set[str]:
        """Return the ids of the files that are stored in a folder at any depth.

        Moves that have not been processed are left out.
        """
        ...

    def summarize_contents(self, folder_id: str, presence: FilePresence, limit: int) -> FolderContents:
        """Return the stored files of this presence in a folder at any depth, with up to `limit` titles."""
        ...

    def count_beneath(self, folder_id: str) -> int:
        """Return how many files are stored in a folder at any depth now."""
        ...

    def find_open_reviews_beneath(
        self, folder_id: str, presence: FilePresence, *, route: str, limit: int
    ) -> OpenReviews:
        """Return the open reviews of a route with files of this presence in a folder at any depth.

        At most `limit` of them are named.
        """
        ...

    def set_presence_beneath(self, folder_id: str, presence: FilePresence | None) -> None:
        """Set the presence of the files beneath a folder; `None` deletes them.

        A deleted file stays so, and only what was in the trash comes out of it.
        """
        ...


class FolderRepository(Protocol):
    """The folders above the stored files: each with its parent."""

    def get_tree(self, folder_ids: Collection[str]) -> FolderTree:
        """Return these folders and all above them, also those above the places where they were."""
        ...

    def get_place_before(self, folder_id: str) -> Place | None:
        """Return where a folder is, leaving out all moves that have not been processed."""
        ...

    def get_places_before(self, folder_ids: Collection[str]) -> dict[str, Place]:
        """Return the same for many folders, by id; those without a stored place are left out."""
        ...

    def put(self, place: Place, *, at: datetime) -> None:
        """Store a chain that was seen at that time; what was seen later stays.

        Where a folder is now in another place, the place before stays until `settle`. The files in a new
        folder count as not listed.
        """
        ...

    def get(self, folder_id: str) -> FolderState | None: ...

    def find_paths_down(
        self, folder_id: str, candidates: Collection[str]
    ) -> list[tuple[tuple[str, str], ...]]:
        """Return the paths from a folder down to those of `candidates` that are stored beneath it.

        A path has (id, title) of each folder below the upper one. Moves that have not been processed are left
        out. Searches from `candidates` upwards where they are few, else from the folder downwards.
        """
        ...

    def get_titles(self, folder_ids: Sequence[str]) -> dict[str, str]:
        """Return the titles of stored folders, by id."""
        ...

    def find_by_title(self, title: str, limit: int) -> list[Place]:
        """Return where stored folders of this title are; the case of Latin letters is ignored."""
        ...

    def settle(self, folder_id: str, *, at: datetime, gone: ChangeKind | None = None) -> None:
        """Store that what happened to a folder until then has been processed.

        `gone` is the kind of change by which it has been gone since.
        """
        ...

    def finish_move(self, folder_id: str) -> None:
        """Store that a folder's move without any event has been processed."""
        ...

    def list_watched_beneath(self, folder_id: str) -> set[str]:
        """Return the ids of a folder and of those in it whose files are stored.

        Left out are folders that came or went since, and those in which files were not listed, each with all
        folders in it.
        """
        ...

    def list_unlisted_beneath(self, folder_id: str) -> list[str]:
        """Return the folders in a folder, at any depth, whose files were not listed yet."""
        ...

    def list_moved_beneath(self, folder_id: str) -> list[str]:
        """Return the folders in a folder, at any depth, whose own move was not processed."""
        ...

    def save_listed_count(self, folder_id: str, listed_to: int) -> None:
        """Store how many of the files in a folder are stored."""
        ...

    def finish_listing(self, folder_ids: Sequence[str]) -> None:
        """Store that all files in these folders are stored."""
        ...

    def mark_stale(self, folder_id: str) -> None:
        """Have the folder looked up anew."""
        ...


class BaselineRepository(Protocol):
    """The progress of the looks at each watched folder, and who is sweeping it now."""

    def list_watched(self) -> set[str]:
        """Return the folders that are stored as watched."""
        ...

    def watch(self, folder_ids: Sequence[str]) -> None:
        """Store that these folders are watched."""
        ...

    def unwatch(self, folder_ids: Sequence[str]) -> None:
        """Store that these folders are watched no more; their data stays."""
        ...

    def list_due(self, *, now: datetime, started_at: datetime, limit: int) -> list[str]:
        """Return watched folders that are due or not tried since `started_at`, the longest waiting first.

        Folders that are being swept are left out.
        """
        ...

    def is_any_swept_again(self) -> bool:
        """Return whether a folder whose first look is over is being swept now."""
        ...

    def lease(
        self, folder_id: str, owner: str, *, duration: timedelta, at: datetime, started_at: datetime | None
    ) -> bool:
        """Take the lease of a folder; `False` where another worker has it, or where it is not due any more.

        The lease lasts for `duration` by the database's clock. The folder counts as tried `at` that time, and
        is due again when the lease expires. Without `started_at` it need not be due.
        """
        ...

    def renew(self, folder_id: str, owner: str, *, duration: timedelta, due_at: datetime) -> bool:
        """Renew a lease; `False` where another worker has taken it."""
        ...

    def release(self, folder_id: str, owner: str, *, due_at: datetime) -> None:
        """Release a lease; the folder is due again at `due_at`."""
        ...

    def mark_listed(self, folder_id: str, *, at: datetime | None, previous: datetime | None) -> None:
        """Store when the folder's whole listing was compared; `None` has the next sweep compare it.

        It stays `None` if it was not when the sweep began, `previous`: a listing was requested meanwhile.
        """
        ...

    def list_unexplained(self, folder_ids: Sequence[str]) -> dict[str, list[UnexplainedDifference]]:
        """Return the unexplained differences of those of the folders that have any, the oldest first."""
        ...

    def save_unexplained(
        self, folder_id: str, subjects: Collection[str], *, checked: Collection[str] | None, at: datetime
    ) -> None:
        """Store what is unexplained; what was so before keeps its time.

        Of those `checked` (`None` for all), the others are explained.
        """
        ...

    def request_listing(self, limit: int) -> int:
        """Have the next sweeps of up to `limit` folders compare the whole listing; return how many."""
        ...

    def save_look_result(self, folder_id: str, newest: FolderLogRow | None, listing_digest: str) -> None:
        """Store the newest row of the folder's log, and the result of a glance at its listing."""
        ...

    def find_earliest_watermark(self) -> datetime | None:
        """Return the watermark of the watched folder that is furthest behind."""
        ...

    def list_stopped(self, limit: int) -> list[str]:
        """Return watched folders whose last sweep did not get through."""
        ...

    def list_furthest_behind(self, limit: int) -> list[str]:
        """Return watched folders: without a finished first look, then those swept the longest ago."""
        ...

    def count_by_progress(self, *, before: datetime, limit: int) -> SweepCounts:
        """Count the watched folders by their progress, each count up to `limit`."""
        ...

    def get_start(self, folder_id: str) -> int: ...

    def save_start(self, folder_id: str, start: int, *, finished_at: datetime | None) -> None:
        """Store where to go on; a time once the look is complete."""
        ...

    def get_watermarks(self, folder_ids: Sequence[str]) -> dict[str, Watermark]:
        """Return the watermark of each folder, in the same order.

        All fields are empty for a folder that was never looked at.
        """
        ...

    def mark_started(self, folder_id: str, *, at: datetime) -> None:
        """Store when the first look began, unless it has begun before: the sweeps go on from there."""
        ...

    def mark_swept(self, folder_id: str, *, swept_to: datetime) -> None:
        """Store that a sweep got through, and has reported all events up to then."""
        ...

    def mark_stopped(self, folder_id: str, reason: str) -> None:
        """Store why a sweep did not get through; the watermark stays."""
        ...

    def list_unfinished(self, folder_ids: Sequence[str]) -> list[str]:
        """Return those of the folders whose look is not complete, in the same order."""
        ...
