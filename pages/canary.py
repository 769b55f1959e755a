"""Page of a test: anyone with its link may acknowledge it, since no person is recorded."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, g, make_response, redirect, render_template, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, page_language
from pages.headers import add_safe_headers
from pages.links import BadLink
from pages.sentence_page import draw_sentence_page
from reviews.language import _
from reviews.wording.durations import format_duration
from reviews.wording.placeholders import LINK_HOLDER

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.links import Links
    from reviews.monitoring.canaries import Canaries
    from reviews.ports.alarms import Canary

MAX_FORM_BYTES = 4 * 1024

log = structlog.get_logger()


def build_canary_page(canaries: Canaries, links: Links) -> Blueprint:
    """Return the blueprint of `/test/<token>`; it is used beside that of the acknowledge page."""
    blueprint = Blueprint("canary", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)

    @blueprint.url_value_preprocessor
    def arrive(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        """Read the link before the form, so that a request without one gets no information about forms."""
        if values and "token" in values:
            g.canary = links.read_test_token(values["token"])

    browser.protect_forms(blueprint)

    @blueprint.get("/test/<token>")
    def show(token: str) -> AnyResponse:
        return _draw_page(_require_canary(canaries.find(g.canary)), token)

    @blueprint.post("/test/<token>")
    def act(token: str) -> AnyResponse:
        canary = _require_canary(canaries.acknowledge(g.canary, acknowledged_by=LINK_HOLDER))
        log.info("canary_acknowledged", canary=canary.id)
        return add_safe_headers(redirect(url_for("canary.show", token=token), HTTPStatus.SEE_OTHER))

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        return draw_sentence_page(
            _("The page was open for too long: open the link again."), HTTPStatus.BAD_REQUEST
        )

    @blueprint.errorhandler(BadLink)
    def bad_link(_error: BadLink) -> AnyResponse:
        return draw_sentence_page(_("This link is not valid, or its test has ended."), HTTPStatus.NOT_FOUND)

    return blueprint


def _require_canary(canary: Canary | None) -> Canary:
    if canary is None:
        raise BadLink
    return canary


def _draw_page(canary: Canary, token: str) -> AnyResponse:
    after = canary.acknowledged_at and format_duration(canary.acknowledged_at - canary.sent_at)
    return add_safe_headers(
        make_response(render_template("canary.html", canary=canary, after=after, token=token))
    )
