"""Files as DocSpace shows them now, compared with their stored state without any event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.changes.classification import LISTED_TRIGGER
from reviews.kinds import SweepSource
from reviews.sightings import Sighting
from reviews.tree import FilePresence

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import ChangeEvent
    from reviews.ports.unit_of_work import Transactions
    from reviews.tree import FileState


def is_different(before: FileState | None, current: FileState) -> bool:
    """Return whether a file that is present differs from its stored state, not by a lock or comment."""
    return before is None or is_new(before) or _list_compared_values(before) != _list_compared_values(current)


def is_new(before: FileState | None) -> bool:
    """Return whether a file that is present was not stored as present."""
    return before is None or before.presence is not FilePresence.PRESENT


@dataclass(frozen=True, kw_only=True)
class ListedFiles:
    """Builds the events of files that differ from their stored state, each difference once."""

    transactions: Transactions

    def build_event(self, state: FileState, *, since: datetime) -> ChangeEvent:
        """Return the event of a file as it is now.

        One that went back to an older state has no time of its own: that happened after `since`.
        """
        with self.transactions(reading=True) as work:
            stored = work.files.get(state.file_id)
        saved_at = state.modified_at if stored and _is_newer(state, stored) else None
        moments = (state.modified_at, since, stored.as_of if stored else None)
        sighting = Sighting(
            found_in=SweepSource.LISTING,
            trigger=LISTED_TRIGGER,
            subject=state.file_id,
            at=saved_at or max(each for each in moments if each),
            is_dated=saved_at is not None,
            parent_id=state.parent_id,
            title=state.title,
        )
        key = [
            "there",
            state.file_id,
            *map(str, (*_list_compared_values(state), *(_list_compared_values(stored) if stored else ()))),
        ]
        return self._find_repeated_event(sighting, key, stored) or sighting.build_event(*key)

    def _find_repeated_event(
        self, sighting: Sighting, key: list[str], stored: FileState | None
    ) -> ChangeEvent | None:
        """Return the event of a file that was in this same state before, and in another in between.

        A restored portal shows an old state once more. A state that was reviewed and still differs is
        reported only once.
        """
        with self.transactions(reading=True) as work:
            before = work.events.list_sharing_keys(sighting.build_event(*key))
            last = work.events.find_last_reviewed(sighting.subject) if before else None
        is_present = stored is not None and stored.presence is FilePresence.PRESENT
        if last is None or (is_present and last <= before[0].id):
            return None
        return sighting.build_event(*key, str(last))


def _list_compared_values(state: FileState) -> tuple[object, ...]:
    """Return the values of a file in a listing that may need a review."""
    return (state.version, state.modified_at, state.size, state.title, state.parent_id)


def _is_newer(current: FileState, before: FileState) -> bool:
    """Return whether a file was modified since; in a restored portal it may be older."""
    at = current.modified_at
    return at is not None and (before.modified_at is None or at > before.modified_at)
