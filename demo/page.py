"""The portal for people: a small page to change files on, as three different people.

Every change there takes the way of a real one: it is emitted, signed and delivered over HTTP.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from demo.entries import FolderType
from demo.errors import BadArgumentError, ForbiddenError, PortalError
from demo.query import entry_id
from demo.starting_data import ALICE, BOB, COMPLIANCE, OLGA, OTHER, QUARTER, ROOM, TRASH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from werkzeug.wrappers import Response

    from demo.entries import EntryId, PortalFile, PortalFolder, PortalPerson
    from demo.portal import DemoPortal
    from demo.sender import Sender
    from demo.webhooks import DeliveryLogRow

DEMO_PEOPLE: Final = (BOB, ALICE, OLGA)
MAX_SHOWN_ROWS: Final = 15
"""Deliveries on the page."""
MAX_TITLE_LENGTH: Final = 120
_TOP: Final = (ROOM, TRASH)
_OUR_OWN: Final = {None, "none", "same-origin"}


@dataclass(frozen=True, kw_only=True)
class Guide:
    """Links from the page to the world outside the portal.

    `roles` describes each person's role, `inbox` returns the address of their inbox. `watched_folder_id` is
    the watched folder. `check_ledger` verifies the ledger and returns the result, also in words.
    """

    roles: Mapping[str, str]
    inbox: Callable[[PortalPerson], str]
    watched_folder_id: EntryId
    check_ledger: Callable[[], tuple[bool, str]]


def create_page(portal: DemoPortal, sender: Sender, guide: Guide) -> Blueprint:
    """Return the blueprint of the page; register it beside the REST side."""
    page = Blueprint("page", __name__, static_folder="static", static_url_path="/static/portal")
    page_view = _Page(portal, sender, guide)

    @page.before_request
    def refuse_other_sites() -> None:
        """Refuse a form that another site makes a browser post here."""
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") not in _OUR_OWN:
            abort(HTTPStatus.FORBIDDEN)

    @page.get("/")
    def show() -> str:
        return page_view.draw()

    @page.post("/do")
    def act() -> Response | tuple[str, int]:
        try:
            page_view.act()
        except PortalError as error:
            return page_view.draw(sentence=str(error)), error.status
        parameters: dict[str, Any] = {"as": page_view.person.user_name, "folder": page_view.folder.id}
        return redirect(url_for("page.show", **parameters), HTTPStatus.SEE_OTHER)

    @page.post("/check")
    def check() -> str:
        return page_view.draw(ledger_check=guide.check_ledger())

    @page.get("/inbox/<user_name>")
    def inbox(user_name: str) -> Response:
        return redirect(guide.inbox(portal.person(user_name)), HTTPStatus.SEE_OTHER)

    return page


class _Page:
    def __init__(self, portal: DemoPortal, sender: Sender, guide: Guide) -> None:
        self._portal, self._sender, self._guide = portal, sender, guide

    @property
    def person(self) -> PortalPerson:
        """The acting person, from the address or the form."""
        user_name = request.values.get("as", "")
        return next((each for each in DEMO_PEOPLE if each.user_name == user_name), DEMO_PEOPLE[0])

    @property
    def folder(self) -> PortalFolder:
        return self._portal.folder(entry_id(request.values.get("folder") or str(COMPLIANCE)))

    def draw(self, *, sentence: str = "", ledger_check: tuple[bool, str] | None = None) -> str:
        folder, portal = self.folder, self._portal
        with portal.guard:
            _, files = portal.children(folder.id)
            return render_template(
                "portal.html",
                current_person=self.person,
                people=[(each, self._guide.roles.get(each.id, "")) for each in DEMO_PEOPLE],
                folder=folder,
                path=[each.title for each in portal.chain(folder.id) if each.parent_id != 0],
                is_watched=self._is_watched(folder),
                in_trash=folder.type is FolderType.TRASH,
                tree=[row for top in _TOP for row in self._rows(portal.folder(top), 0)],
                files=files,
                name=self._name,
                move_targets=[portal.folder(each) for each in (COMPLIANCE, QUARTER, OTHER)],
                deliveries=[self._describe_delivery(row) for row in self._sender.log()[:MAX_SHOWN_ROWS]],
                sentence=sentence,
                ledger_check=ledger_check,
            )

    def act(self) -> None:
        """Apply the form's action, and deliver the resulting events."""
        form, me = request.form, self.person
        title = " ".join(form.get("title", "").split())[:MAX_TITLE_LENGTH]
        if form.get("action") == "create":
            self._portal.create_file(_add_extension(title), self.folder.id, by=me.id)
        else:
            self._change(self._portal.file(entry_id(form.get("file", ""))), form.get("action", ""), title)
        self._sender.flush()

    def _change(self, file: PortalFile, action: str, title: str) -> None:
        portal, user_id = self._portal, self.person.id
        if file.locked_by not in {None, user_id} and action != "unlock":
            raise ForbiddenError(f"{file.title} is locked by {self._name(file.locked_by)}.")
        actions: dict[str, Callable[[], object]] = {
            "edit": lambda: portal.save(file.id, by=user_id),
            "rename": lambda: portal.rename(
                file.id, _add_extension(title, example_title=file.title), by=user_id
            ),
            "lock": lambda: portal.lock(file.id, by=user_id),
            "unlock": lambda: portal.unlock(file.id, by=user_id),
            "move": lambda: portal.move(file.id, entry_id(request.form.get("to", "")), by=user_id),
            "trash": lambda: portal.trash(file.id, by=user_id),
            "restore": lambda: portal.restore(file.id, by=user_id),
            "delete": lambda: portal.delete(file.id, by=user_id),
        }
        if action not in actions:
            raise BadArgumentError("Choose one of the buttons.")
        actions[action]()

    def _rows(self, folder: PortalFolder, depth: int) -> Iterator[dict[str, Any]]:
        folders, files = self._portal.children(folder.id)
        watched = folder.id == self._guide.watched_folder_id
        yield {"folder": folder, "depth": depth, "count": len(files), "watched": watched}
        for each in folders:
            yield from self._rows(each, depth + 1)

    def _is_watched(self, folder: PortalFolder) -> bool:
        return any(each.id == self._guide.watched_folder_id for each in self._portal.chain(folder.id))

    def _name(self, person_id: str | None) -> str:
        return next((each.display_name for each in DEMO_PEOPLE if each.id == person_id), "someone")

    def _describe_delivery(self, row: DeliveryLogRow) -> dict[str, Any]:
        emission = row.delivery.emission
        return {
            "row": row,
            "trigger": emission.trigger,
            "title": emission.payload.get("title", ""),
            "who": self._name(emission.created_by),
            "taken": 200 <= row.status < 300,
            "body": json.dumps(json.loads(row.request_payload), indent=2, ensure_ascii=False),
            "signature": row.request_headers.get("x-docspace-signature-256", ""),
        }


def _add_extension(title: str, *, example_title: str = "New document.docx") -> str:
    """Return a title with the extension of its kind."""
    if not title:
        raise BadArgumentError("Type a name first.")
    extension = "." + example_title.rpartition(".")[2]
    return title if "." in title else f"{title}{extension}"
