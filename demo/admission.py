"""What every call goes through before it is answered: it is noted, limited, may hit a fault, needs a key."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from demo.answers import failed
from demo.errors import ForbiddenError
from demo.faults import Call

if TYPE_CHECKING:
    from demo.portal import Portal

Refusal = tuple[Response, int]


def admit_to(app: Flask, portal: Portal) -> None:
    """Guards everything under `/api/`.

    Each call is counted against the limits of the person whose key it came with, and noted; then it may hit a
    fault of `portal.faults`; then it needs `Authorization: Bearer` with a key of the portal that has the
    scope. It acts as the key's person.
    """

    @app.before_request
    def admit() -> Refusal | None:
        if not request.path.startswith("/api/"):
            return None
        call = Call(request.method, request.full_path.rstrip("?"), str(request.url_rule or ""))
        refusal = _limited(portal)
        portal.faults.note(call)
        return refusal or _faulty(portal, call) or _keyless(portal)

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        caller = g.pop("caller", None)
        if caller is not None:
            portal.meter.leave(caller, write=_writes())


def _limited(portal: Portal) -> Refusal | None:
    holder = portal.key_holder(_key())
    caller = str(request.remote_addr) if holder is None else holder.id
    headers = portal.meter.enter(caller, write=_writes())
    if headers is None:
        g.caller = caller
        return None
    response, status = failed(429)
    response.headers.extend(dict(headers))
    return response, status


def _faulty(portal: Portal, call: Call) -> Refusal | None:
    fault = portal.faults.take(call, sign=_show_life)
    if fault is not None and fault.drop:
        _hang_up()
    if fault is None or fault.status is None:
        return None
    response, status = failed(fault.status)
    response.headers.extend(dict(fault.headers))
    return response, status


def _keyless(portal: Portal) -> Refusal | None:
    key = _key()
    holder = portal.key_holder(key)
    if holder is None:
        return failed(401)
    if not portal.key_permits(key, request.method, request.path):
        raise ForbiddenError("The API key does not have the scope for this")
    g.reader = holder
    return None


def _key() -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key if scheme == "Bearer" else ""


def _writes() -> bool:
    return request.method not in {"GET", "HEAD"}


def _hang_up() -> None:
    """Closes the connection under the server; a test client has none, and is answered as usual."""
    connection = _connection()
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)


def _show_life() -> None:
    """Says that the answer is still to come (RFC 9110, 15.2), which each client has to bear at any time."""
    connection = _connection()
    if connection is not None:
        with suppress(OSError):  # the caller has gone
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def _connection() -> socket.socket | None:
    connection = request.environ.get("werkzeug.socket")
    return connection if isinstance(connection, socket.socket) else None
