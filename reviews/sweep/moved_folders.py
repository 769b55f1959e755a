"""Folders that arrived or left with all their files since the last sweep of a watched folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import NotVisible
from reviews.kinds import ChangeKind, SweepSource
from reviews.sightings import Sighting
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.model import ChangeEvent
    from reviews.ports.portal import TreeReader
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.tree import FolderState, Place

SETTLED_MARGIN = timedelta(seconds=1)
REMOVAL_KINDS = frozenset({ChangeKind.TRASHED, ChangeKind.DELETED})


@dataclass(frozen=True, kw_only=True)
class Move:
    """A folder that arrived or left, with its event.

    `is_certain` if the folder's last stored place was elsewhere: then it arrived even if all its files are
    stored.
    """

    folder_id: str
    event: ChangeEvent
    is_certain: bool = True


@dataclass(kw_only=True)
class MovedFolders:
    """Compares the places of folders with their places at the last sweep of the watched folder.

    A folder has arrived if it was not under the watched folder then, if it was gone, or if its files were not
    listed: that it is stored proves nothing, since an event of any of its files stores it. Of nested folders
    the topmost one counts. DocSpace is queried once for each folder.
    """

    transactions: Transactions
    portal: TreeReader
    folder_id: str
    since: datetime
    _places: dict[str, Place | None] = field(default_factory=dict)

    def find_arrivals(self, parents: Iterable[str]) -> dict[str, Move]:
        """Return, for each of these folders with files in the listing, the folder with which it arrived."""
        with self.transactions(reading=True) as work:
            watched = work.folders.list_watched_beneath(self.folder_id)
        new_places = {parent: self.find_place(parent) for parent in parents if parent not in watched}
        tops = {parent: self._find_topmost(place, watched) for parent, place in new_places.items()}
        moves = {top: self._build_arrival(top) for top in set(tops.values()) if top is not None}
        return {parent: moves[top] for parent, top in tops.items() if top is not None}

    def find_return(self) -> Move | None:
        """Return how the watched folder itself came back, from the archive or after its removal."""
        now = self.find_place(self.folder_id)
        with self.transactions(reading=True) as work:
            before = work.folders.get_place_before(self.folder_id)
            states = {each: work.folders.get(each) for each in now.folder_ids[1:]} if now else {}
        top = next((each for each, state in states.items() if state and state.gone), None)
        if now is None or (top is None and (before is None or before.folder_ids[0] == now.folder_ids[0])):
            return None
        top = top or now.folder_ids[1]
        trigger = "room.restored" if top == now.folder_ids[1] else "folder.restored"
        return Move(
            folder_id=top, event=self._build_event(trigger, top, _find_time_after(states[top], self.since))
        )

    def is_known_gone(self, work: UnitOfWork) -> bool:
        """Return whether the watched folder left with a folder above it: its files stay stored."""
        place = work.folders.get_place_before(self.folder_id)
        states = (work.folders.get(each) for each in (place.folder_ids if place else ()))
        return any(state is not None and state.gone is not None for state in states)

    def find_archived_room(self) -> Move | None:
        """Return the event of the watched folder's room if that was archived: its listing has no files.

        No log beneath the folder shows this (facts on DocSpace, 10.2).
        """
        now = self.find_place(self.folder_id)
        with self.transactions(reading=True) as work:
            before = work.folders.get_place_before(self.folder_id)
            room = work.folders.get(now.folder_ids[1]) if now else None
        is_reported = room is not None and room.gone is not None
        if now is None or before is None or before.folder_ids[0] == now.folder_ids[0] or is_reported:
            return None
        return Move(
            folder_id=now.folder_ids[1],
            event=self._build_event("room.archived", now.folder_ids[1], _find_time_after(room, self.since)),
        )

    def find_deletion(self) -> str | None:
        """Return the topmost folder that was deleted with the watched one, unless an event reported it."""
        with self.transactions(reading=True) as work:
            stored_place = work.folders.get_place_before(self.folder_id)
            path = stored_place.folder_ids[1:] if stored_place else (self.folder_id,)
            deleted = [each for each in path if (state := work.folders.get(each)) and state.gone]
            waiting_ids = work.events.find_pending_files([FOLDER_ID_PREFIX + each for each in path])
        return None if deleted or waiting_ids else next(filter(self._is_gone, path), None)

    def finish_listing(self, *, except_subjects: set[str]) -> None:
        """Mark the files in all folders that were only seen so far as listed, except in those subjects."""
        with self.transactions(reading=True) as work:
            unlisted = work.folders.list_unlisted_beneath(self.folder_id)
        waiting_ids = self.find_waiting(unlisted)
        excluded = {
            above
            for each in except_subjects
            for above in self._list_folders_above(each.removeprefix(FOLDER_ID_PREFIX))
        }
        nested_ids = {
            each
            for each in unlisted
            if any(FOLDER_ID_PREFIX + above in except_subjects for above in self._list_folders_above(each))
        }
        with self.transactions() as work:
            work.folders.finish_listing(sorted({*unlisted} - waiting_ids - excluded - nested_ids))
            work.commit()

    def find_departure(self, folder_id: str) -> Move | None:
        """Return the topmost folder that left the watched one together with this one, if one did.

        `None` if an event already reported its removal: files still stored in it were saved since, and have
        events of their own.
        """
        if folder_id == self.folder_id or self.is_inside(folder_id):
            return None
        with self.transactions(reading=True) as work:
            stored_place = work.folders.get_place_before(folder_id)
            below = self._list_folders_below(stored_place) or (folder_id,)
            topmost = next((each for each in below if not self.is_inside(each)), folder_id)
            state = work.folders.get(topmost)
        is_reported = state is not None and state.gone is not None
        if state is not None and state.gone in REMOVAL_KINDS:
            return None
        at = self.since if is_reported else _find_time_after(state, self.since)
        at = max(at, state.known_since) if state else at
        trigger = "folder.deleted" if self.find_place(topmost) is None else "folder.moved"
        return Move(folder_id=topmost, event=self._build_event(trigger, topmost, at))

    def find_waiting(self, folder_ids: Iterable[str]) -> set[str]:
        """Return those of the folders for which an event of a folder above is pending.

        Their contents are expected: the event will report them.
        """
        paths = {each: self._list_folders_above(each) for each in folder_ids}
        subjects = {FOLDER_ID_PREFIX + folder for path in paths.values() for folder in path}
        with self.transactions(reading=True) as work:
            waiting_ids = {
                each.removeprefix(FOLDER_ID_PREFIX)
                for each in work.events.find_pending_files(sorted(subjects))
            }
        return {each for each, path in paths.items() if not waiting_ids.isdisjoint(path)}

    def is_inside(self, folder_id: str) -> bool:
        """Return whether DocSpace has a folder under the watched one now."""
        place = self.find_place(folder_id)
        return place is not None and self.folder_id in place.ids

    def find_place(self, folder_id: str) -> Place | None:
        """Return the place of a folder in DocSpace now; `None` if DocSpace doesn't show it."""
        if folder_id not in self._places:
            try:
                self._places[folder_id] = self.portal.get_place(folder_id)
            except NotVisible:
                self._places[folder_id] = None
        return self._places[folder_id]

    def _is_gone(self, folder_id: str) -> bool:
        try:
            self.portal.get_place(folder_id)
        except NotVisible as error:
            return error.gone
        return False

    def _list_folders_above(self, folder_id: str) -> set[str]:
        """Return the folders above, in its stored place and in the place just seen."""
        with self.transactions(reading=True) as work:
            stored_place = work.folders.get_place_before(folder_id)
        places = [stored_place, self._places.get(folder_id)]
        return {folder_id, *(each for place in places if place for each in place.folder_ids)}

    def _list_folders_below(self, place: Place | None) -> tuple[str, ...]:
        """Return the folders of a place that are below the watched one, from the top down."""
        path = place.folder_ids if place else ()
        return path[path.index(self.folder_id) + 1 :] if self.folder_id in path else ()

    def _find_topmost(self, place: Place | None, watched: set[str]) -> str | None:
        return next((each for each in self._list_folders_below(place) if each not in watched), None)

    def _build_arrival(self, folder_id: str) -> Move:
        with self.transactions(reading=True) as work:
            state = work.folders.get(folder_id)
            before = work.folders.get_place_before(folder_id)
        trigger = "folder.restored" if state and state.gone in REMOVAL_KINDS else "folder.moved"
        return Move(
            folder_id=folder_id,
            event=self._build_event(trigger, folder_id, _find_time_after(state, self.since)),
            is_certain=before is not None and self.folder_id not in before.ids,
        )

    def _build_event(self, trigger: str, folder_id: str, at: datetime) -> ChangeEvent:
        return build_sighted_event(trigger, FOLDER_ID_PREFIX + folder_id, at, self.since)


def build_sighted_event(trigger: str, subject: str, at: datetime, since: datetime) -> ChangeEvent:
    """Return the event for an observation in a listing, without its own time, once for each last sweep."""
    sighting = Sighting(found_in=SweepSource.LISTING, trigger=trigger, subject=subject, at=at, is_dated=False)
    return sighting.build_event(trigger, subject, since.isoformat())


def _find_time_after(state: FolderState | None, since: datetime) -> datetime:
    """Return a time after everything that was handled: a remaining difference happened later."""
    return max(since, state.settled_at + SETTLED_MARGIN) if state and state.settled_at else since
