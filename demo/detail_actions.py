"""Changes to a file other than its content; all are `file.updated` (facts on DocSpace, 2.5)."""

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
        """Rename a file: sets the modification time without a new version (facts on DocSpace, 2.2)."""
        with self.guard:
            file = self.file(file_id)
            current = replace(file.current, updated=self.clock(), updated_by=by)
            renamed = replace(file, title=title, versions=(*file.versions[:-1], current))
            self._add_audit_entry("FileRenamed", renamed, by, oldTitle=file.title, newTitle=title)
            return self._emit_entry_event("updated", self._put_file(renamed), by)

    def lock(self, file_id: EntryId, *, by: str) -> PortalFile:
        with self.guard:
            file = self._put_file(replace(self.file(file_id), locked_by=by))
            self._add_audit_entry("FileLocked", file, by)
            return self._emit_entry_event("updated", file, by)

    def unlock(self, file_id: EntryId, *, by: str) -> PortalFile:
        """Unlock a file. Emits two updates, because the current version's comment is overwritten too.

        In a connected storage, which stores no comments, it emits one (`LockFileAsync` in the server's
        FileStorageService).
        """
        with self.guard:
            file = self._put_file(replace(self.file(file_id), locked_by=None))
            self._add_audit_entry("FileUnlocked", file, by)
            if not file.provider_id:
                file = self.comment(file_id, "Unlocked", by=by)
            return self._emit_entry_event("updated", file, by)

    def comment(self, file_id: EntryId, text: str, *, by: str, version: int | None = None) -> PortalFile:
        """Change a version's comment, cut to 255 characters; version and modification time don't change."""
        with self.guard:
            file = self.file(file_id)
            number, shortened = file.version if version is None else version, cut_comment(text)
            versions = [
                replace(each, comment=shortened) if each.number == number else each for each in file.versions
            ]
            return self._emit_entry_event(
                "updated", self._put_file(replace(file, versions=tuple(versions))), by
            )

    def reorder(self, file_id: EntryId, order: int, *, by: str) -> PortalFile:
        """Set a file's place in an indexed room; emits nothing if the place is the same."""
        with self.guard:
            file = self.file(file_id)
            if file.order == order:
                return file
            file = self._put_file(replace(file, order=order))
            self._add_audit_entry("FileIndexChanged", file, by)
            return self._emit_entry_event("updated", file, by)


def cut_comment(comment: str) -> str:
    """Return a comment as the server stores it; half of a character that was cut in two is replaced."""
    return comment.encode("utf-16-le")[: 2 * MAX_COMMENT_LENGTH].decode("utf-16-le", "replace")
