"""Actions that give a file new content or remove old content (facts on DocSpace, 2.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from demo.content import FilledContent, convert_to_pdf
from demo.emission import Emitting
from demo.entries import CoauthorChange, Version
from demo.errors import BadArgumentError

if TYPE_CHECKING:
    from demo.content import Content
    from demo.entries import EntryId, PortalFile

_LARGE: Final = FilledContent(77_260_000)


class ContentActions(Emitting):
    """The portal's actions on the versions of files."""

    def create_file(
        self, title: str, parent: EntryId, *, by: str, content: Content | None = None
    ) -> PortalFile:
        with self.guard:
            file = self.add_file(title, parent, by=by, content=content)
            self._add_audit_entry("FileCreated", file, by)
            return self._emit_entry_event("created", file, by)

    def save_as_pdf(self, file_id: EntryId, parent: EntryId, *, by: str) -> PortalFile:
        """Create a new file from another one, which does not change."""
        with self.guard:
            file = self.file(file_id)
            title = file.title.rpartition(".")[0] or file.title
            content = convert_to_pdf(file.current.content)
            return self.create_file(f"{title}.pdf", parent, by=by, content=content)

    def upload(self, title: str, parent: EntryId, *, by: str, content: Content | None = None) -> PortalFile:
        """Finish an upload. The same title in the same folder becomes a new version of the file there.

        Emits `file.created` even then, just before `file.uploaded`.
        """
        with self.guard:
            file = self._store_upload(title, parent, by=by, content=content)
            self._emit_entry_event("created", file, by)
            return self._emit_entry_event("uploaded", file, by)

    def upload_in_chunks(
        self, title: str, parent: EntryId, *, by: str, content: Content = _LARGE
    ) -> PortalFile:
        """Do as `upload`, but without `file.created`."""
        with self.guard:
            file = self._store_upload(title, parent, by=by, content=content)
            return self._emit_entry_event("uploaded", file, by)

    def save(
        self,
        file_id: EntryId,
        *,
        by: str,
        content: Content | None = None,
        force_save: bool = False,
        co_authors: tuple[str, ...] = (),
    ) -> PortalFile:
        """Save a file as the editor does.

        A force-save opens a session: the first makes the next version, later ones and the final save replace
        it (facts on DocSpace, 2.5). `by` triggered the save; `co_authors` appear in the edit history only.
        """
        with self.guard:
            file = self.file(file_id)
            session_version = file.current if file.in_session else None
            base = replace(file, versions=file.versions[:-1]) if session_version else file
            new_file = self._append_version(
                base,
                by,
                content=content or file.current.content.edit(),
                comment="Edited",
                number=session_version.number if session_version else None,
            )
            parts = [CoauthorChange(author, self.clock()) for author in (by, *co_authors)]
            current = replace(
                new_file.current, changes=(*(session_version.changes if session_version else ()), *parts)
            )
            new_file = replace(new_file, versions=(*new_file.versions[:-1], current), in_session=force_save)
            self._add_audit_entry("UserFileUpdated", new_file, by)
            return self._emit_entry_event("updated", self._put_file(new_file), by)

    def save_by_api(self, file_id: EntryId, *, by: str, content: Content | None = None) -> PortalFile:
        """Save content as a program does. The audit trail does not record it (facts on DocSpace, 4.4)."""
        with self.guard:
            file = self.file(file_id)
            content = content or file.current.content.edit()
            new_file = self._append_version(file, by, content=content, comment="Edited")
            return self._emit_entry_event("updated", self._put_file(new_file), by)

    def convert(self, file_id: EntryId, *, by: str) -> PortalFile:
        """Make a new version by conversion. Nothing is emitted: only the log and the listing show it.

        (`FileConverter` of the server, which audits `FileConverted`.)
        """
        with self.guard:
            file = self.file(file_id)
            content = file.current.content.edit()
            converted = self._append_version(file, by, content=content, comment="Converted")
            self._add_audit_entry("FileConverted", converted, by)
            return self._put_file(converted)

    def restore_version(self, file_id: EntryId, version: int, *, by: str) -> PortalFile:
        """Make an old version's content the current one, as a new version."""
        with self.guard:
            file, old = self.file(file_id), self.version(file_id, version)
            restored = self._append_version(
                file, by, content=old.content, comment=f"Restored from version {version}"
            )
            self._add_audit_entry("UserFileUpdated", restored, by)
            return self._emit_entry_event("updated", self._put_file(restored), by)

    def delete_version(self, file_id: EntryId, version: int, *, by: str) -> PortalFile:
        """Delete one old version; for several, the server emits one event each."""
        with self.guard:
            file, old = self.file(file_id), self.version(file_id, version)
            if old is file.current:
                raise BadArgumentError("The current version cannot be deleted")
            remaining = tuple(each for each in file.versions if each is not old)
            self._add_audit_entry("FileVersionRemoved", file, by)
            return self._emit_entry_event("updated", self._put_file(replace(file, versions=remaining)), by)

    def change_owner(self, file_id: EntryId, owner: str, *, by: str) -> PortalFile:
        """Make the same content a new version of a file created by `owner`.

        The server does so only outside of rooms (`ChangeOwnerAsync` in its FileStorageService).
        """
        with self.guard:
            file = replace(self.file(file_id), created_by=owner)
            owned = self._append_version(file, by, content=file.current.content, comment="Owner changed")
            return self._emit_entry_event("updated", self._put_file(owned), by)

    def version(self, file_id: EntryId, number: int) -> Version:
        """Return a version; raises BadArgumentError if the file does not have it."""
        for version in self.file(file_id).versions:
            if version.number == number:
                return version
        raise BadArgumentError(f"The file has no version {number}")

    def _store_upload(self, title: str, parent: EntryId, *, by: str, content: Content | None) -> PortalFile:
        present = next((file for file in self._files.list_children(parent) if file.title == title), None)
        if present is None:
            file = self.add_file(title, parent, by=by, content=content)
        else:
            content = content or present.current.content.edit()
            file = self._put_file(self._append_version(present, by, content=content, comment="Uploaded"))
        self._add_audit_entry("FileUploaded" if present is None else "UserFileUpdated", file, by)
        return file

    def _append_version(
        self, file: PortalFile, by: str, *, content: Content, comment: str, number: int | None = None
    ) -> PortalFile:
        following = file.version + 1 if number is None else number
        version = Version(following, self.clock(), by, content, comment)
        return replace(file, versions=(*file.versions, version), in_session=False)
