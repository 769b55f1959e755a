"""The receiver: raw bytes, signature, parse, one row, 2xx. Glue and nothing else."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from webhook.payload import NotAnObject, parse
from webhook.signature import HEADER, is_genuine, is_well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from reviews.model import ChangeEvent

PATH = "/docspace/webhook"
LARGEST_BODY = 256 * 1024

_SIGNATURE = f"HTTP_{HEADER.upper().replace('-', '_')}"

log = structlog.get_logger()


class StoreUnavailable(Exception):
    """The event could not be written down; DocSpace shall try again."""


class _Refused(Exception):
    """A request that is not taken, and what is said of it."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Receiver:
    """WSGI in front of the application: answers DocSpace itself and hands everything else on.

    It stands before Flask because Flask's dispatch costs twice what receiving does. Every answer is short:
    DocSpace stores it and shows it to the portal's admins. Never 410, which would delete the webhook, and
    never a redirect, which DocSpace does not follow (facts on DocSpace, 1.3, 1.5).
    """

    def __init__(
        self, app: WSGIApplication, receive: Callable[[ChangeEvent], bool], secrets: Sequence[str]
    ) -> None:
        """`receive` commits an event and tells whether it is new."""
        self._app = app
        self._receive = receive
        self._secrets = secrets

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].rstrip("/") != PATH:
            return self._app(environ, start_response)
        status, sentence = self._answer(environ)
        body = f"{sentence}\n".encode() if sentence else b""
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "HEAD, POST"))
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> tuple[HTTPStatus, str]:
        if environ["REQUEST_METHOD"] == "HEAD":
            return HTTPStatus.OK, ""
        try:
            event = self._verified(environ)
            new = self._receive(event)
        except _Refused as refusal:
            return refusal.status, refusal.sentence
        except StoreUnavailable as error:
            log.warning("event_not_stored", reason=str(error))
            return HTTPStatus.SERVICE_UNAVAILABLE, "The database is not available; please try again."
        except Exception:
            # The edge of the process: whatever it was, the event is not stored and has to come again.
            log.exception("receiver_failed")
            return HTTPStatus.SERVICE_UNAVAILABLE, "Something went wrong here; please try again."
        log.info("event_received", trigger=event.trigger, event_id=event.event_id, new=new)
        return (HTTPStatus.ACCEPTED, "Received.") if new else (HTTPStatus.OK, "Received before.")

    def _verified(self, environ: WSGIEnvironment) -> ChangeEvent:
        if environ["REQUEST_METHOD"] != "POST":
            raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED, "DocSpace's webhooks are sent by POST.")
        signature = environ.get(_SIGNATURE)
        # Before the body: whoever sends one slowly keeps a thread.
        if not is_well_formed(signature):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "The request is not signed.")
        body = _body(environ)
        if not is_genuine(body, signature, self._secrets):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "The signature does not match the body.")
        try:
            return parse(body)
        except NotAnObject as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, "The body is not a JSON object.") from error


def _body(environ: WSGIEnvironment) -> bytes:
    """Return the raw body; a chunked one tells only when it is read that it is too large."""
    too_large = _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 256 KiB.")
    length = environ.get("CONTENT_LENGTH", "")
    if length.isascii() and length.isdecimal() and len(length) < 10:
        if int(length) > LARGEST_BODY:
            raise too_large
        return bytes(environ["wsgi.input"].read(int(length)))
    try:
        body = get_input_stream(environ, max_content_length=LARGEST_BODY + 1).read()
    except RequestEntityTooLarge:
        raise too_large from None
    if len(body) > LARGEST_BODY:
        raise too_large
    return body
