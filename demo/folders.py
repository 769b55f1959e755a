"""The endpoints about folders and rooms (facts on DocSpace, 4.3 to 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from demo import query
from demo.answers import address, wrap_success
from demo.audit_answers import log
from demo.contents import FolderListing, Question, parse_filter, parse_order
from demo.dtos import contents, folder_info
from demo.errors import BadArgumentError, NotFoundError
from demo.permission_checks import require_log_access
from demo.starting_data import ROOMS

if TYPE_CHECKING:
    from demo.portal import DemoPortal


def create_folders(portal: DemoPortal) -> Blueprint:
    folders = Blueprint("folders", __name__)
    listing = FolderListing(portal)

    @folders.get("/<folder_id>")
    def inside(folder_id: str) -> Response:
        question = Question(
            query.readable_folder(portal, folder_id),
            parse_filter(query.member("filterType")),
            recursive=query.flag("withSubFolders", default=True),
            order=parse_order(query.member("sortBy"), query.member("sortOrder")),
        )
        page = query.page()
        with portal.guard:
            entries = listing.list_entries(question, query.reader())
            return wrap_success(contents(portal, question.folder, entries, page, address()))

    @folders.get("/folder/<int:folder_id>/log")
    def folder_log(folder_id: int) -> Response:
        require_log_access(portal, portal.folder(folder_id))
        return log(portal, "folder", folder_id)

    @folders.get("/folder/<folder_id>")
    def folder(folder_id: str) -> Response:
        return wrap_success(folder_info(portal, query.readable_folder(portal, folder_id), address()))

    @folders.get("/folder/<folder_id>/path")
    def path(folder_id: str) -> Response:
        chain = portal.chain(query.readable_folder(portal, folder_id).id)
        return wrap_success([folder_info(portal, each, address()) for each in chain])

    @folders.get("/rooms")
    def rooms() -> Response:
        """List the active rooms, those whose title holds `filterValue` where it is sent.

        (`GetRoomsFolder` in the server's VirtualRoomsController.cs; facts on DocSpace, 4.6.)
        """
        if query.member("searchArea") not in {"", "Active"}:
            raise BadArgumentError("The stand-in lists active rooms only")
        title = query.member("filterValue").casefold()
        question = Question(
            portal.folder(ROOMS),
            order=parse_order(query.member("sortBy"), query.member("sortOrder")),
        )
        page = query.page()
        with portal.guard:
            entries = [
                each
                for each in listing.list_entries(question, query.reader())
                if title in each.title.casefold()
            ]
            return wrap_success(contents(portal, question.folder, entries, page, address()))

    @folders.get("/rooms/<room_id>")
    def room(room_id: str) -> Response:
        readable = query.readable_folder(portal, room_id)
        if readable.room_type is None:
            raise NotFoundError("The required room was not found")
        return wrap_success(folder_info(portal, readable, address()))

    return folders
