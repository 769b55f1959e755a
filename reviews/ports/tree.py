"""What the product asks of the place where the portal's tree is written down.

Like those of `reviews.ports.reviews`, they are parts of one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from reviews.kinds import ChangeKind
    from reviews.tree import (
        FilePresence,
        FileState,
        FolderContents,
        FolderLogRow,
        FolderState,
        Place,
        SweepCounts,
        Watermark,
    )


class FileStateRepository(Protocol):
    """The last known state of the files under watched folders."""

    def get(self, file_id: str) -> FileState | None: ...

    def put(self, state: FileState) -> None: ...

    def find_present(self, title: str, limit: int) -> list[FileState]:
        """Return files of this title that are known to be in their folders."""
        ...

    def add_unknown(self, states: Sequence[FileState]) -> int:
        """Write down files that nothing was known of; return how many those were."""
        ...

    def forget(self, file_id: str) -> None: ...

    def get_many(self, file_ids: Sequence[str]) -> dict[str, FileState]:
        """Return what is known of these files, by id."""
        ...

    def list_present_beneath(self, folder_id: str) -> set[str]:
        """Return the ids of the files that are known to be in a folder at any depth.

        Moves that have not been taken account of are left out.
        """
        ...

    def summarize_contents(self, folder_id: str, standing: FilePresence, limit: int) -> FolderContents:
        """Return which files of this standing are known in a folder at any depth, with so many titles."""
        ...

    def count_beneath(self, folder_id: str) -> int:
        """Return how many files are known to be in a folder at any depth now."""
        ...

    def set_presence_beneath(self, folder_id: str, standing: FilePresence | None) -> None:
        """Give the files beneath a folder the standing that it has now; `None` forgets them.

        What was deleted stays so, and only what was in the trash comes out of it.
        """
        ...


class FolderRepository(Protocol):
    """The folders above the known files: who is in whom."""

    def place(self, folder_id: str, *, seen_after: datetime) -> Place | None:
        """Return the chain down to a folder; `None` where a part is not known, or was not seen lately."""
        ...

    def place_before(self, folder_id: str) -> Place | None:
        """Return where a folder is, leaving out all moves that have not been taken account of."""
        ...

    def places_before(self, folder_ids: Collection[str]) -> dict[str, Place]:
        """Return the same of many folders, by id; those of which it is not known are left out."""
        ...

    def put(self, place: Place, *, at: datetime) -> None:
        """Write down a chain that was seen then; what was seen later stays.

        Where a folder is now found elsewhere, the place before is kept until `settle`. The files in one that
        is new count as not listed.
        """
        ...

    def place_at(self, folder_id: str, at: datetime) -> Place | None:
        """Return where a folder was then, as far back as its last move; open moves are left out."""
        ...

    def get(self, folder_id: str) -> FolderState | None: ...

    def find_paths_down(self, folder_id: str, among: Collection[str]) -> list[tuple[tuple[str, str], ...]]:
        """Return the ways from a folder down to those of the given ones that are known to be in it.

        A way has (id, title) of each folder below the upper one. Moves that have not been taken account of
        are left out. Looks from the given ones up where they are few, else from the folder down.
        """
        ...

    def get_titles(self, folder_ids: Sequence[str]) -> dict[str, str]:
        """Return the titles of those that are known, by id."""
        ...

    def find_by_title(self, title: str, limit: int) -> list[Place]:
        """Return where known folders of this title are; the case of Latin letters does not count."""
        ...

    def settle(self, folder_id: str, *, at: datetime, gone: ChangeKind | None = None) -> None:
        """Note that what happened to a folder until then has been taken account of.

        `gone` is the kind of change by which it is gone since.
        """
        ...

    def finish_move(self, folder_id: str) -> None:
        """Note that the move of a folder has been taken account of, of which no event told."""
        ...

    def list_watched_beneath(self, folder_id: str) -> set[str]:
        """Return the ids of a folder and of those in it whose files are known.

        Left out are folders that came or went since, and those in which files were not listed, each with all
        folders in it.
        """
        ...

    def list_unlisted_beneath(self, folder_id: str) -> list[str]:
        """Return the folders in a folder, at any depth, whose files were not listed yet."""
        ...

    def list_moved_beneath(self, folder_id: str) -> list[str]:
        """Return the folders in a folder, at any depth, whose own move was not taken account of."""
        ...

    def save_listed_count(self, folder_id: str, listed_to: int) -> None:
        """Note how many of the files in a folder are written down."""
        ...

    def finish_listing(self, folder_ids: Sequence[str]) -> None:
        """Note that all files in these folders are written down."""
        ...

    def mark_stale(self, folder_id: str) -> None:
        """Have the folder looked up anew."""
        ...


class BaselineRepository(Protocol):
    """How far the looks at each watched folder have come, and who sweeps it just now."""

    def list_watched(self) -> set[str]:
        """Return the folders that are noted as watched."""
        ...

    def watch(self, folder_ids: Sequence[str]) -> None:
        """Note that these folders are watched."""
        ...

    def unwatch(self, folder_ids: Sequence[str]) -> None:
        """Note that these folders are watched no more; what is known of them stays."""
        ...

    def list_due(self, *, now: datetime, started_at: datetime, most: int) -> list[str]:
        """Return watched folders that are due or not tried since `started_at`, the longest waiting first.

        Leaves out what is swept just now.
        """
        ...

    def is_any_swept_again(self) -> bool:
        """Tell whether a folder is swept just now whose first look is over."""
        ...

    def lease(
        self, folder_id: str, owner: str, *, lasts: timedelta, at: datetime, started_at: datetime | None
    ) -> bool:
        """Take the lease of a folder; `False` where another has it, or where it is not due any more.

        The lease lasts so long by the database's clock. The folder counts as tried `at` that time, and is due
        again when the lease lapses. Without `started_at` it need not be due.
        """
        ...

    def renew(self, folder_id: str, owner: str, *, lasts: timedelta, due_at: datetime) -> bool:
        """Prolong a lease; `False` where another has taken it."""
        ...

    def release(self, folder_id: str, owner: str, *, due_at: datetime) -> None:
        """Give a lease back; the folder is due again at that time."""
        ...

    def mark_listed(self, folder_id: str, *, at: datetime | None) -> None:
        """Note when the folder's whole listing was compared; `None` has the next sweep compare it."""
        ...

    def request_listing(self, most: int) -> int:
        """Have the next sweeps of so many folders compare the whole listing; return of how many."""
        ...

    def save_glance(self, folder_id: str, newest: FolderLogRow | None, glance: str) -> None:
        """Note the newest row of the folder's log, and what a glance at its listing showed."""
        ...

    def find_earliest_watermark(self) -> datetime | None:
        """Return up to when the watched folder is swept that is furthest behind."""
        ...

    def list_stopped(self, most: int) -> list[str]:
        """Return watched folders whose last sweep did not get through."""
        ...

    def list_furthest_behind(self, most: int) -> list[str]:
        """Return watched folders: without a finished first look, then those swept the longest ago."""
        ...

    def count_by_progress(self, *, before: datetime, most: int) -> SweepCounts:
        """Count the watched folders by how far they are, each count up to `most`."""
        ...

    def get_start(self, folder_id: str) -> int: ...

    def save_start(self, folder_id: str, start: int, *, finished_at: datetime | None) -> None:
        """Note where to go on; a time once everything has been looked at."""
        ...

    def get_watermarks(self, folder_ids: Sequence[str]) -> dict[str, Watermark]:
        """Return how far the gap sweep has come in each, in the same order.

        Nothing is set of a folder that was never looked at.
        """
        ...

    def mark_started(self, folder_id: str, *, at: datetime) -> None:
        """Note when the first look began, unless it has begun before: the sweeps go on from there."""
        ...

    def mark_swept(self, folder_id: str, *, to: datetime) -> None:
        """Note that a sweep got through, and has told of all that happened up to then."""
        ...

    def mark_stopped(self, folder_id: str, reason: str) -> None:
        """Note why a sweep did not get through; the watermark stays."""
        ...

    def list_unfinished(self, folder_ids: Sequence[str]) -> list[str]:
        """Return those of the folders that have not been looked at to the end, in the same order."""
        ...
