"""Actions on forms (facts on DocSpace, 2.5 and 10.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.content_actions import ContentActions

if TYPE_CHECKING:
    from demo.entries import EntryId, PortalFile


class FormActions(ContentActions):
    """The portal's actions on forms, which are otherwise ordinary files."""

    def submit_form(self, form_id: EntryId, to: EntryId | None = None, *, by: str) -> PortalFile:
        """Put a filled-in copy into the folder `to`; without a folder, save the form itself.

        Emits only `form.submit`, in place of `file.updated`, about the original form (`ProcessSaveAsync` in
        the server's DocumentServiceTracker, `GetSubmittedFormData` in its WebhookManager: without a copy both
        members are the same file).
        """
        with self.guard:
            form = self.file(form_id)
            if to is None:
                form = submitted = self._save_version(form, by)
            else:
                number = sum(1 for _ in self._files.list_children(to)) + 1
                name = next((each.display_name for each in self._people.values() if each.id == by), "Guest")
                title = f"{number} - {name} - {form.title}"
                submitted = self.add_file(title, to, by=by, content=form.current.content.edit())
            self._add_audit_entry("FormSubmit", submitted, by)
            payload = {"originalForm": self._payload(form), "submittedForm": self._payload(submitted)}
            self._emit("form.submit", payload, by, entry_id=form.id, visible_entry=submitted)
            return submitted

    def fill_out_form(self, form_id: EntryId, *, by: str) -> PortalFile:
        """Fill in the last role's part, which is saved (`EntryManager` of the server)."""
        with self.guard:
            form = self._save_version(self.file(form_id), by)
            self._add_audit_entry("FormCompletelyFilled", form, by)
            return self._emit_form("filled.out", form, by)

    def stop_form(self, form_id: EntryId, *, by: str) -> PortalFile:
        with self.guard:
            return self._emit_form("stopped", self.file(form_id), by)

    def _save_version(self, form: PortalFile, by: str) -> PortalFile:
        content = form.current.content.edit()
        return self._put_file(self._append_version(form, by, content=content, comment="Edited"))

    def _emit_form(self, verb: str, form: PortalFile, by: str) -> PortalFile:
        self._emit(f"form.{verb}", self._payload(form), by, entry_id=form.id, visible_entry=form)
        return form
