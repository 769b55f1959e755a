"""Headers of every page for the browser: no storing, no scripts, no framing, no referrer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    R = TypeVar("R", bound=Response)

_SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_OUR_SCRIPT = "; script-src 'self'; connect-src 'self'"


def add_safe_headers(response: R) -> R:
    response.headers.update(_SAFE)
    return response


def add_script_headers(response: R) -> R:
    """Also allow the page our own script, which may connect only to us."""
    add_safe_headers(response).headers["Content-Security-Policy"] += _OUR_SCRIPT
    return response
