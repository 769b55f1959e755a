"""The portal's actions: each changes the tree and emits what the server emits (facts on DocSpace, 2.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from demo.audit import Audit
from demo.entries import Change, EntryId, File, Version
from demo.errors import BadArgumentError
from demo.faults import Faults
from demo.folder_actions import FolderActions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Generation = Literal["classic", "v1"]


class Portal(FolderActions):
    """A whole portal in memory. `by` is always the id of the acting person.

    `generation` chooses the payload shape and may be switched at any time; `address` is the portal's own, as
    it appears in the links of v1 payloads; `faults` scripts trouble on the REST side; `emitted` keeps all
    that happened, in order, whether or not a sender listened.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        generation: Generation = "classic",
        address: str = "https://acme.onlyoffice.com",
    ) -> None:
        super().__init__(clock)
        self.generation = generation
        self.address = address
        self.faults = Faults()
        self.audit = Audit()

    def create_file(self, title: str, parent: EntryId, *, by: str, size: int = 7726) -> File:
        with self.guard:
            file = self.add_file(title, parent, by=by, size=size)
            self._audited("FileCreated", file, by)
            return self._emitted("created", file, by)

    def upload(self, title: str, parent: EntryId, *, by: str, size: int = 7726) -> File:
        """A finished upload. The same title in the same folder becomes a new version of the file there."""
        with self.guard:
            present = next((file for file in self.children(parent)[1] if file.title == title), None)
            if present is None:
                file = self.add_file(title, parent, by=by, size=size)
            else:
                file = self._put_file(self._with_version(present, by, size=size, comment="Uploaded"))
            self._audited("FileUploaded" if present is None else "UserFileUpdated", file, by)
            self._emitted("created", file, by)
            return self._emitted("uploaded", file, by)

    def save(
        self,
        file_id: EntryId,
        *,
        by: str,
        size: int | None = None,
        force_save: bool = False,
        co_authors: tuple[str, ...] = (),
    ) -> File:
        """A save by the editor.

        A force-save opens a session: the first makes the next version, later ones and the final save replace
        it (facts on DocSpace, 2.5).
        `by` triggered the save; `co_authors` show up in the edit history only.
        """
        with self.guard:
            file = self.file(file_id)
            size = file.current.size + 100 if size is None else size
            kept = file.current if file.in_session else None
            base = replace(file, versions=file.versions[:-1]) if kept else file
            saved = self._with_version(
                base, by, size=size, comment="Edited", number=kept.number if kept else None
            )
            parts = [Change(author, self.clock()) for author in (by, *co_authors)]
            current = replace(saved.current, changes=(*(kept.changes if kept else ()), *parts))
            saved = replace(saved, versions=(*saved.versions[:-1], current), in_session=force_save)
            self._audited("UserFileUpdated", saved, by)
            return self._emitted("updated", self._put_file(saved), by)

    def rename(self, file_id: EntryId, title: str, *, by: str) -> File:
        """Sets the modification time without a new version (facts on DocSpace, 2.2)."""
        with self.guard:
            file = self.file(file_id)
            current = replace(file.current, updated=self.clock(), updated_by=by)
            renamed = replace(file, title=title, versions=(*file.versions[:-1], current))
            self._audited("FileRenamed", renamed, by, oldTitle=file.title, newTitle=title)
            return self._emitted("updated", self._put_file(renamed), by)

    def lock(self, file_id: EntryId, *, by: str) -> File:
        with self.guard:
            file = self._put_file(replace(self.file(file_id), locked_by=by))
            self._audited("FileLocked", file, by)
            return self._emitted("updated", file, by)

    def unlock(self, file_id: EntryId, *, by: str) -> File:
        """Emits two updates, because unlocking writes a version comment too."""
        with self.guard:
            self.comment(file_id, self.file(file_id).current.comment, by=by)
            file = self._put_file(replace(self.file(file_id), locked_by=None))
            self._audited("FileUnlocked", file, by)
            return self._emitted("updated", file, by)

    def comment(self, file_id: EntryId, text: str, *, by: str, version: int | None = None) -> File:
        """Changes a version's comment, cut to 255 characters; version and modification time stay."""
        with self.guard:
            file = self.file(file_id)
            number = file.version if version is None else version
            versions = [
                replace(each, comment=text[:255]) if each.number == number else each for each in file.versions
            ]
            return self._emitted("updated", self._put_file(replace(file, versions=tuple(versions))), by)

    def restore_version(self, file_id: EntryId, version: int, *, by: str) -> File:
        """Makes an old version's content the current one, as a new version."""
        with self.guard:
            file, old = self.file(file_id), self.version(file_id, version)
            restored = self._with_version(file, by, size=old.size, comment=f"Restored from version {version}")
            self._audited("UserFileUpdated", restored, by)
            return self._emitted("updated", self._put_file(restored), by)

    def delete_version(self, file_id: EntryId, version: int, *, by: str) -> File:
        with self.guard:
            file, old = self.file(file_id), self.version(file_id, version)
            if old is file.current:
                raise BadArgumentError("The current version cannot be deleted")
            kept = tuple(each for each in file.versions if each is not old)
            self._audited("FileVersionRemoved", file, by)
            return self._emitted("updated", self._put_file(replace(file, versions=kept)), by)

    def trash(self, file_id: EntryId, *, by: str) -> File:
        """The payload is the file before the move."""
        with self.guard:
            file = self.file(file_id)
            self._emitted("trashed", file, by)
            self._audited("FileMovedToTrash", file, by)
            return self._put_in_trash(file, by)

    def delete(self, file_id: EntryId, *, by: str) -> File:
        """For good, from the trash or straight from its folder; the payload says from where."""
        with self.guard:
            file = self._emitted("deleted", self.file(file_id), by)
            self._audited("FileDeleted", file, by)
            return self._files.pop(file_id)

    def restore(self, file_id: EntryId, *, by: str, to: EntryId | None = None) -> File:
        """Out of the trash, to where it was or to another folder."""
        with self.guard:
            file = self.file(file_id)
            if file.trashed_from is None:
                raise BadArgumentError("The file is not in the trash")
            return self._move("restored", file, file.trashed_from if to is None else to, by)

    def move(self, file_id: EntryId, to: EntryId, *, by: str) -> File:
        """Shows the new parent only; between storages the id changes."""
        with self.guard:
            file = self.file(file_id)
            return self._move("moved" if file.trashed_from is None else "restored", file, to, by)

    def copy(self, file_id: EntryId, to: EntryId, *, by: str) -> File:
        with self.guard:
            file = self.file(file_id)
            copied = self.add_file(file.title, to, by=by, size=file.current.size)
            self._audited("FileCopied", copied, by)
            return self._emitted("copied", copied, by)

    def version(self, file_id: EntryId, number: int) -> Version:
        """Raises BadArgumentError for a version the file does not have."""
        for version in self.file(file_id).versions:
            if version.number == number:
                return version
        raise BadArgumentError(f"The file has no version {number}")

    def _move(self, verb: str, file: File, to: EntryId, by: str) -> File:
        source, target = self.folder(file.parent_id), self.folder(to)
        moved = self._moved_file(file, target)
        self._audited("FileMoved", moved, by, source=source)
        return self._emitted(verb, moved, by)

    def _with_version(
        self, file: File, by: str, *, size: int, comment: str, number: int | None = None
    ) -> File:
        following = file.version + 1 if number is None else number
        version = Version(following, self.clock(), by, size, comment)
        return replace(file, versions=(*file.versions, version), in_session=False)
