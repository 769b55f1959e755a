"""How large a body may be at each address, and which headers it needs before it is read."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.datastructures import EnvironHeaders

from bot.slack import guard
from bot.teams import authorization
from pages.browser import LARGEST_FORM
from webhook import signature, views

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIEnvironment

    from werkzeug.datastructures import Headers

BODY_SECONDS = 10.0
"""The longest that a whole body may take to arrive."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """What is asked of a request before its body is read; `largest` is in bytes."""

    largest: int
    may_be_genuine: Callable[[Headers], bool]


DOORS = {
    views.PATH: Door(
        largest=views.LARGEST_BODY,
        may_be_genuine=lambda headers: signature.is_well_formed(headers.get(signature.HEADER)),
    ),
    "/slack/events": Door(
        largest=guard.LARGEST_BODY,
        may_be_genuine=lambda headers: (
            guard.is_well_formed(headers) and guard.is_recent(headers, now=time.time())
        ),
    ),
    "/teams/messages": Door(
        largest=authorization.LARGEST_BODY,
        may_be_genuine=lambda headers: authorization.brings_token(headers.get("Authorization", "")),
    ),
    "/teams/command": Door(
        largest=authorization.LARGEST_BODY,
        may_be_genuine=lambda headers: authorization.brings_digest(headers.get("Authorization", "")),
    ),
}
FORM = Door(largest=LARGEST_FORM, may_be_genuine=lambda _: True)


def limit(environ: WSGIEnvironment) -> int:
    """Return how many bytes of a request's body are worth reading; 0 where its headers decide already."""
    if environ["REQUEST_METHOD"] != "POST":
        return 0
    door = DOORS.get(environ["PATH_INFO"].rstrip("/"), FORM)
    if not door.may_be_genuine(EnvironHeaders(environ)):
        return 0
    length = environ.get("CONTENT_LENGTH", "0")
    return door.largest if len(length) < 10 and int(length) <= door.largest else 0
