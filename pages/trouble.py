"""The page that is shown where the database does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, make_response, render_template

from pages.headers import safe

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


def page_of_trouble() -> Response | None:
    """Return the page; `None` where the request was not for a page."""
    return safe(make_response(render_template("trouble.html"))) if "voice" in g else None
