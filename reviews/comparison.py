"""A watched folder's listing against what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.classify import LISTED, MISSING
from reviews.errors import Hidden
from reviews.file_changes import CLOCKS_APART
from reviews.model import FoundIn
from reviews.tree import FOLDER, Standing
from reviews.untold import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reviews.model import ChangeEvent
    from reviews.ports import ShowsTree, Transactions
    from reviews.tree import FileState, Place


@dataclass(kw_only=True)
class Comparison:
    """Takes the listing page by page, and tells in the end what no event has told of.

    What changed after `until` is left alone. Of what came or went without a trace nothing says when: since
    the last sweep, `since`.
    """

    transactions: Transactions
    portal: ShowsTree
    folder_id: str
    since: datetime
    until: datetime
    _listed: set[str] = field(default_factory=set)
    _other: dict[str, FileState] = field(default_factory=dict)
    _places: dict[str, Place | None] = field(default_factory=dict)
    _asked: dict[str, FileState | None] = field(default_factory=dict)
    _archived: ChangeEvent | None = None

    @property
    def listed(self) -> int:
        """How many different files were listed so far."""
        return len(self._listed)

    def take(self, states: Sequence[FileState]) -> None:
        """Compare a page with what is known."""
        ids = [state.file_id for state in states]
        with self.transactions(reading=True) as work:
            known = work.files.all_of(ids)
            expected = work.events.pending_among(ids)
        self._listed.update(ids)
        for state in states:
            before = known.get(state.file_id)
            is_old = state.modified_at is None or state.modified_at <= self.until
            if is_old and state.file_id not in expected and (before is None or _differs(before, state)):
                self._other[state.file_id] = state

    def differences(self) -> list[ChangeEvent]:
        """Return events for what is there and otherwise than known, and for what is no longer there.

        A folder that came or went with all its files is one event. May be called again after a `FarSideError`
        and goes on where it was.
        """
        with self.transactions(reading=True) as work:
            gone = work.files.all_of(
                [each for each in work.files.present_beneath(self.folder_id) if each not in self._listed]
            )
            expected = work.events.pending_among(list(gone))
            new = {
                parent
                for parent in {state.parent_id for state in self._other.values()}
                if work.folders.get(parent) is None
            }
        events = {event.file_id: event for event in self._there(new)}
        events |= {
            event.file_id: event
            for state in gone.values()
            if state.file_id not in expected and (event := self._missing(state)) is not None
        }
        with self.transactions(reading=True) as work:
            waiting = work.events.pending_among([each for each in events if each.startswith(FOLDER)])
        return [event for subject, event in events.items() if subject not in waiting]

    def _there(self, new: set[str]) -> Iterator[ChangeEvent]:
        for state in self._other.values():
            came = self._new_above(state.parent_id) if state.parent_id in new else None
            yield self._event("folder.moved", FOLDER + came, self.since) if came else self._file(state)

    def _file(self, state: FileState) -> ChangeEvent:
        """Return the event of a file; what went back to an older state has no time of its own."""
        with self.transactions(reading=True) as work:
            known = work.files.get(state.file_id)
        saved_at = state.modified_at if known and _is_newer(state, known) else None
        moments = (state.modified_at, self.since, known.as_of if known else None)
        sighting = Sighting(
            found_in=FoundIn.LISTING,
            trigger=LISTED,
            subject=state.file_id,
            at=saved_at or max(each for each in moments if each),
            is_dated=saved_at is not None,
            parent_id=state.parent_id,
            title=state.title,
        )
        key = ["there", state.file_id, *map(str, (*_shown(state), *(_shown(known) if known else ())))]
        return self._seen_again(sighting, key, known) or sighting.event(*key)

    def _seen_again(self, sighting: Sighting, key: list[str], known: FileState | None) -> ChangeEvent | None:
        """Return the event of what was seen just so before, and was something else in between.

        A restored portal shows an old state once more. What was reviewed and still differs is seen but once.
        """
        with self.transactions(reading=True) as work:
            before = work.events.sharing_keys(sighting.event(*key))
            last = work.events.last_reviewed(sighting.subject) if before else None
        is_there = known is not None and known.standing is Standing.PRESENT
        if last is None or (is_there and last <= before[0].id):
            return None
        return sighting.event(*key, str(last))

    def _missing(self, known: FileState) -> ChangeEvent | None:
        """Return the event of a file, or of the folder that it went with; `None` where it still is inside."""
        went = self._gone_above(known.parent_id)
        if went is not None:
            return went
        if self._archived is not None:
            return self._archived
        if known.file_id not in self._asked:
            self._asked[known.file_id] = self.portal.file(known.file_id)
        asked = self._asked[known.file_id]
        if asked is not None and asked.standing is Standing.PRESENT and self._is_inside(asked.parent_id):
            self._archived = self._archived_room()
            if self._archived is not None:
                return self._archived
            # The listing passed it over: it moved while that was paged, or lies deeper in connected storage.
            is_old = asked.modified_at is None or asked.modified_at <= self.until
            return self._file(asked) if is_old and _differs(known, asked) else None
        trigger = "file.trashed" if asked and asked.standing is Standing.TRASHED else MISSING
        seen = [known.as_of, known.listed_at and known.listed_at + 2 * CLOCKS_APART]
        return self._event(trigger, known.file_id, max([self.since, *filter(None, seen)]))

    def _archived_room(self) -> ChangeEvent | None:
        """Return the event of the watched folder's room, where that went to the archive: it lists no file.

        No log beneath the folder tells of it (facts on DocSpace, 10.2).
        """
        now = None if self._listed else self._place(self.folder_id)
        with self.transactions(reading=True) as work:
            before = work.folders.place_before(self.folder_id)
        if now is None or before is None or before.way[0] == now.way[0]:
            return None
        return self._event("room.archived", FOLDER + now.way[1], self.since)

    def _new_above(self, folder_id: str) -> str | None:
        """Return the topmost folder below the watched one that nothing was known of, if there is one."""
        place = self._place(folder_id)
        way = place.way if place else ()
        below = way[way.index(self.folder_id) + 1 :] if self.folder_id in way else ()
        with self.transactions(reading=True) as work:
            return next((each for each in below if work.folders.get(each) is None), None)

    def _gone_above(self, folder_id: str) -> ChangeEvent | None:
        """Return the event of the topmost folder that left the watched one and took this one along."""
        if folder_id == self.folder_id or self._is_inside(folder_id):
            return None
        with self.transactions(reading=True) as work:
            known = work.folders.place_before(folder_id)
            way = known.way if known else ()
            below = way[way.index(self.folder_id) + 1 :] if self.folder_id in way else (folder_id,)
            left = next((each for each in below if not self._is_inside(each)), folder_id)
            state = work.folders.get(left)
        at = max(self.since, state.known_since) if state else self.since
        return self._event(
            "folder.deleted" if self._place(left) is None else "folder.moved", FOLDER + left, at
        )

    def _is_inside(self, folder_id: str) -> bool:
        place = self._place(folder_id)
        return place is not None and self.folder_id in place.ids

    def _place(self, folder_id: str) -> Place | None:
        """Return where DocSpace has a folder now; `None` where it shows none."""
        if folder_id not in self._places:
            try:
                self._places[folder_id] = self.portal.place(folder_id)
            except Hidden:
                self._places[folder_id] = None
        return self._places[folder_id]

    def _event(self, trigger: str, subject: str, at: datetime) -> ChangeEvent:
        sighting = Sighting(found_in=FoundIn.LISTING, trigger=trigger, subject=subject, at=at, is_dated=False)
        return sighting.event(trigger, subject, self.since.isoformat())


def _differs(before: FileState, now: FileState) -> bool:
    """Tell whether a listed file is otherwise than it is known; a lock or a comment asks for nothing."""
    return before.standing is not Standing.PRESENT or _shown(before) != _shown(now)


def _shown(state: FileState) -> tuple[object, ...]:
    """Return what a listing tells of a file and a review may be asked for."""
    return (state.version, state.modified_at, state.size, state.title, state.parent_id)


def _is_newer(now: FileState, before: FileState) -> bool:
    """Tell whether a file was touched since; in a restored portal it may be older."""
    at = now.modified_at
    return at is not None and (before.modified_at is None or at > before.modified_at)
