"""The endpoints about one file (facts on DocSpace, 4.2 and 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from demo import query
from demo.answers import address, wrap_success
from demo.audit_answers import log
from demo.dtos import edit_history, file_info
from demo.errors import BadArgumentError, ForbiddenError, NotFoundError
from demo.permission_checks import require_log_access, require_right

if TYPE_CHECKING:
    from demo.entries import PortalFile
    from demo.portal import DemoPortal


def create_files(portal: DemoPortal) -> Blueprint:
    files = Blueprint("files", __name__)

    @files.get("/file/<file_id>")
    def file(file_id: str) -> Response:
        found = query.readable_file(portal, file_id)
        wanted = query.member("version") or "-1"
        versions = {str(version.number): version for version in found.versions} | {"-1": found.current}
        if wanted not in versions:
            raise NotFoundError("The required file was not found")
        return wrap_success(file_info(portal, found, versions[wanted], address()))

    @files.get("/file/<file_id>/history")
    def history(file_id: str) -> Response:
        found = _permitted(portal, file_id, "ReadHistory")
        return wrap_success([file_info(portal, found, each, address()) for each in reversed(found.versions)])

    @files.get("/file/<file_id>/edit/history")
    def edits(file_id: str) -> Response:
        """Without what an open session has force-saved, and never of a connected storage's files.

        (`GetEditHistoryAsync` in the server's FileStorageService and its FileDao.)
        """
        found = _permitted(portal, file_id, "ReadHistory")
        shown = found.versions[:-1] if found.in_session else found.versions
        return wrap_success([edit_history(portal, found, each) for each in shown])

    @files.put("/file/<file_id>/comment")
    def comment(file_id: str) -> Response:
        number, text = _comment()
        found = _permitted(portal, file_id, "EditHistory")
        with portal.guard:
            _check_editable(found, number)
            kept = portal.comment(found.id, text, by=query.reader().id, version=number)
        return wrap_success(next(each.comment for each in kept.versions if each.number == number))

    @files.get("/file/<int:file_id>/log")
    def file_log(file_id: int) -> Response:
        require_log_access(portal, portal.file(file_id))
        return log(portal, "file", file_id)

    return files


def _permitted(portal: DemoPortal, file_id: str, right: str) -> PortalFile:
    """A missing file is forbidden here: the permission is checked on nothing (facts on DocSpace, 4.4).

    `GetFileHistoryAsync` and `GetEditHistoryAsync` ask for ReadHistory, `UpdateCommentAsync` for EditHistory.
    """
    try:
        return require_right(portal, portal.file(query.entry_id(file_id)), right)
    except NotFoundError as missing:
        raise ForbiddenError("You don't have enough permission to view the file") from missing


def _comment() -> tuple[int, str]:
    sent: Any = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("version", 0), int):
        raise BadArgumentError("The comment request is not valid")
    return sent.get("version", 0), str(sent.get("comment") or "")


def _check_editable(file: PortalFile, number: int) -> None:
    """Refuses as `UpdateCommentAsync` of the server does. A lock of one's own is no obstacle."""
    if all(each.number != number for each in file.versions):
        raise ForbiddenError("The required file was not found")
    if file.locked_by not in {None, query.reader().id}:
        raise ForbiddenError("The file is locked by another user")
