"""The handler that sends files, outside of the API (facts on DocSpace, 10.7).

As `FileHandlerService` in the server's FileHandler.ashx.cs. The stand-in answers no ranges and no links, and
converts nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, Response, g

from demo import query
from demo.answers import wrap_failure
from demo.errors import NotFoundError
from demo.payloads import extension
from demo.rights import has_right

if TYPE_CHECKING:
    from demo.entries import PortalFile, PortalPerson, Version
    from demo.portal import DemoPortal

    Answer = Response | tuple[Response, int]

FILE_HANDLER: Final = "/filehandler.ashx"

_DENIED: Final = "You don't have enough permission to perform the operation"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES: Final = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".html": "text/html",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".txt": "text/plain",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}


def create_file_handler(portal: DemoPortal) -> Blueprint:
    handler = Blueprint("file_handler", __name__)

    @handler.get(FILE_HANDLER)
    def send() -> Answer:
        action, reader = query.member("action").lower(), g.get("reader")
        if action == "stream":
            return _stream(portal, reader)
        if action == "download":
            return _download(portal, reader)
        return wrap_failure(400)

    return handler


def _stream(portal: DemoPortal, reader: PortalPerson | None) -> Response:
    """Send a version and leave no trace. Without sign-in it is 403 (`StreamFileAsync`)."""
    if reader is None:
        return Response(_DENIED, status=403)
    with portal.guard:
        return _refuse(portal, reader) or _send(*_find_version(portal))


def _download(portal: DemoPortal, reader: PortalPerson | None) -> Response:
    """Send a version as the browser fetches it, which is an event (`DownloadFile`)."""
    with portal.guard:
        refusal = _refuse(portal, reader)
        if refusal is not None or reader is None:
            return refusal or Response(status=403)
        file, version = _find_version(portal)
        room = portal.room(file)
        if query.member("outputtype") or (room is not None and room.watermark):
            return Response("The stand-in converts nothing", status=400, mimetype="text/html")
        portal.download(file.id, by=reader.id)
        return _send(file, version)


def _refuse(portal: DemoPortal, reader: PortalPerson | None) -> Response | None:
    """Return the refusal of a call, without a body: what is missing comes before what is forbidden."""
    try:
        file, _ = _find_version(portal)
    except NotFoundError:
        return Response(status=404)
    if reader is None or not has_right(portal, file, reader, "Download"):
        return Response(status=403)
    return None


def _find_version(portal: DemoPortal) -> tuple[PortalFile, Version]:
    """Return the version of the address, and the current one if there is no number above 0.

    A connected storage has only one (`GetFileAsync` of the server's ThirdPartyFileDao ignores the number).
    """
    file = portal.file(query.entry_id(query.member("fileid")))
    text = query.member("version")
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number == 0 or file.provider_id:
        return file, file.current
    for version in file.versions:
        if version.number == number:
            return file, version
    raise NotFoundError("The required file was not found")


def _send(file: PortalFile, version: Version) -> Response:
    """Send all bytes (`SendStreamByChunksAsync`)."""
    response = Response(version.content.read())
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.title, safe='')}"
    response.headers["Content-Type"] = _MEDIA_TYPES.get(extension(file.title), "application/octet-stream")
    return response
