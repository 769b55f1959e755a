"""What comes before any page: the receiver's address, unusable addresses, security headers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import abort, request

from webhook.address import PATH

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

SECURITY_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
]
"""The strictest policy; a page that needs more sets its own."""


class Front:
    """WSGI middleware that hands DocSpace's deliveries to the receiver, and other requests to Flask.

    Flask's dispatch costs twice what receiving does. `rsgi_server`, which serves in production, hands over a
    signed delivery itself, without a thread. Without a receiver its address is not there. Each response gets
    the security headers that it has not set.
    """

    def __init__(self, app: WSGIApplication, receiver: WSGIApplication | None) -> None:
        self._app = app
        self._receiver = receiver

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start_with_headers(
            status: str, headers: list[tuple[str, str]], error: ExcInfo | None = None
        ) -> Any:
            present = {name for name, _ in headers}
            headers += [each for each in SECURITY_HEADERS if each[0] not in present]
            return start_response(status, headers, error) if error else start_response(status, headers)

        if self._receiver is not None and is_delivery(environ):
            return self._receiver(environ, start_with_headers)
        return self._app(environ, start_with_headers)


def is_delivery(environ: WSGIEnvironment) -> bool:
    """Return whether a request is for the receiver, and not for Flask."""
    return bool(environ["PATH_INFO"].rstrip("/") == PATH)


def refuse_nul() -> None:
    """Refuse an address that holds a NUL: none of ours does, and PostgreSQL accepts none in a text."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(HTTPStatus.BAD_REQUEST)
