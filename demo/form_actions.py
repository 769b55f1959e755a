"""What happens to the forms of a form room (facts on DocSpace, 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.emitting import Emitting

if TYPE_CHECKING:
    from demo.entries import EntryId, File


class FormActions(Emitting):
    """The portal's actions on forms."""

    def submit_form(self, form_id: EntryId, to: EntryId, *, by: str) -> File:
        """Puts a filled-in copy into the folder `to`; emits `form.submit` alone, about the original form."""
        with self.guard:
            form = self.file(form_id)
            number = sum(1 for _ in self._files.inside(to)) + 1
            name = next((each.display_name for each in self._people.values() if each.id == by), "Guest")
            submitted = self.add_file(f"{number} - {name} - {form.title}", to, by=by, size=form.current.size)
            payload = {"originalForm": self._payload(form), "submittedForm": self._payload(submitted)}
            self._emit("form.submit", payload, by, about=form)
            return submitted

    def fill_out_form(self, form_id: EntryId, *, by: str) -> File:
        """The last role has filled in its part."""
        return self._about_form("filled.out", form_id, by)

    def stop_form(self, form_id: EntryId, *, by: str) -> File:
        return self._about_form("stopped", form_id, by)

    def _about_form(self, verb: str, form_id: EntryId, by: str) -> File:
        with self.guard:
            form = self.file(form_id)
            self._emit(f"form.{verb}", self._payload(form), by, about=form)
            return form
