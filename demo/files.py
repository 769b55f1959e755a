"""The endpoints about one file (facts on DocSpace, 4.2 and 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from demo import asked
from demo.answers import address, wrapped
from demo.audit_answers import log
from demo.dtos import edit_history, file_info
from demo.errors import BadArgumentError, ForbiddenError, NotFoundError
from demo.permitted import loggable, permit

if TYPE_CHECKING:
    from demo.entries import File
    from demo.portal import Portal


def create_files(portal: Portal) -> Blueprint:
    files = Blueprint("files", __name__)

    @files.get("/file/<file_id>")
    def file(file_id: str) -> Response:
        found = asked.readable_file(portal, file_id)
        wanted = asked.member("version") or "-1"
        versions = {str(version.number): version for version in found.versions} | {"-1": found.current}
        if wanted not in versions:
            raise NotFoundError("The required file was not found")
        return wrapped(file_info(portal, found, versions[wanted], address()))

    @files.get("/file/<file_id>/history")
    def history(file_id: str) -> Response:
        found = _permitted(portal, file_id, "ReadHistory")
        return wrapped([file_info(portal, found, each, address()) for each in reversed(found.versions)])

    @files.get("/file/<file_id>/edit/history")
    def edits(file_id: str) -> Response:
        """Without what an open session has force-saved, and never of a connected storage's files.

        (`GetEditHistoryAsync` in the server's FileStorageService and its FileDao.)
        """
        found = _permitted(portal, file_id, "ReadHistory")
        shown = found.versions[:-1] if found.in_session else found.versions
        return wrapped([edit_history(portal, found, each) for each in shown])

    @files.put("/file/<file_id>/comment")
    def comment(file_id: str) -> Response:
        number, text = _comment()
        found = _permitted(portal, file_id, "EditHistory")
        with portal.guard:
            _check_editable(found, number)
            kept = portal.comment(found.id, text, by=asked.reader().id, version=number)
        return wrapped(next(each.comment for each in kept.versions if each.number == number))

    @files.get("/file/<int:file_id>/log")
    def file_log(file_id: int) -> Response:
        loggable(portal, portal.file(file_id))
        return log(portal, "file", file_id)

    return files


def _permitted(portal: Portal, file_id: str, right: str) -> File:
    """A missing file is forbidden here: the permission is checked on nothing (facts on DocSpace, 4.4).

    `GetFileHistoryAsync` and `GetEditHistoryAsync` ask for ReadHistory, `UpdateCommentAsync` for EditHistory.
    """
    try:
        return permit(portal, portal.file(asked.entry_id(file_id)), right)
    except NotFoundError as missing:
        raise ForbiddenError("You don't have enough permission to view the file") from missing


def _comment() -> tuple[int, str]:
    sent: Any = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("version", 0), int):
        raise BadArgumentError("The comment request is not valid")
    return sent.get("version", 0), str(sent.get("comment") or "")


def _check_editable(file: File, number: int) -> None:
    """Refuses as `UpdateCommentAsync` of the server does. A lock of one's own is no obstacle."""
    if all(each.number != number for each in file.versions):
        raise ForbiddenError("The required file was not found")
    if file.locked_by not in {None, asked.reader().id}:
        raise ForbiddenError("The file is locked by another user")
