"""What a response of DocSpace means: its body within limits, or one of `docspace.errors`."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from docspace import errors
from docspace.errors import KEY_REFUSED
from docspace.limits import ANSWER_SECONDS, MAX_ANSWER_BYTES
from reviews.backoff import parse_retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

MAX_REASON_LENGTH = 500
_PIECE = 64 * 1024

# 4xx that means "not now" and not "never".
_RETRYABLE_STATUSES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY})


def iterate_pieces(response: requests.Response, *, decode: bool) -> Iterator[bytes]:
    """Yield a body as it comes in, so that the time can be checked between two pieces.

    `iter_content` of requests waits until a piece is full, which takes hours if a byte comes each second.
    """
    while piece := response.raw.read1(_PIECE, decode_content=decode):
        yield piece


def read_body(
    response: requests.Response, *, max_bytes: int = MAX_ANSWER_BYTES, seconds: float = ANSWER_SECONDS
) -> bytearray:
    """Return the body; a portal that sends too slowly or without an end counts as not answering."""
    deadline = time.monotonic() + seconds
    body = bytearray()
    for piece in iterate_pieces(response, decode=True):
        body += piece
        if len(body) > max_bytes:
            raise errors.Unavailable(f"DocSpace's answer is too large: more than {max_bytes // 2**20} MiB")
        if time.monotonic() > deadline:
            raise errors.Unavailable(f"DocSpace's answer takes too long: more than {seconds:.0f} s")
    return body


def raise_for_status(response: requests.Response) -> None:
    """Raise the error that a status means (facts on DocSpace, 4.1); return after 200."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise errors.Redirected(f"DocSpace answered {status}", address=_read_target(response))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise errors.Throttled("DocSpace asks to slow down (429)", retry_after=_read_retry_seconds(response))
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED}:
        raise errors.KeyRefused(f"{KEY_REFUSED} ({status}): check DOCSPACE_API_KEY")
    if status == HTTPStatus.FORBIDDEN:
        raise errors.Forbidden("the API key's user may not see this (403)")
    if status == HTTPStatus.NOT_FOUND:
        raise errors.NotFound("DocSpace does not know this (404)")
    if (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status not in _RETRYABLE_STATUSES
    ):
        raise errors.BadRequest(
            f"DocSpace does not take the request ({status})", reason=_read_reason(response)
        )
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise errors.ServerFailed(f"DocSpace answered {status}")
    raise errors.Unavailable(f"DocSpace answered {status}")


def _read_target(response: requests.Response) -> str:
    """Return scheme and host of where a redirect leads to; empty if it is no web address."""
    location = response.headers.get("Location", "")
    try:
        target = urlsplit(urljoin(response.url, location) if location else "")
    except ValueError:
        return ""
    is_web = target.scheme in {"http", "https"} and target.hostname and "@" not in target.netloc
    return f"{target.scheme}://{target.netloc}" if is_web else ""


def _read_reason(response: requests.Response) -> str:
    """Return the sentence of a refusal, without the stack that comes with it."""
    try:
        sentence = json.loads(read_body(response))["error"]["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return sentence[:MAX_REASON_LENGTH] if isinstance(sentence, str) else ""


def _read_retry_seconds(response: requests.Response) -> float:
    """Return `Retry-After` in seconds; a date or an invalid value counts as a minute."""
    return parse_retry_after(response.headers.get("Retry-After", ""), default=60.0)
