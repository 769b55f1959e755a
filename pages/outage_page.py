"""The page that is shown if the database does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, make_response, render_template

from pages.headers import add_safe_headers

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


def draw_outage_page() -> Response | None:
    """Return the page; `None` if the request was not for a page."""
    return add_safe_headers(make_response(render_template("trouble.html"))) if "voice" in g else None
