"""The endpoints about folders and rooms (facts on DocSpace, 4.3 to 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from demo import asked
from demo.answers import address, wrapped
from demo.audit_answers import log
from demo.contents import Contents, Question, filter_of, order_of
from demo.dtos import contents, folder_info
from demo.errors import NotFoundError
from demo.permitted import loggable

if TYPE_CHECKING:
    from demo.portal import Portal


def create_folders(portal: Portal) -> Blueprint:
    folders = Blueprint("folders", __name__)
    shown = Contents(portal)

    @folders.get("/<folder_id>")
    def inside(folder_id: str) -> Response:
        question = Question(
            asked.readable_folder(portal, folder_id),
            filter_of(asked.member("filterType")),
            deep=asked.flag("withSubFolders", default=True),
            order=order_of(asked.member("sortBy"), asked.member("sortOrder")),
        )
        page = asked.page()
        with portal.guard:
            entries = shown.listed(question, asked.reader())
            return wrapped(contents(portal, question.folder, entries, page, address()))

    @folders.get("/folder/<int:folder_id>/log")
    def folder_log(folder_id: int) -> Response:
        loggable(portal, portal.folder(folder_id))
        return log(portal, "folder", folder_id)

    @folders.get("/folder/<folder_id>")
    def folder(folder_id: str) -> Response:
        return wrapped(folder_info(portal, asked.readable_folder(portal, folder_id), address()))

    @folders.get("/folder/<folder_id>/path")
    def path(folder_id: str) -> Response:
        chain = portal.chain(asked.readable_folder(portal, folder_id).id)
        return wrapped([folder_info(portal, each, address()) for each in chain])

    @folders.get("/rooms/<room_id>")
    def room(room_id: str) -> Response:
        found = asked.readable_folder(portal, room_id)
        if found.room_type is None:
            raise NotFoundError("The required room was not found")
        return wrapped(folder_info(portal, found, address()))

    return folders
