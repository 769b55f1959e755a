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
        readable = query.readable_file(portal, file_id)
        version_number = query.member("version") or "-1"
        versions = {str(version.number): version for version in readable.versions} | {"-1": readable.current}
        if version_number not in versions:
            raise NotFoundError("The required file was not found")
        return wrap_success(file_info(portal, readable, versions[version_number], address()))

    @files.get("/file/<file_id>/history")
    def history(file_id: str) -> Response:
        readable = _require_file_right(portal, file_id, "ReadHistory")
        return wrap_success(
            [file_info(portal, readable, each, address()) for each in reversed(readable.versions)]
        )

    @files.get("/file/<file_id>/edit/history")
    def edits(file_id: str) -> Response:
        """Omit what an open session has force-saved; connected storages have no edit history.

        (`GetEditHistoryAsync` in the server's FileStorageService and its FileDao.)
        """
        readable = _require_file_right(portal, file_id, "ReadHistory")
        shown = readable.versions[:-1] if readable.in_session else readable.versions
        return wrap_success([edit_history(portal, readable, each) for each in shown])

    @files.put("/file/<file_id>/comment")
    def comment(file_id: str) -> Response:
        number, text = _comment()
        readable = _require_file_right(portal, file_id, "EditHistory")
        with portal.guard:
            _check_editable(readable, number)
            new_file = portal.comment(readable.id, text, by=query.reader().id, version=number)
        return wrap_success(next(each.comment for each in new_file.versions if each.number == number))

    @files.get("/file/<int:file_id>/log")
    def file_log(file_id: int) -> Response:
        require_log_access(portal, portal.file(file_id))
        return log(portal, "file", file_id)

    return files


def _require_file_right(portal: DemoPortal, file_id: str, right: str) -> PortalFile:
    """Return a file if the reader has the right. A missing file is forbidden (facts on DocSpace, 4.4).

    The permission is checked on nothing: `GetFileHistoryAsync` and `GetEditHistoryAsync` require ReadHistory,
    `UpdateCommentAsync` requires EditHistory.
    """
    try:
        return require_right(portal, portal.file(query.entry_id(file_id)), right)
    except NotFoundError as missing:
        raise ForbiddenError("You don't have enough permission to view the file") from missing


def _comment() -> tuple[int, str]:
    payload: Any = request.get_json(silent=True)
    if not isinstance(payload, dict) or not isinstance(payload.get("version", 0), int):
        raise BadArgumentError("The comment request is not valid")
    return payload.get("version", 0), str(payload.get("comment") or "")


def _check_editable(file: PortalFile, number: int) -> None:
    """Refuse as `UpdateCommentAsync` of the server does. The reader's own lock is allowed."""
    if all(each.number != number for each in file.versions):
        raise ForbiddenError("The required file was not found")
    if file.locked_by not in {None, query.reader().id}:
        raise ForbiddenError("The file is locked by another user")
