"""A mailed code on the acknowledge page: asked for with an address, typed into the same browser."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import request

from pages import asked, browser, proven
from pages.visit import LONGEST_ADDRESS
from reviews.codes import WrongCode
from reviews.errors import FarSideError, in_words
from reviews.language import _, marked

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from pages.visit import Visit
    from reviews.codes import Codes

NO_ADDRESS = marked("Type your e-mail address, as in dana@example.com.")
NOT_SENT = marked(
    "No mail can be sent just now, so there is no code. Nothing was recorded; try again in a minute."
)
WRONG = marked(
    "This code does not count: it is not that of the newest mail, or older than 10 minutes, or was tried "
    "too often. Look again, or ask for a new one."
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")

log = structlog.get_logger()


def add(blueprint: Blueprint, codes: Codes, here: Callable[[], Visit]) -> None:
    """Add the two forms to the page's blueprint; `here` returns the visit that a request is."""

    @blueprint.post("/ack/<token>/code")
    def mail_code() -> AnyResponse:
        came, address = here(), request.form.get("address", "").strip()
        if not came.asks_for_proof:
            return came.go_on()
        if not is_address(address):
            return _say(came, NO_ADDRESS, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            codes.send(came.review, address, browser=browser.this_browser())
        except FarSideError as error:
            log.warning("code_not_mailed", review_id=came.review.id, reason=in_words(error))
            return _say(came, NOT_SENT, HTTPStatus.SERVICE_UNAVAILABLE)
        asked.note(address, at=came.now)
        return came.go_on()

    @blueprint.get("/ack/<token>/code")
    @blueprint.get("/ack/<token>/proof")
    def back_from_codes() -> AnyResponse:
        return here().anew()

    @blueprint.post("/ack/<token>/proof")
    def prove() -> AnyResponse:
        came = here()
        if not came.asks_for_proof:
            return came.go_on()
        try:
            take(codes, request.form.get("code", ""), now=came.now)
        except WrongCode:
            log.info("code_refused", review_id=came.review.id)
            return _say(came, WRONG, HTTPStatus.UNPROCESSABLE_ENTITY)
        return came.go_on()


def is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= LONGEST_ADDRESS


def take(codes: Codes, typed: str, *, now: datetime) -> None:
    """Keep in the session whom a code proves; raises `WrongCode`."""
    proven.keep(codes.prove(typed, browser=browser.this_browser()), at=now)
    asked.forget()
    browser.forget_browser()


def _say(came: Visit, sentence: str, status: HTTPStatus) -> AnyResponse:
    return came.answered_page(_(sentence), status, about_proof=True)
