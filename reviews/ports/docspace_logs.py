"""DocSpace's own log of a file: the only source that separates saves from locks and renames."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import ChangeEvent
    from reviews.tree import FolderLogRow

LOG_LAG = timedelta(seconds=2)
"""How long after a change DocSpace may date its row, or send its event."""
MAX_LOG_DELAY = timedelta(seconds=70)
"""Longest usual time until DocSpace has written an action into its log: a minute (facts on DocSpace, 4.4)."""
LOG_PRECISION = timedelta(seconds=1)
"""Rows and events may have whole seconds, where a file's modification time is more exact."""


class LoggedActionKind(StrEnum):
    """What a logged action did to the file; `made` is a new file, blank or copied."""

    SAVED = "saved"
    MADE = "made"
    RENAMED = "renamed"
    OTHER = "other"


CONTENT_ACTIONS = frozenset({LoggedActionKind.SAVED, LoggedActionKind.MADE})


@dataclass(frozen=True, kw_only=True)
class LoggedAction:
    """One audited action; `actor_id` is the GUID of its actor, empty where DocSpace does not say.

    `events` counts the events by which DocSpace reports it as if it were a save (facts on DocSpace, 2.5): two
    for an unlock, none for an action that has another trigger or no event at all. `modifies` where the action
    may change the file's modification time.
    """

    kind: LoggedActionKind
    actor_id: str
    events: int = 1
    at: datetime | None = None
    modifies: bool = True


@dataclass(frozen=True, kw_only=True)
class FileLog:
    """The actions since some moment; not `is_complete` where DocSpace may have more than it listed."""

    actions: tuple[LoggedAction, ...] = ()
    is_complete: bool = True

    @property
    def has_content(self) -> bool | None:
        """Whether there is new content; `None` where that is undecided, as rows are written late."""
        if any(action.kind in CONTENT_ACTIONS for action in self.actions):
            return True
        return False if self.actions and self.is_complete else None

    def counts_events(self, events: int) -> bool:
        """Return whether the rows account for so many events."""
        return self.is_complete and sum(action.events for action in self.actions) >= events

    @property
    def modification_times(self) -> list[datetime]:
        """When the actions that may change the file's modification time happened."""
        return [action.at for action in self.actions if action.modifies and action.at is not None]

    @property
    def renamer_ids(self) -> list[str]:
        """The ids of those who renamed the file, each once."""
        ids = (
            action.actor_id
            for action in self.actions
            if action.kind is LoggedActionKind.RENAMED and action.actor_id
        )
        return list(dict.fromkeys(ids))

    def is_without_content(self, person_id: str | None, events: int) -> bool:
        """Return whether the rows account for so many events of a person, none of them of content.

        Comments and saves through the API are in no log (facts on DocSpace, 4.4): an event that no row
        accounts for may be such a save.
        """
        actions = [action for action in self.actions if action.actor_id == person_id]
        has_saved = any(action.kind in CONTENT_ACTIONS for action in actions)
        return self.is_complete and not has_saved and sum(action.events for action in actions) >= events

    def count_saves(self, events: int) -> int | None:
        """Return how often the content was saved; `None` unless the rows account for all the events."""
        if not self.counts_events(events):
            return None
        return sum(action.kind is LoggedActionKind.SAVED for action in self.actions)


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """One page of a log, and where the next page begins, if there is one.

    `rows` are all rows of a page of a folder's log. The page is not `is_clear` where a row is of an unknown
    kind and may mean that a file has changed.
    """

    events: Sequence[ChangeEvent]
    next_start: int | None
    rows: tuple[FolderLogRow, ...] = ()
    is_clear: bool = True
