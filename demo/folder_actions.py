"""Actions on folders and rooms. Nothing is emitted for the files inside (facts on DocSpace, 2.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo.emission import Emitting
from demo.errors import BadArgumentError
from demo.starting_data import ARCHIVE, ROOMS, TRASH

if TYPE_CHECKING:
    from demo.entries import EntryId, PortalFolder


class FolderActions(Emitting):
    """The portal's actions on folders and rooms."""

    def create_folder(self, title: str, parent: EntryId, *, by: str) -> PortalFolder:
        with self.guard:
            folder = self.add_folder(title, parent, by=by)
            self._add_audit_entry("FolderCreated", folder, by)
            return self._emit_entry_event("created", folder, by)

    def create_room(self, title: str, *, by: str, room_type: int = 5) -> PortalFolder:
        with self.guard:
            return self._emit_entry_event("created", self.add_folder(title, by=by, room_type=room_type), by)

    def rename_folder(self, folder_id: EntryId, title: str, *, by: str) -> PortalFolder:
        """Rename a folder or a room; a room emits `room.updated`."""
        with self.guard:
            old = self.folder(folder_id)
            folder = self._touch(replace(old, title=title), by)
            self._add_audit_entry("FolderRenamed", folder, by, oldTitle=old.title, newTitle=title)
            return self._emit_entry_event("updated", folder, by)

    def update_room(self, room_id: EntryId, *, by: str) -> PortalFolder:
        """Change a room's settings, logo or cover."""
        with self.guard:
            return self._emit_entry_event("updated", self._touch(self.folder(room_id), by), by)

    def change_folder_owner(self, folder_id: EntryId, owner: str, *, by: str) -> PortalFolder:
        with self.guard:
            folder = self._touch(replace(self.folder(folder_id), created_by=owner), by)
            return self._emit_entry_event("updated", folder, by)

    def reorder_folder(self, folder_id: EntryId, order: int, *, by: str) -> PortalFolder:
        """Set a folder's place in an indexed room; emits nothing if the place is the same."""
        with self.guard:
            folder = self.folder(folder_id)
            if folder.order == order:
                return folder
            folder = self._put_folder(replace(folder, order=order))
            self._add_audit_entry("FolderIndexChanged", folder, by)
            return self._emit_entry_event("updated", folder, by)

    def download_folder(self, folder_id: EntryId, *, by: str) -> PortalFolder:
        with self.guard:
            return self._emit_entry_event("downloaded", self.folder(folder_id), by)

    def move_folder(self, folder_id: EntryId, to: EntryId, *, by: str) -> PortalFolder:
        """Move a folder with everything beneath, which emits nothing."""
        with self.guard:
            folder = self._require_outside(folder_id, to)
            return self._move_folder("moved" if folder.trashed_from is None else "restored", folder, to, by)

    def copy_folder(self, folder_id: EntryId, to: EntryId, *, by: str) -> PortalFolder:
        with self.guard:
            copied = self._copy_folder(self._require_outside(folder_id, to), to, by)
            self._add_audit_entry("FolderCopied", copied, by)
            return self._emit_entry_event("copied", copied, by)

    def copy_room(self, room_id: EntryId, *, by: str) -> PortalFolder:
        """Copy a room with everything inside, which emits nothing."""
        with self.guard:
            return self._emit_entry_event("copied", self._copy_folder(self.folder(room_id), ROOMS, by), by)

    def trash_folder(self, folder_id: EntryId, *, by: str) -> PortalFolder:
        """Trash a folder; the payload precedes the move. A connected storage has no trash: it is deleted."""
        with self.guard:
            folder = self.folder(folder_id)
            if folder.provider_id:
                return self.delete_folder(folder_id, by=by)
            self._emit_entry_event("trashed", folder, by)
            self._add_audit_entry("FolderMovedToTrash", folder, by)
            source = folder.parent_id
            return self._touch(
                replace(folder, parent_id=TRASH, trashed_by=by, trashed_from=source, order=0), by
            )

    def restore_folder(self, folder_id: EntryId, *, by: str, to: EntryId | None = None) -> PortalFolder:
        with self.guard:
            folder = self.folder(folder_id)
            if folder.trashed_from is None:
                raise BadArgumentError("The folder is not in the trash")
            return self._move_folder("restored", folder, folder.trashed_from if to is None else to, by)

    def delete_folder(self, folder_id: EntryId, *, by: str) -> PortalFolder:
        """Delete a folder or a room permanently, with everything beneath."""
        with self.guard:
            folder = self._emit_entry_event("deleted", self.folder(folder_id), by)
            self._forget_ids(folder_id)
            if folder.room_type is None:
                self._add_audit_entry("FolderDeleted", folder, by)
            self._remove_folder(folder_id)
            return folder

    def archive_room(self, room_id: EntryId, *, by: str) -> PortalFolder:
        with self.guard:
            source = self.folder(self.folder(room_id).parent_id)
            room = self._put_folder(replace(self.folder(room_id), parent_id=ARCHIVE))
            self._add_audit_entry("RoomArchived", room, by, source=source)
            return self._emit_entry_event("archived", room, by)

    def restore_room(self, room_id: EntryId, *, by: str) -> PortalFolder:
        with self.guard:
            source = self.folder(self.folder(room_id).parent_id)
            room = self._put_folder(replace(self.folder(room_id), parent_id=ROOMS))
            self._add_audit_entry("RoomUnarchived", room, by, source=source)
            return self._emit_entry_event("restored", room, by)

    def _forget_ids(self, folder_id: EntryId) -> None:
        """Remove the ids of a folder and of everything in it from the rows: each is deleted by itself."""
        folders, files = self.children(folder_id)
        for file in files:
            self.audit.forget_id("file", file.id)
        for folder in folders:
            self._forget_ids(folder.id)
        self.audit.forget_id("folder", folder_id)

    def _require_outside(self, folder_id: EntryId, target: EntryId) -> PortalFolder:
        if any(above.id == folder_id for above in self.chain(target)):
            raise BadArgumentError("A folder goes neither into itself nor into what is beneath it")
        return self.folder(folder_id)

    def _move_folder(self, verb: str, folder: PortalFolder, to: EntryId, by: str) -> PortalFolder:
        source, target = self.folder(folder.parent_id), self.folder(to)
        if source.provider_id != target.provider_id:
            raise BadArgumentError("The stand-in moves no folders between storages")
        moved = self._put_folder(replace(folder, parent_id=to, trashed_by=None, trashed_from=None))
        self._add_audit_entry("FolderMoved", moved, by, source=source)
        return self._emit_entry_event(verb, moved, by)

    def _touch(self, folder: PortalFolder, by: str) -> PortalFolder:
        return self._put_folder(replace(folder, updated=self.clock(), updated_by=by))

    def _copy_folder(self, folder: PortalFolder, to: EntryId, by: str) -> PortalFolder:
        folders, files = self.children(folder.id)
        copied = self.add_folder(folder.title, to, by=by, room_type=folder.room_type)
        for file in files:
            self.add_file(file.title, copied.id, by=by, content=file.current.content)
        for each in folders:
            self._copy_folder(each, copied.id, by)
        return copied
