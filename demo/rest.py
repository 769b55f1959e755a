"""The REST side: the endpoints that enrichment reads (facts on DocSpace, 4)."""

from __future__ import annotations

import html
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, g, request

from demo.answers import address, failed, refused, wrapped
from demo.audit import ACTION_IDS
from demo.dtos import audited, edit_history, file_info, folder_info, profile
from demo.errors import BadArgumentError, ForbiddenError, NotFoundError, PortalError
from demo.faults import Call
from demo.management import create_management

if TYPE_CHECKING:
    from demo.entries import EntryId, File, Folder, Person
    from demo.portal import Portal
    from demo.sender import Sender

API = "/api/2.0"
Refusal = Response | tuple[Response, int]


def create_rest(portal: Portal, sender: Sender | None = None) -> Flask:
    """The portal's REST side; with a `sender`, the management of webhooks too.

    Every call under `/api/` is noted and may hit a fault of `portal.faults`, then needs
    `Authorization: Bearer` with a key of the portal. It acts as the key's person.
    """
    app = Flask("demo.rest")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(_files(portal), url_prefix=f"{API}/files")
    app.register_blueprint(_folders(portal), url_prefix=f"{API}/files")
    app.register_blueprint(_people(portal), url_prefix=f"{API}/people")
    if sender is not None:
        app.register_blueprint(create_management(sender), url_prefix=f"{API}/settings")
    app.register_error_handler(PortalError, refused)

    @app.before_request
    def admit() -> Refusal | None:
        return _admit(portal) if request.path.startswith("/api/") else None

    @app.get("/doceditor")
    def editor() -> str:
        file = portal.file(entry_id(request.args.get("fileid", "")))
        version = request.args.get("version", str(file.version))
        title = html.escape(file.title)
        return f"<!doctype html><title>{title}</title><h1>{title}</h1><p>Version {html.escape(version)}"

    return app


def entry_id(text: str) -> EntryId:
    """An id out of an address: digits are DocSpace's own, anything else is a connected storage's."""
    return int(text) if text.isascii() and text.isdigit() else text


def _admit(portal: Portal) -> Refusal | None:
    fault = portal.faults.take(Call(request.method, request.full_path.rstrip("?")))
    if fault is not None and fault.drop:
        _hang_up()
    if fault is not None and fault.status is not None:
        response, status = failed(fault.status)
        response.headers.extend(dict(fault.headers))
        return response, status
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    holder = portal.key_holder(key) if scheme == "Bearer" else None
    if holder is None:
        return failed(401)
    g.reader = holder
    return None


def _hang_up() -> None:
    """Closes the connection under the server; a test client has none, and is answered as usual."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)


def _reader() -> Person:
    reader: Person = g.reader
    return reader


def _file(portal: Portal, text: str) -> File:
    file = portal.file(entry_id(text))
    portal.check_readable(file, _reader())
    return file


def _folder(portal: Portal, text: str) -> Folder:
    folder = portal.folder(entry_id(text))
    portal.check_readable(folder, _reader())
    return folder


def _files(portal: Portal) -> Blueprint:
    files = Blueprint("files", __name__)

    @files.get("/file/<file_id>")
    def file(file_id: str) -> Response:
        found = _file(portal, file_id)
        asked = request.args.get("version", "-1")
        versions = {str(version.number): version for version in found.versions} | {"-1": found.current}
        if asked not in versions:
            raise NotFoundError("The required file was not found")
        return wrapped(file_info(portal, found, versions[asked], address()))

    @files.get("/file/<file_id>/history")
    def history(file_id: str) -> Response:
        try:
            found = _file(portal, file_id)
        except (
            NotFoundError
        ) as missing:  # the server checks the permission on nothing (facts on DocSpace, 4.4)
            raise ForbiddenError("You don't have enough permission to view the file") from missing
        return wrapped([file_info(portal, found, each, address()) for each in reversed(found.versions)])

    @files.get("/file/<file_id>/edit/history")
    def edits(file_id: str) -> Response:
        found = _file(portal, file_id)
        return wrapped([edit_history(portal, found, each, address()) for each in found.versions])

    @files.get("/file/<int:file_id>/log")
    def file_log(file_id: int) -> Response:
        return _log(portal, "file", file_id)

    return files


def _folders(portal: Portal) -> Blueprint:
    folders = Blueprint("folders", __name__)

    @folders.get("/folder/<int:folder_id>/log")
    def folder_log(folder_id: int) -> Response:
        return _log(portal, "folder", folder_id)

    @folders.get("/folder/<folder_id>")
    def folder(folder_id: str) -> Response:
        return wrapped(folder_info(portal, _folder(portal, folder_id), address()))

    @folders.get("/folder/<folder_id>/path")
    def path(folder_id: str) -> Response:
        chain = portal.chain(_folder(portal, folder_id).id)
        return wrapped([folder_info(portal, each, address()) for each in chain])

    @folders.get("/rooms/<room_id>")
    def room(room_id: str) -> Response:
        found = _folder(portal, room_id)
        if found.room_type is None:
            raise NotFoundError("The required room was not found")
        return wrapped(folder_info(portal, found, address()))

    return folders


def _people(portal: Portal) -> Blueprint:
    people = Blueprint("people", __name__)

    @people.get("/@self")
    def myself() -> Response:
        return wrapped(profile(portal, _reader(), address()))

    @people.get("/email")
    def by_email() -> Response:
        email = request.args.get("email", "").strip()
        if not email:
            raise BadArgumentError("The email is empty")
        return wrapped(profile(portal, portal.person_by_email(email), address()))

    @people.get("/<who>")
    def person(who: str) -> Response:
        return wrapped(profile(portal, portal.person(who), address()))

    return people


def _log(portal: Portal, kind: str, entry: int) -> Response:
    """Audited actions, newest first; `fromDate`, `toDate`, `count` up to 100 and `startIndex` narrow them."""
    since, until = _moment("fromDate"), _moment("toDate")
    with portal.guard:
        actions = [
            action
            for action in portal.audit.of(kind, entry)
            if (since is None or action.date >= since) and (until is None or action.date <= until)
        ]
    start = request.args.get("startIndex", 0, int)
    page = actions[start : start + min(request.args.get("count", 100, int), 100)]
    return wrapped(audited(portal, page, ACTION_IDS, address()), total=len(actions))


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadArgumentError(f"The value '{text}' is not valid for {name}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
