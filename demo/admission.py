"""Checks of every REST call before it is answered: it is recorded, limited, may hit a fault, needs a key."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from demo.answers import wrap_failure
from demo.body_faults import spoil_body
from demo.errors import ForbiddenError
from demo.faults import Call
from demo.file_handler import FILE_HANDLER

if TYPE_CHECKING:
    from demo.portal import DemoPortal

Refusal = tuple[Response, int]
VERSION_PATH = "/api/2.0/settings/version/build"
"""What everyone may read: `AllowAnonymous` in the server's VersionController.cs."""


def guard_api(app: Flask, portal: DemoPortal) -> None:
    """Guard everything under `/api/`, and the handler that sends files.

    Each call is counted against the limits of its key's person, and recorded. Then it may hit a fault of
    `portal.faults`. Then it needs `Authorization: Bearer` with a key of the portal that has the scope. It
    acts as the key's person. The handler asks for no scope, and refuses a call without a key by itself.
    """

    @app.before_request
    def admit() -> Refusal | None:
        is_file = request.path == FILE_HANDLER
        if not is_file and not request.path.startswith("/api/"):
            return None
        call = Call(request.method, request.full_path.rstrip("?"), str(request.url_rule or ""))
        refusal = _refuse_over_limit(portal)
        portal.faults.note(call)
        refusal = refusal or _apply_fault(portal, call)
        if refusal is None and is_file:
            _recognize_key(portal)
            return None
        if refusal is None and request.path == VERSION_PATH:
            return None
        return refusal or _refuse_without_key(portal)

    @app.after_request
    def spoil(response: Response) -> Response:
        fault, released = g.pop("body_fault", (None, None))
        return response if fault is None else spoil_body(response, fault, released)

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        caller = g.pop("caller", None)
        if caller is not None:
            portal.meter.leave(caller, write=_writes())


def _refuse_over_limit(portal: DemoPortal) -> Refusal | None:
    holder = portal.key_holder(_key())
    caller = str(request.remote_addr) if holder is None else holder.id
    headers = portal.meter.enter(caller, write=_writes())
    if headers is None:
        g.caller = caller
        return None
    response, status = wrap_failure(429)
    response.headers.extend(dict(headers))
    return response, status


def _apply_fault(portal: DemoPortal, call: Call) -> Refusal | None:
    fault = portal.faults.take(call, send_keep_alive=_send_processing)
    if fault is not None and fault.body is not None:
        g.body_fault = (fault.body, portal.faults.released)
    if fault is not None and fault.drop:
        _close_connection()
    if fault is None or fault.status is None:
        return None
    response, status = wrap_failure(fault.status)
    response.headers.extend(dict(fault.headers))
    return response, status


def _refuse_without_key(portal: DemoPortal) -> Refusal | None:
    key = _key()
    holder = portal.key_holder(key)
    if holder is None:
        return wrap_failure(401)
    if not portal.key_permits(key, request.method, request.path):
        raise ForbiddenError("The API key does not have the scope for this")
    g.reader = holder
    return None


def _recognize_key(portal: DemoPortal) -> None:
    holder = portal.key_holder(_key())
    if holder is not None:
        g.reader = holder


def _key() -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key if scheme == "Bearer" else ""


def _writes() -> bool:
    return request.method not in {"GET", "HEAD"}


def _close_connection() -> None:
    """Close the connection under the server; a test client has none, and is answered as usual."""
    connection = _connection()
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)


def _send_processing() -> None:
    """Announce a later answer (RFC 9110, 15.2), which each client has to accept at any time."""
    connection = _connection()
    if connection is not None:
        with suppress(OSError):  # the caller has disconnected
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def _connection() -> socket.socket | None:
    connection = request.environ.get("werkzeug.socket")
    return connection if isinstance(connection, socket.socket) else None
