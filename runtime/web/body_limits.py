"""The size limit of a body at each address, and the headers required before it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.datastructures import EnvironHeaders

from bot.slack import request_checks
from bot.teams import authorization
from pages.browser import MAX_FORM_BYTES
from webhook import receiver, signature
from webhook.address import PATH

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIEnvironment

    from werkzeug.datastructures import Headers

BODY_SECONDS = 10.0
"""The longest that a whole body may take to arrive, in seconds."""


@dataclass(frozen=True, kw_only=True)
class BodyRule:
    """Requirements on a request before its body is read.

    `max_bytes` is in bytes; `may_be_genuine` gets the headers and the time, in seconds since 1970.
    """

    max_bytes: int
    may_be_genuine: Callable[[Headers, float], bool]


BODY_RULES = {
    PATH: BodyRule(
        max_bytes=receiver.MAX_BODY_BYTES,
        may_be_genuine=lambda headers, _now: signature.is_well_formed(headers.get(signature.HEADER)),
    ),
    "/slack/events": BodyRule(
        max_bytes=request_checks.MAX_BODY_BYTES,
        may_be_genuine=lambda headers, now: (
            request_checks.are_headers_well_formed(headers) and request_checks.is_recent(headers, now=now)
        ),
    ),
    "/teams/messages": BodyRule(
        max_bytes=authorization.MAX_BODY_BYTES,
        may_be_genuine=lambda headers, _now: authorization.has_token(headers.get("Authorization", "")),
    ),
    "/teams/command": BodyRule(
        max_bytes=authorization.MAX_BODY_BYTES,
        may_be_genuine=lambda headers, _now: authorization.has_digest(headers.get("Authorization", "")),
    ),
}
FORM = BodyRule(max_bytes=MAX_FORM_BYTES, may_be_genuine=lambda _headers, _now: True)


def get_body_limit(environ: WSGIEnvironment, *, now: float) -> int:
    """Return how many bytes of a request's body to read; 0 if its headers decide already."""
    if environ["REQUEST_METHOD"] != "POST":
        return 0
    rule = BODY_RULES.get(environ["PATH_INFO"].rstrip("/"), FORM)
    if not rule.may_be_genuine(EnvironHeaders(environ), now):
        return 0
    length = environ.get("CONTENT_LENGTH", "0")
    return rule.max_bytes if len(length) < 10 and int(length) <= rule.max_bytes else 0
