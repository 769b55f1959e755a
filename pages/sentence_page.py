"""A page that says one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import make_response, render_template

from pages.headers import add_safe_headers

if TYPE_CHECKING:
    from http import HTTPStatus

    from werkzeug.wrappers import Response as AnyResponse


def draw_sentence_page(sentence: str, status: HTTPStatus) -> AnyResponse:
    return add_safe_headers(make_response(render_template("sentence.html", sentence=sentence), status))
