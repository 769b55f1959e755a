"""Bodies that do not come as they should: cut, slow, without an end, or a page in place of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from flask import Response

_PIECE: Final = bytes(64 * 1024)
_PAGE: Final = "<!doctype html><title>Sign in</title><p>Sign in to your DocSpace.</p>"


@dataclass(frozen=True)
class Cut:
    """The connection ends after so many bytes; the head announces all of them."""

    after: int


@dataclass(frozen=True)
class Slow:
    """One byte, then a pause of so many seconds, and so on."""

    pause: float


@dataclass(frozen=True)
class Endless:
    """Zeros for ever, without a length."""


@dataclass(frozen=True)
class SignInPage:
    """The page on which people sign in, with status 200."""


BodyFault = Cut | Slow | Endless | SignInPage


def spoil_body(response: Response, fault: BodyFault, released: threading.Event) -> Response:
    """Return the response with its body spoiled until `released` is set."""
    body = response.get_data()
    if isinstance(fault, Cut):
        response.response = [body[: fault.after]]
    elif isinstance(fault, Slow):
        response.response = _drip(body, fault.pause, released)
    elif isinstance(fault, Endless):
        del response.headers["Content-Length"]
        response.headers["Transfer-Encoding"] = "chunked"
        response.response = _flood(released)
    else:
        response.set_data(_PAGE)
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        response.headers.pop("Content-Disposition", None)
    return response


def _drip(body: bytes, pause: float, released: threading.Event) -> Iterator[bytes]:
    for at in range(len(body)):
        if released.wait(pause):
            yield body[at:]
            return
        yield body[at : at + 1]


def _flood(released: threading.Event) -> Iterator[bytes]:
    """Yield chunks as HTTP/1.1 codes them (RFC 9112, 7.1), which clients also take from a 1.0 server."""
    while not released.is_set():
        yield b"%x\r\n%b\r\n" % (len(_PIECE), _PIECE)
