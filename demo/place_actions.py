"""Actions that move, delete, copy or download a file (facts on DocSpace, 2.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo.emission import Emitting
from demo.entries import Version
from demo.errors import BadArgumentError
from demo.starting_data import TRASH

if TYPE_CHECKING:
    from demo.entries import EntryId, PortalFile, PortalFolder


class PlaceActions(Emitting):
    """The portal's actions on where files are."""

    def trash(self, file_id: EntryId, *, by: str) -> PortalFile:
        """Trash a file; the payload precedes the move. A connected storage has no trash: it is deleted."""
        with self.guard:
            file = self.file(file_id)
            if file.provider_id:
                return self.delete(file_id, by=by)
            self._emit_entry_event("trashed", file, by)
            self._add_audit_entry("FileMovedToTrash", file, by)
            return self._put_in_trash(file, by)

    def delete(self, file_id: EntryId, *, by: str) -> PortalFile:
        """Delete a file permanently, from the trash or from its folder; the payload says from where."""
        with self.guard:
            file = self._emit_entry_event("deleted", self.file(file_id), by)
            self.audit.forget_id("file", file_id)
            self._add_audit_entry("FileDeleted", file, by)
            return self._files.take(file_id)

    def restore(self, file_id: EntryId, *, by: str, to: EntryId | None = None) -> PortalFile:
        """Restore a file from the trash, to its former folder or to another one."""
        with self.guard:
            file = self.file(file_id)
            if file.trashed_from is None:
                raise BadArgumentError("The file is not in the trash")
            return self._move("restored", file, file.trashed_from if to is None else to, by)

    def move(self, file_id: EntryId, to: EntryId, *, by: str) -> PortalFile:
        """Move a file. Shows the new parent only; between storages, the id changes and versions are lost."""
        with self.guard:
            file = self.file(file_id)
            return self._move("moved" if file.trashed_from is None else "restored", file, to, by)

    def copy(self, file_id: EntryId, to: EntryId, *, by: str) -> PortalFile:
        with self.guard:
            file = self.file(file_id)
            copied = self.add_file(file.title, to, by=by, content=file.current.content)
            self._add_audit_entry("FileCopied", copied, by)
            return self._emit_entry_event("copied", copied, by)

    def download(self, file_id: EntryId, *, by: str) -> PortalFile:
        with self.guard:
            return self._emit_entry_event("downloaded", self.file(file_id), by)

    def _move(self, verb: str, file: PortalFile, to: EntryId, by: str) -> PortalFile:
        source, target = self.folder(file.parent_id), self.folder(to)
        if file.provider_id == target.provider_id:
            moved = self._put_file(replace(file, parent_id=target.id, trashed_by=None, trashed_from=None))
        else:
            moved = self._move_between_storages(file, target, by)
        self._add_audit_entry("FileMoved", moved, by, source=source)
        return self._emit_entry_event(verb, moved, by)

    def _move_between_storages(self, file: PortalFile, target: PortalFolder, by: str) -> PortalFile:
        """Write a file anew in another storage; of its former state only the lock remains (CrossDao)."""
        self._files.take(file.id)
        self.audit.forget_id("file", file.id)
        now = self.clock()
        return self._put_file(
            replace(
                file,
                id=self._new_id(target),
                parent_id=target.id,
                provider_id=target.provider_id,
                provider_key=target.provider_key,
                created=now,
                created_by=by,
                versions=(Version(1, now, by, file.current.content, ""),),
                order=0,
                trashed_by=None,
                trashed_from=None,
            )
        )

    def _put_in_trash(self, file: PortalFile, by: str) -> PortalFile:
        """Trash a file: every version gets the time and the person (`MoveFileAsync` in its FileDao)."""
        now = self.clock()
        return self._put_file(
            replace(
                file,
                parent_id=TRASH,
                trashed_by=by,
                trashed_from=file.parent_id,
                versions=tuple(replace(each, updated=now, updated_by=by) for each in file.versions),
                order=0,
            )
        )
