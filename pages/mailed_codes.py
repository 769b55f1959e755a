"""A mailed code on the acknowledge page: asked for with an address, typed into the same browser."""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import request

from pages import asked, browser, familiar, proven
from pages.asker import this_asker
from pages.code_refusals import refuse
from pages.visit import LONGEST_ADDRESS
from reviews.language import _, marked
from reviews.people.mailed_codes import NotNow, Way, WrongCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from pages.visit import Visit
    from reviews.people.mailed_codes import Codes

NO_ADDRESS = marked("Type your e-mail address, as in dana@example.com.")
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
            return _say(came, _(NO_ADDRESS), HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            codes.ask(address, came.review, this_asker(address, way=Way.LINK))
        except NotNow as refusal:
            return refuse(refusal, partial(_say, came))
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
            take(codes, request.form.get("code", ""), way=Way.LINK, now=came.now)
        except NotNow as refusal:
            return refuse(refusal, partial(_say, came))
        except WrongCode:
            log.info("code_refused", review_id=came.review.id)
            return _say(came, _(WRONG), HTTPStatus.UNPROCESSABLE_ENTITY)
        return came.go_on()


def is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= LONGEST_ADDRESS


def take(codes: Codes, typed: str, *, way: Way, now: datetime) -> None:
    """Keep in the session whom a code proves; raises `WrongCode` and `TooManyGuesses`."""
    person = codes.prove(typed, this_asker(asked.address(now=now) or "", way=way))
    proven.keep(person, at=now)
    familiar.remember(person.email or "")
    asked.forget()
    browser.forget_browser()


def _say(came: Visit, sentence: str, status: HTTPStatus) -> AnyResponse:
    return came.answered_page(sentence, status, about_proof=True)
