"""The files of a folder that arrived. The next sweep would report files that are not stored as new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.changes.folder_places import MAX_REFUSED_ATTEMPTS
from reviews.errors import RateLimitReached
from reviews.tree import FilePresence, FolderContents

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.changes.burst import Burst
    from reviews.changes.folder_places import FolderPlaces
    from reviews.clock import Clock
    from reviews.ports.portal import Portal
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.tree import FileState

MAX_TITLES = 100
MAX_LISTED_FILES = 1_000_000  # files; the next sweep reports all those beyond as new
MAX_PAGES_AT_ONCE = 50  # 5,000 files, about ten seconds; then other work gets its turn
CONTINUE_AFTER_SECONDS = 0.1  # seconds
MAX_PASSES = 3  # DocSpace pages without order among equals, so one pass may miss a file


@dataclass(frozen=True, kw_only=True)
class FolderArrivals:
    """Lists folders that arrived, some pages at a time; the next run continues where the last one stopped."""

    transactions: Transactions
    portal: Portal
    places: FolderPlaces
    clock: Clock
    pages_at_once: int = MAX_PAGES_AT_ONCE

    def save_files(self, folder_id: str, burst: Burst) -> FolderContents:
        """Store the files that are not stored yet, and return what is in the folder.

        Raise `RateLimitReached` after each `pages_at_once` pages. The folder's event waits meanwhile, so no
        file in it is taken for new.
        """
        with self.transactions(reading=True) as work:
            state = work.folders.get(folder_id)
        start = (state and state.listed_to) or 0
        for _ in range(MAX_PASSES):
            listed, total = self._list_folder(folder_id, burst, start)
            if start or len(listed) >= total:
                break
        if start:
            states, total = self.portal.list_files_beneath(folder_id, start=0)
            listed = {state.file_id: state.title for state in states}
        titles = tuple(listed.values())[:MAX_TITLES]
        return FolderContents(count=max(total, len(titles)) if titles else 0, titles=titles)

    def finish_listing(self, work: UnitOfWork, folder_id: str) -> None:
        """Mark everything in a folder as listed: all of it came by the folder's own move."""
        work.folders.finish_listing([folder_id, *work.folders.list_unlisted_beneath(folder_id)])
        for moved in work.folders.list_moved_beneath(folder_id):
            before = work.folders.get_place_before(moved)
            if before is None or self.places.routes.match(before) is None:
                work.folders.finish_move(moved)

    def _list_folder(self, folder_id: str, burst: Burst, start: int) -> tuple[dict[str, str], int]:
        """List a folder from `start` to its end; return the titles by file, and the number of files."""
        listed: dict[str, str] = {}
        for _ in range(self.pages_at_once):
            read_at = self.clock()
            states, total = self.portal.list_files_beneath(folder_id, start=start)
            self._save_page(states, burst, read_at)
            listed |= {state.file_id: state.title for state in states}
            start += len(states)
            if not states or start >= min(total, MAX_LISTED_FILES):
                return listed, total
            with self.transactions() as work:
                work.folders.save_listed_count(folder_id, start)
                work.commit()
        raise RateLimitReached(
            f"{start} of {total} files in the folder are written down", retry_after=CONTINUE_AFTER_SECONDS
        )

    def _save_page(self, states: list[FileState], burst: Burst, read_at: datetime) -> None:
        """Store the files that are not stored yet, and those that are back after they were deleted.

        One with an event that was handled since the page was requested is left to that: it may have left.
        """
        if not states:
            return
        for parent in {state.parent_id for state in states}:
            self.places.find(parent, attempts=MAX_REFUSED_ATTEMPTS)
        arrived_states = [
            replace(state, listed_at=read_at, as_of=_find_arrival_time(state, burst)) for state in states
        ]
        with self.transactions() as work:
            handled = work.events.find_handled_since([state.file_id for state in states], read_at)
            arrived_states = [state for state in arrived_states if state.file_id not in handled]
            stored = work.files.get_many([state.file_id for state in arrived_states])
            work.files.add_unknown(arrived_states)
            for state in arrived_states:
                if state.file_id in stored and stored[state.file_id].presence is FilePresence.DELETED:
                    work.files.put(state)
            work.commit()


def _find_arrival_time(state: FileState, burst: Burst) -> datetime:
    """Return until when events of a file are part of its folder's arrival, by DocSpace's clock.

    An event that only a listing shows has no time; then it is at least the newest time in the listing.
    """
    return (
        max(burst.ended_at, state.modified_at or burst.ended_at) if burst.is_only_listed else burst.ended_at
    )
