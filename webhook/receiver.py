"""The receiver: raw bytes, signature, parse, one row, 2xx. It has no other logic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from webhook.payload import NotAnObject, parse
from webhook.signature import HEADER, is_genuine, is_well_formed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIEnvironment

    from reviews.model import ChangeEvent

MAX_BODY_BYTES = 256 * 1024
RETRY_AFTER_SECONDS = 5
"""The retry delay for senders that respect it; DocSpace retries as it likes (facts on DocSpace, 1.5)."""

_SIGNATURE = f"HTTP_{HEADER.upper().replace('-', '_')}"

log = structlog.get_logger()


class StoreUnavailable(Exception):
    """The event could not be stored; DocSpace has to retry."""


class _RequestRefused(Exception):
    """A request that is refused, with the status and the sentence of the response."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True)
class ReceiverResponse:
    """The response to DocSpace: a status and a short sentence."""

    status: HTTPStatus
    sentence: str = ""

    @cached_property
    def body(self) -> bytes:
        return f"{self.sentence}\n".encode() if self.sentence else b""

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        length = ("Content-Length", str(len(self.body)))
        allow = [("Allow", "HEAD, POST")] if self.status is HTTPStatus.METHOD_NOT_ALLOWED else []
        retry_header = (
            [("Retry-After", str(RETRY_AFTER_SECONDS))]
            if self.status is HTTPStatus.SERVICE_UNAVAILABLE
            else []
        )
        return [("Content-Type", "text/plain; charset=utf-8"), length, *allow, *retry_header]


RECEIVED = ReceiverResponse(HTTPStatus.ACCEPTED, "Received.")
RECEIVED_BEFORE = ReceiverResponse(HTTPStatus.OK, "Received before.")


class Receiver:
    """WSGI application that answers DocSpace. Every response is short.

    DocSpace stores it and shows it to the portal's admins. Never 410, which would delete the webhook, and
    never a redirect, which DocSpace does not follow (facts on DocSpace, 1.3, 1.5).
    """

    def __init__(
        self,
        receive: Callable[[ChangeEvent], bool],
        secrets: Sequence[str],
        *,
        receive_async: Callable[[ChangeEvent], Awaitable[bool]],
    ) -> None:
        """`receive` commits an event and returns whether it is new; `receive_async` does so in a loop."""
        self._receive = receive
        self._receive_async = receive_async
        self._secrets = secrets

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self._answer(environ)
        start_response(f"{response.status.value} {response.status.phrase}", [*response.headers])
        return [response.body]

    async def answer_in_loop(self, environ: WSGIEnvironment) -> ReceiverResponse:
        """Return the response to a delivery with its body; no thread is taken while the event is stored."""
        try:
            event = self._verify_request(environ)
            return _respond_received(event, new=await self._receive_async(event))
        except Exception as error:  # noqa: BLE001 - the edge of the process, as below
            return _build_failure_response(error)

    def _answer(self, environ: WSGIEnvironment) -> ReceiverResponse:
        if environ["REQUEST_METHOD"] == "HEAD":
            return ReceiverResponse(HTTPStatus.OK)
        try:
            event = self._verify_request(environ)
            return _respond_received(event, new=self._receive(event))
        except Exception as error:  # noqa: BLE001 - the edge of the process: nothing is raised past it
            return _build_failure_response(error)

    def _verify_request(self, environ: WSGIEnvironment) -> ChangeEvent:
        if environ["REQUEST_METHOD"] != "POST":
            raise _RequestRefused(HTTPStatus.METHOD_NOT_ALLOWED, "DocSpace's webhooks are sent by POST.")
        signature = environ.get(_SIGNATURE)
        # Before the body: a slow sender holds a thread.
        if not is_well_formed(signature):
            raise _RequestRefused(HTTPStatus.UNAUTHORIZED, "The request is not signed.")
        body = _read_body(environ)
        if not is_genuine(body, signature, self._secrets):
            raise _RequestRefused(HTTPStatus.UNAUTHORIZED, "The signature does not match the body.")
        try:
            return parse(body)
        except NotAnObject as error:
            raise _RequestRefused(HTTPStatus.BAD_REQUEST, "The body is not a JSON object.") from error


def _respond_received(event: ChangeEvent, *, new: bool) -> ReceiverResponse:
    log.info("event_received", trigger=event.trigger, event_id=event.event_id, new=new)
    return RECEIVED if new else RECEIVED_BEFORE


def _build_failure_response(error: Exception) -> ReceiverResponse:
    """Return the response to a delivery that was not accepted. After any failure it has to come again."""
    if isinstance(error, _RequestRefused):
        log.info("delivery_refused", status=error.status.value, reason=error.sentence)
        return ReceiverResponse(error.status, error.sentence)
    if isinstance(error, StoreUnavailable):
        log.warning("event_not_stored", reason=str(error))
        sentence = "The database is not available; please try again."
        return ReceiverResponse(HTTPStatus.SERVICE_UNAVAILABLE, sentence)
    log.error("receiver_failed", exc_info=error)
    return ReceiverResponse(HTTPStatus.SERVICE_UNAVAILABLE, "Something went wrong here; please try again.")


def _read_body(environ: WSGIEnvironment) -> bytes:
    """Return the raw body; the size of a chunked one is only known after it is read."""
    too_large = _RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 256 KiB.")
    length = environ.get("CONTENT_LENGTH", "")
    if length.isascii() and length.isdecimal() and len(length) < 10:
        if int(length) > MAX_BODY_BYTES:
            raise too_large
        return bytes(environ["wsgi.input"].read(int(length)))
    try:
        body = get_input_stream(environ, max_content_length=MAX_BODY_BYTES + 1).read()
    except RequestEntityTooLarge:
        raise too_large from None
    if len(body) > MAX_BODY_BYTES:
        raise too_large
    return body
