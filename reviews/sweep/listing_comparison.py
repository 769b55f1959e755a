"""Comparison of a watched folder's listing with its stored state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.changes.classification import MISSING_TRIGGER
from reviews.changes.file_changes import MAX_CLOCK_DIFFERENCE
from reviews.changes.listed_files import ListedFiles, is_different, is_new
from reviews.kinds import SweepSource
from reviews.sweep.moved_folders import MovedFolders, build_sighted_event
from reviews.tree import FOLDER_ID_PREFIX, FilePresence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reviews.model import ChangeEvent
    from reviews.ports.portal import TreeReader
    from reviews.ports.unit_of_work import Transactions
    from reviews.sweep.moved_folders import Move
    from reviews.tree import FileState


@dataclass(kw_only=True)
class ListingComparison:
    """Takes the listing page by page, and returns in the end the events that were missed.

    Changes after `until` are ignored. Arrivals and departures without a trace have no time: they happened
    after `since`, the last sweep.
    """

    transactions: Transactions
    portal: TreeReader
    folder_id: str
    since: datetime
    until: datetime
    _listed: set[str] = field(default_factory=set)
    _parents: set[str] = field(default_factory=set)
    _recent_parents: set[str] = field(default_factory=set)
    _different: dict[str, FileState] = field(default_factory=dict)
    _missing: set[str] = field(default_factory=set)
    _queried: dict[str, FileState | None] = field(default_factory=dict)
    _archived: ChangeEvent | None = None
    _moved: MovedFolders = field(init=False)
    waiting_folders: set[str] = field(default_factory=set)
    """Folders that were left out because the event of a folder above is pending."""
    has_pending: bool = False
    """Whether a file that differs was left to its pending event, which may not show the difference."""

    def __post_init__(self) -> None:
        self._moved = MovedFolders(
            transactions=self.transactions, portal=self.portal, folder_id=self.folder_id, since=self.since
        )

    @property
    def listed_count(self) -> int:
        """How many different files were listed so far."""
        return len(self._listed)

    @property
    def listed_files(self) -> frozenset[str]:
        """The files that were listed so far."""
        return frozenset(self._listed)

    @property
    def different_count(self) -> int:
        """How many of the files listed so far differ from their stored state."""
        return len(self._different)

    def compare_page(self, states: Sequence[FileState]) -> None:
        """Compare a page with the stored state."""
        ids = [state.file_id for state in states]
        with self.transactions(reading=True) as work:
            stored = work.files.get_many(ids)
        self._listed.update(ids)
        for state in states:
            self._parents.add(state.parent_id)
            if not is_different(stored.get(state.file_id), state):
                continue
            if state.modified_at is None or state.modified_at <= self.until:
                self._different[state.file_id] = state
            else:
                self._recent_parents.add(state.parent_id)

    def find_changed_files(self) -> list[ChangeEvent]:
        """Return the events of files of a part of a listing, in which a file that is missing means nothing.

        A file that is new is left to the log, which says how it came.
        """
        self.waiting_folders = self._moved.find_waiting(
            {state.parent_id for state in self._different.values()}
        )
        with self.transactions(reading=True) as work:
            stored = work.files.get_many(list(self._different))
        return [
            self._build_file_event(state)
            for state in self._list_different()
            if not is_new(stored.get(state.file_id))
        ]

    def find_unexplained(self, *, log_awaited_since: datetime | None = None) -> frozenset[str]:
        """Return what still differs without a pending event, after all events found were received.

        A file is explained by the event of the folder that it came with, too. For events that only a listing
        shows, received after `log_awaited_since`, the log is awaited: they explain nothing yet.
        """
        different = self._list_different()
        arriving = self._moved.find_waiting({state.parent_id for state in different})
        without_event = {state.file_id for state in different if state.parent_id not in arriving}
        with self.transactions(reading=True) as work:
            pending_files = work.events.find_pending_files([*self._different, *self._missing])
            missing = work.files.get_many([each for each in self._missing if each not in pending_files])
            awaiting_log = {
                each
                for each in pending_files.intersection(self._different)
                if log_awaited_since is not None
                and all(
                    stored.event.found_in is SweepSource.LISTING and stored.received_at > log_awaited_since
                    for stored in work.events.list_pending(each)
                )
            }
        still_stored = {each for each, state in missing.items() if not is_new(state)}
        folders = {FOLDER_ID_PREFIX + folder for folder in self.waiting_folders}
        return frozenset(without_event | awaiting_log | still_stored | folders)

    def count_missing(self, total: int) -> int:
        """Return by how many files the listing differs from what is stored, beyond those that are pending.

        `total` is how many files there are in all, of which only a part may have been listed.
        """
        with self.transactions(reading=True) as work:
            stored_count = work.files.count_beneath(self.folder_id)
            if stored_count == total or self._moved.is_known_gone(work):
                return 0
            difference = abs(stored_count - total)
            pending = work.events.list_pending_subjects(limit=difference)
        self.has_pending = self.has_pending or bool(pending)
        is_of_folder = any(subject.startswith(FOLDER_ID_PREFIX) for subject in pending)
        return 0 if is_of_folder else difference - len(pending)

    def _list_different(self) -> list[FileState]:
        """Return the files that differ now, without those that are left to a pending event."""
        ids = list(self._different)
        # What no event is pending for any more is stored by the time it is read.
        with self.transactions(reading=True) as work:
            pending_files = work.events.find_pending_files(ids)
            claimed_files = work.events.find_claimed_files(sorted(pending_files))
        with self.transactions(reading=True) as work:
            stored = work.files.get_many(ids)
        different = [
            state for state in self._different.values() if is_different(stored.get(state.file_id), state)
        ]
        # A worker that has the event may have asked for the file before it was listed.
        self.has_pending = self.has_pending or any(each.file_id in claimed_files for each in different)
        return [
            state
            for state in different
            if state.file_id not in pending_files and state.parent_id not in self.waiting_folders
        ]

    def has_left_with_room(self) -> bool:
        """Return whether nothing is listed since the room of the watched folder was archived."""
        return not self._listed and self._moved.find_archived_room() is not None

    def find_differences(self) -> list[ChangeEvent]:
        """Return events for files that differ from their stored state, and for files that are missing.

        A folder that arrived or left with all its files is one event. What is pending, or was handled since
        it was listed, is left out. May be called again after a `RemoteError`, and continues where it was.
        """
        arrivals = self._moved.find_arrivals(self._parents)
        return_move = self._moved.find_return() if self._different else None
        with self.transactions(reading=True) as work:
            unlisted = work.files.get_many(
                list(work.files.list_present_beneath(self.folder_id) - self._listed)
            )
        parents = {*arrivals, *(state.parent_id for state in (*self._different.values(), *unlisted.values()))}
        waiting_folders = self.waiting_folders = self._moved.find_waiting(parents)
        # Read last: what no event is pending for any more is stored by now.
        with self.transactions(reading=True) as work:
            stored = work.files.get_many([*self._different, *unlisted])
            pending_files = work.events.find_pending_files(list(unlisted))
        present = [(stored.get(state.file_id), state) for state in self._list_different()]
        missing = [
            stored[file_id]
            for file_id in unlisted
            if file_id in stored
            and file_id not in pending_files
            and stored[file_id].parent_id not in waiting_folders
        ]
        ready_arrivals = {parent: move for parent, move in arrivals.items() if parent not in waiting_folders}
        differences = (
            *self._list_present_events(present, ready_arrivals, return_move),
            *self._list_missing_events(missing),
        )
        self._missing = {event.file_id for event in differences if event.trigger == MISSING_TRIGGER}
        return self._drop_waiting_folders({event.file_id: event for event in differences})

    def _list_present_events(
        self,
        states: list[tuple[FileState | None, FileState]],
        arrivals: dict[str, Move],
        return_move: Move | None,
    ) -> Iterator[ChangeEvent]:
        """Yield the events of files that are present: that of the folder they came with, or their own."""
        yield from (move.event for move in arrivals.values() if move.is_certain)
        for before, state in states:
            if not is_different(before, state):
                continue
            move = arrivals.get(state.parent_id, return_move) if is_new(before) else None
            yield move.event if move else self._build_file_event(state)

    def _list_missing_events(self, states: list[FileState]) -> Iterator[ChangeEvent]:
        missing = (
            self._build_missing_event(state) for state in states if state.presence is FilePresence.PRESENT
        )
        yield from (event for event in missing if event is not None)

    def _drop_waiting_folders(self, events: dict[str, ChangeEvent]) -> list[ChangeEvent]:
        """Leave out folders with a pending event; mark the files in all other folders as listed."""
        moved = {subject for subject in events if subject.startswith(FOLDER_ID_PREFIX)}
        self._moved.finish_listing(
            except_subjects={*moved, *(FOLDER_ID_PREFIX + parent for parent in self._recent_parents)}
        )
        with self.transactions(reading=True) as work:
            waiting_folders = work.events.find_pending_files(sorted(moved))
        return [event for subject, event in events.items() if subject not in waiting_folders]

    def _build_file_event(self, state: FileState) -> ChangeEvent:
        return ListedFiles(transactions=self.transactions).build_event(state, since=self.since)

    def _build_missing_event(self, stored: FileState) -> ChangeEvent | None:
        """Return the event of a file, or of the folder that it left with; `None` if it is still inside."""
        departure = self._moved.find_departure(stored.parent_id)
        if departure is not None:
            return departure.event
        if self._archived is not None:
            return self._archived
        if stored.file_id not in self._queried:
            self._queried[stored.file_id] = self.portal.get_file(stored.file_id)
        file = self._queried[stored.file_id]
        is_present = file is not None and file.presence is FilePresence.PRESENT
        if file is not None and is_present and self._moved.is_inside(file.parent_id):
            archived = None if self._listed else self._moved.find_archived_room()
            if archived is not None:
                self._archived = archived.event
                return self._archived
            # The listing missed it: it moved between pages, or lies deeper in connected storage.
            is_old = file.modified_at is None or file.modified_at <= self.until
            return self._build_file_event(file) if is_old and is_different(stored, file) else None
        trigger = "file.trashed" if file and file.presence is FilePresence.TRASHED else MISSING_TRIGGER
        times = [stored.as_of, stored.listed_at and stored.listed_at + 2 * MAX_CLOCK_DIFFERENCE]
        return build_sighted_event(
            trigger, stored.file_id, max([self.since, *filter(None, times)]), self.since
        )
