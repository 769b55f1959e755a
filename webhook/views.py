"""The receiver: raw bytes, signature, parse, one row, 2xx. Glue and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from webhook.payload import NotAnObject, parse
from webhook.signature import HEADER, is_genuine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviews.model import ChangeEvent

LARGEST_BODY = 256 * 1024

log = structlog.get_logger()


class StoreUnavailable(Exception):
    """The event could not be written down; DocSpace shall try again."""


def receiver(receive: Callable[[ChangeEvent], bool], secrets: Sequence[str]) -> Blueprint:
    """Return the blueprint; `receive` commits an event and tells whether it is new.

    Every answer is short: DocSpace stores it and shows it to the portal's admins. Never 410, which would
    delete the webhook, and never a redirect, which DocSpace does not follow (facts on DocSpace, 1.3, 1.5).
    """
    blueprint = Blueprint("webhook", __name__)

    @blueprint.route("/docspace/webhook", methods=["HEAD", "POST"], strict_slashes=False)
    def deliver() -> Response:
        if request.method == "HEAD":
            return _plain("", 200)
        body = _body()
        if body is None:
            return _plain("The body is larger than 256 KiB.", 413)
        if not is_genuine(body, request.headers.get(HEADER), secrets):
            return _plain("The signature does not match the body.", 401)
        try:
            event = parse(body)
        except NotAnObject:
            return _plain("The body is not a JSON object.", 400)
        try:
            new = receive(event)
        except StoreUnavailable as error:
            log.warning("event_not_stored", reason=str(error), trigger=event.trigger)
            return _plain("The database is not available; please try again.", 503)
        log.info("event_received", trigger=event.trigger, event_id=event.event_id, new=new)
        return _plain("Received." if new else "Received before.", 202 if new else 200)

    return blueprint


def _body() -> bytes | None:
    """Return the raw body, or `None` if it is too large; a chunked one tells its size only when read."""
    request.max_content_length = LARGEST_BODY + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return None
    return body if len(body) <= LARGEST_BODY else None


def _plain(text: str, status: int) -> Response:
    return Response(f"{text}\n" if text else "", status, mimetype="text/plain")
