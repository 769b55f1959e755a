"""The repository of change events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.kinds import EventState
    from reviews.model import ChangeEvent, StoredEvent
    from reviews.ports.past_events import PastEvent
    from reviews.tree import FileState


@dataclass(frozen=True, kw_only=True)
class PendingFile:
    """A file or folder with its pending events, in the order of arrival; of a file also its stored state.

    `total` is how many events of all files are pending, counted up to a limit.
    """

    events: list[StoredEvent]
    state: FileState | None
    total: int


class EventRepository(Protocol):
    """The change events that arrived."""

    def add(
        self, events: Sequence[tuple[ChangeEvent, str | None]], *, at: datetime | None = None
    ) -> list[bool]:
        """Insert events; `False` for one whose keys exist already, also from the same call.

        Without `at` they are received now, by the database's clock. An event that comes with a reason is
        ignored for it, the others are received.
        """
        ...

    def list_sharing_keys(self, event: ChangeEvent) -> list[StoredEvent | PastEvent]:
        """Return the events that have one of an event's keys, including those whose rows were removed."""
        ...

    def add_conflicting(self, event: ChangeEvent, reason: str | None, *, at: datetime | None = None) -> bool:
        """Insert and count an event that got keys of its own; `False` where it was inserted before."""
        ...

    def get(self, event_id: int) -> StoredEvent | None: ...

    def find_pending(self, event_id: int, *, count_to: int) -> PendingFile | None:
        """Return the file of an event with its pending events, `None` if there are none.

        All pending events are counted, up to `count_to`.
        """
        ...

    def list_pending(self, file_id: str) -> list[StoredEvent]:
        """Return the received events of a file that are not settled yet, in the order of arrival."""
        ...

    def list_pending_ids(self, event_id: int) -> list[int]:
        """Return the numbers of the pending events of an event's file; nothing else is read of them."""
        ...

    def find_pending_files(self, file_ids: Sequence[str], *, before: int | None = None) -> set[str]:
        """Return those of the files that have pending received events; with `before`, only of earlier ids."""
        ...

    def find_claimed_files(self, file_ids: Sequence[str]) -> set[str]:
        """Return those of the files with a pending event that a worker is handling."""
        ...

    def list_pending_subjects(self, limit: int) -> list[str]:
        """Return up to `limit` files and folders with pending events, folders first."""
        ...

    def list_new_beneath(self, folder_id: str, *, until: int) -> dict[str, str]:
        """Return files in a folder of which only events are known, with their titles.

        Looked at are the last 1,000 events up to `until`: those pending, and those that were settled as of no
        watched folder, since DocSpace shows no folder that is in the trash. Folders in it that only such
        events name count too.
        """
        ...

    def find_handled_since(self, file_ids: Sequence[str], at: datetime) -> set[str]:
        """Return those of the files with an event that was received then or later, and compared."""
        ...

    def has_event_since(self, file_id: str, at: datetime) -> bool:
        """Return whether an event of the file, other than a dead one, happened then or later."""
        ...

    def were_all_unwatched(self, file_id: str, at: datetime) -> bool:
        """Return whether all events of a file or folder since then were settled as of no watched folder."""
        ...

    def find_last_reviewed(self, file_id: str) -> int | None:
        """Return the number of a file's newest event that opened or revised a review."""
        ...

    def find_oldest_unsettled(self) -> StoredEvent | None:
        """Return the pending or dead event that happened first."""
        ...

    def is_pending_beneath(self, folder_id: str, *, before: int) -> bool:
        """Return whether files stored in a folder have earlier pending events."""
        ...

    def lower_priority(self, file_ids: Sequence[str]) -> None:
        """Have the pending events of these files let others go first."""
        ...

    def has_low_priority(self, event_id: int) -> bool:
        """Return whether an event lets others go first."""
        ...

    def settle(self, ids: Sequence[int], state: EventState, reason: str | None) -> int:
        """Give received events their final state; return how many of them still were received."""
        ...

    def put_off(self, event_id: int, job: str, *, until: datetime) -> None:
        """Release an event that is due again at `until`, if `job` still has it.

        If it is settled, the next pending event of its file is due then: it may have come meanwhile.
        """
        ...

    def correct_received_at(self, ids: Sequence[int], *, at: datetime) -> None:
        """Set the time of receipt of events, where a clock that was ahead has stored a later time."""
        ...

    def count_failure(self, event_id: int, reason: str) -> int | None:
        """Count a failed attempt and store its reason; `None` for an event that is settled meanwhile."""
        ...

    def reopen(self, event_id: int | None) -> int:
        """Make a dead event received again, or all of them; return how many were dead."""
        ...

    def get_state(self, event_id: int) -> str | None:
        """Return the state of an event in the word that its writer used; `None` where there is no event."""
        ...

    def list_recent(self, limit: int) -> list[StoredEvent]: ...

    def find_last_removed(self) -> int | None:
        """Return the number of the newest event whose row was removed; `None` where none was."""
        ...
