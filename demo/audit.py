"""The portal's audit trail, behind the `/log` of a file or folder (facts on DocSpace, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from demo.audit_cache import AuditCache
from demo.counter import Counter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from demo.entries import EntryId

ACTION_IDS: Final = {
    "FileCreated": 5000,
    "FileRenamed": 5001,
    "FileLocked": 5006,
    "FileUnlocked": 5007,
    "FileUploaded": 5011,
    "FileCopied": 5013,
    "FileMoved": 5015,
    "FileMovedToTrash": 5017,
    "FileDeleted": 5018,
    "FolderCreated": 5019,
    "FolderRenamed": 5020,
    "FolderCopied": 5022,
    "FolderMoved": 5024,
    "FolderMovedToTrash": 5026,
    "FolderDeleted": 5027,
    "UserFileUpdated": 5034,
    "FileConverted": 5035,
    "RoomArchived": 5072,
    "RoomUnarchived": 5073,
    "FolderIndexChanged": 5107,
    "FileIndexChanged": 5111,
    "FileVersionRemoved": 5119,
    "FormCompletelyFilled": 5152,
    "FormSubmit": 6046,
}
"""Comments, owner changes and deletions of rooms are missing because the server does not track them."""


@dataclass(frozen=True)
class AuditedAction:
    """One audited action; `entry_ids` has the entry and every folder above it, on both sides of a move.

    It is in the log from `written_at` on.
    """

    id: int
    key: str
    initiator: str
    date: datetime
    written_at: datetime
    data: Mapping[str, Any]
    entry_ids: frozenset[tuple[str, EntryId]]

    @property
    def kind(self) -> str:
        """Kind of the entry: `file` or `folder`; a room is a folder."""
        return "file" if self.key.startswith(("File", "UserFile", "Form")) else "folder"


class Audit:
    """Actions in the order in which they happened. Guarded by the portal's lock."""

    def __init__(self) -> None:
        self._ids = Counter(90001)
        self._actions: list[AuditedAction] = []
        self._caches: tuple[AuditCache, ...] = ()

    def write_late(self) -> None:
        """Write rows as late as the server may from now on, and not in the order of what happened.

        Editors save through another process than people act through, each with a cache of its own.
        """
        self._caches = (AuditCache(), AuditCache())

    def add(
        self,
        key: str,
        initiator: str,
        date: datetime,
        data: Mapping[str, Any],
        entry_ids: frozenset[tuple[str, EntryId]],
    ) -> None:
        written_at = self._caches[key == "UserFileUpdated"].find_write_time(date) if self._caches else date
        self._actions.append(
            AuditedAction(self._ids.take(), key, initiator, date, written_at, data, entry_ids)
        )

    def forget_id(self, kind: str, entry_id: EntryId) -> None:
        """Remove the id of a permanently deleted entry from its rows: their `data.id` is 0 from now on.

        `FileDao` marks the rows, and `ActionInterpreter` of the server answers 0 for them. The row of the
        deletion is written afterwards and keeps its id.
        """
        self._actions = [
            replace(action, data={**action.data, "id": 0})
            if action.data["id"] == entry_id and action.kind == kind
            else action
            for action in self._actions
        ]

    def list_actions(self, kind: str, entry_id: EntryId, *, now: datetime) -> list[AuditedAction]:
        """Return the actions on this entry and, for a folder, on what was beneath it. Newest first."""
        return [
            action
            for action in reversed(self._actions)
            if (kind, entry_id) in action.entry_ids and action.written_at <= now
        ]
