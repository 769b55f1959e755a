"""What happens to folders and rooms. Nothing is emitted for the files inside (facts on DocSpace, 2.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from demo.cast import ARCHIVE, ROOMS, TRASH
from demo.entries import EntryId, File, Folder
from demo.errors import BadArgumentError
from demo.payloads import classic, v1
from demo.tree import Emission, Tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from demo.audit import Audit

E = TypeVar("E", File, Folder)


class FolderActions(Tree):
    """The half of the portal's actions that concerns folders and rooms, and the emitting itself."""

    generation: str
    address: str
    audit: Audit

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.emitted: list[Emission] = []
        self._listeners: list[Callable[[Emission], None]] = []

    def listen(self, listener: Callable[[Emission], None]) -> None:
        """Calls `listener` for everything that happens from now on."""
        with self.guard:
            self._listeners.append(listener)

    def create_folder(self, title: str, parent: EntryId, *, by: str) -> Folder:
        with self.guard:
            folder = self.add_folder(title, parent, by=by)
            self._audited("FolderCreated", folder, by)
            return self._emitted("created", folder, by)

    def create_room(self, title: str, *, by: str, room_type: int = 5) -> Folder:
        with self.guard:
            return self._emitted("created", self.add_folder(title, by=by, room_type=room_type), by)

    def rename_folder(self, folder_id: EntryId, title: str, *, by: str) -> Folder:
        """A folder or a room; a room emits `room.updated`."""
        with self.guard:
            old = self.folder(folder_id)
            folder = self._put_folder(replace(old, title=title, updated=self.clock(), updated_by=by))
            self._audited("FolderRenamed", folder, by, oldTitle=old.title, newTitle=title)
            return self._emitted("updated", folder, by)

    def move_folder(self, folder_id: EntryId, to: EntryId, *, by: str) -> Folder:
        """Everything beneath moves along, silently."""
        with self.guard:
            folder = self.folder(folder_id)
            if any(above.id == folder_id for above in self.chain(to)):
                raise BadArgumentError("A folder cannot be moved into itself")
            return self._move_folder("moved" if folder.trashed_from is None else "restored", folder, to, by)

    def copy_folder(self, folder_id: EntryId, to: EntryId, *, by: str) -> Folder:
        with self.guard:
            copied = self._copied_folder(self.folder(folder_id), to, by)
            self._audited("FolderCopied", copied, by)
            return self._emitted("copied", copied, by)

    def trash_folder(self, folder_id: EntryId, *, by: str) -> Folder:
        """The payload is the folder before the move."""
        with self.guard:
            folder = self._emitted("trashed", self.folder(folder_id), by)
            self._audited("FolderMovedToTrash", folder, by)
            return self._put_folder(
                replace(
                    folder,
                    parent_id=TRASH,
                    trashed_by=by,
                    trashed_from=folder.parent_id,
                    updated=self.clock(),
                    updated_by=by,
                )
            )

    def restore_folder(self, folder_id: EntryId, *, by: str, to: EntryId | None = None) -> Folder:
        with self.guard:
            folder = self.folder(folder_id)
            if folder.trashed_from is None:
                raise BadArgumentError("The folder is not in the trash")
            return self._move_folder("restored", folder, folder.trashed_from if to is None else to, by)

    def delete_folder(self, folder_id: EntryId, *, by: str) -> Folder:
        """A folder or a room, for good, with everything beneath."""
        with self.guard:
            folder = self._emitted("deleted", self.folder(folder_id), by)
            self._audited("FolderDeleted", folder, by)
            self._remove_folder(folder_id)
            return folder

    def archive_room(self, room_id: EntryId, *, by: str) -> Folder:
        with self.guard:
            room = replace(self.folder(room_id), parent_id=ARCHIVE)
            return self._emitted("archived", self._put_folder(room), by)

    def restore_room(self, room_id: EntryId, *, by: str) -> Folder:
        with self.guard:
            room = replace(self.folder(room_id), parent_id=ROOMS)
            return self._emitted("restored", self._put_folder(room), by)

    def _move_folder(self, verb: str, folder: Folder, to: EntryId, by: str) -> Folder:
        source, target = self.folder(folder.parent_id), self.folder(to)
        if source.provider_id != target.provider_id:
            raise BadArgumentError("The stand-in moves no folders between storages")
        moved = self._put_folder(replace(folder, parent_id=to, trashed_by=None, trashed_from=None))
        self._audited("FolderMoved", moved, by, source=source)
        return self._emitted(verb, moved, by)

    def _copied_folder(self, folder: Folder, to: EntryId, by: str) -> Folder:
        folders, files = self.children(folder.id)
        copied = self.add_folder(folder.title, to, by=by)
        for file in files:
            self.add_file(file.title, copied.id, by=by, size=file.current.size)
        for each in folders:
            self._copied_folder(each, copied.id, by)
        return copied

    def _emitted(self, verb: str, entry: E, by: str) -> E:
        payload = classic(self, entry) if self.generation == "classic" else v1(self, entry, self.address)
        emission = Emission(f"{entry.kind}.{verb}", payload, self.clock(), by)
        self.emitted.append(emission)
        for listener in self._listeners:
            listener(emission)
        return entry

    def _audited(
        self, key: str, entry: File | Folder, by: str, *, source: Folder | None = None, **titles: str
    ) -> None:
        parent = self.folder(entry.parent_id)
        data: dict[str, Any] = {"title": entry.title, **titles, "id": entry.id}
        data |= {"parentId": parent.id, "parentTitle": parent.title, "parentType": int(parent.type)}
        about = {
            ("file" if isinstance(entry, File) else "folder", entry.id),
            *(("folder", above.id) for above in self.chain(parent.id)),
        }
        if source is not None:
            data |= {"toFolderId": str(parent.id), "fromFolderId": source.id, "fromParentTitle": source.title}
            about |= {("folder", above.id) for above in self.chain(source.id)}
        self.audit.add(key, by, self.clock(), data, frozenset(about))
