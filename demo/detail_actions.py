"""What changes about a file but its content; all of it is `file.updated` (facts on DocSpace, 2.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo.emission import Emitting

if TYPE_CHECKING:
    from demo.entries import EntryId, PortalFile

MAX_COMMENT_LENGTH = 255
"""In UTF-16 units, as .NET counts (`UpdateCommentAsync` in the server's FileDao)."""


class DetailActions(Emitting):
    """The portal's actions on titles, locks, comments and the order of files."""

    def rename(self, file_id: EntryId, title: str, *, by: str) -> PortalFile:
        """Sets the modification time without a new version (facts on DocSpace, 2.2)."""
        with self.guard:
            file = self.file(file_id)
            current = replace(file.current, updated=self.clock(), updated_by=by)
            renamed = replace(file, title=title, versions=(*file.versions[:-1], current))
            self._audited("FileRenamed", renamed, by, oldTitle=file.title, newTitle=title)
            return self._emitted("updated", self._put_file(renamed), by)

    def lock(self, file_id: EntryId, *, by: str) -> PortalFile:
        with self.guard:
            file = self._put_file(replace(self.file(file_id), locked_by=by))
            self._audited("FileLocked", file, by)
            return self._emitted("updated", file, by)

    def unlock(self, file_id: EntryId, *, by: str) -> PortalFile:
        """Emits two updates, because it overwrites the current version's comment too.

        In a connected storage, which keeps no comments, it emits one (`LockFileAsync` in the server's
        FileStorageService).
        """
        with self.guard:
            file = self._put_file(replace(self.file(file_id), locked_by=None))
            self._audited("FileUnlocked", file, by)
            if not file.provider_id:
                file = self.comment(file_id, "Unlocked", by=by)
            return self._emitted("updated", file, by)

    def comment(self, file_id: EntryId, text: str, *, by: str, version: int | None = None) -> PortalFile:
        """Changes a version's comment, cut to 255 characters; version and modification time stay."""
        with self.guard:
            file = self.file(file_id)
            number, kept = file.version if version is None else version, cut_comment(text)
            versions = [
                replace(each, comment=kept) if each.number == number else each for each in file.versions
            ]
            return self._emitted("updated", self._put_file(replace(file, versions=tuple(versions))), by)

    def reorder(self, file_id: EntryId, order: int, *, by: str) -> PortalFile:
        """Gives a file its place in an indexed room; the place it has already emits nothing."""
        with self.guard:
            file = self.file(file_id)
            if file.order == order:
                return file
            file = self._put_file(replace(file, order=order))
            self._audited("FileIndexChanged", file, by)
            return self._emitted("updated", file, by)


def cut_comment(comment: str) -> str:
    """A comment as the server keeps it; what is left of a character cut in two is replaced."""
    return comment.encode("utf-16-le")[: 2 * MAX_COMMENT_LENGTH].decode("utf-16-le", "replace")
