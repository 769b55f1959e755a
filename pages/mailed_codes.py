"""Mailed codes on the acknowledge page: requested with an address, typed into the same browser."""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import request

from pages import browser, pending_code, proven_identity, recognized_browsers
from pages.code_refusals import draw_code_refusal
from pages.code_requester import identify_requester
from pages.review_visit import MAX_ADDRESS_LENGTH
from reviews.language import _, gettext_noop
from reviews.people.mailed_codes import CodeRequestMethod, WaitNeeded, WrongCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from pages.review_visit import ReviewVisit
    from reviews.people.mailed_codes import MailedCodes

INVALID_ADDRESS = gettext_noop("Type your e-mail address, as in dana@example.com.")
WRONG_CODE = gettext_noop(
    "This code is not valid: it is not from the newest mail, is older than 10 minutes, or was "
    "tried too often. Check it, or request a new one."
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")

log = structlog.get_logger()


def add_code_forms(blueprint: Blueprint, codes: MailedCodes, get_visit: Callable[[], ReviewVisit]) -> None:
    """Add the two forms to the page's blueprint; `get_visit` returns the visit of a request."""

    @blueprint.post("/ack/<token>/code")
    def mail_code() -> AnyResponse:
        visit, address = get_visit(), request.form.get("address", "").strip()
        if not visit.asks_for_proof:
            return visit.redirect_or_draw()
        if not is_address(address):
            return _draw_proof_sentence(visit, _(INVALID_ADDRESS), HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            codes.request_code(
                address, visit.review, identify_requester(address, method=CodeRequestMethod.LINK)
            )
        except WaitNeeded as refusal:
            return draw_code_refusal(refusal, partial(_draw_proof_sentence, visit))
        pending_code.remember_address(address, at=visit.now)
        return visit.redirect_or_draw()

    @blueprint.get("/ack/<token>/code")
    @blueprint.get("/ack/<token>/proof")
    def back_from_codes() -> AnyResponse:
        return get_visit().redirect_to_page()

    @blueprint.post("/ack/<token>/proof")
    def prove() -> AnyResponse:
        visit = get_visit()
        if not visit.asks_for_proof:
            return visit.redirect_or_draw()
        try:
            redeem_code(codes, request.form.get("code", ""), method=CodeRequestMethod.LINK, now=visit.now)
        except WaitNeeded as refusal:
            return draw_code_refusal(refusal, partial(_draw_proof_sentence, visit))
        except WrongCode:
            log.info("code_refused", review_id=visit.review.id)
            return _draw_proof_sentence(visit, _(WRONG_CODE), HTTPStatus.UNPROCESSABLE_ENTITY)
        return visit.redirect_or_draw()


def is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= MAX_ADDRESS_LENGTH


def redeem_code(codes: MailedCodes, code: str, *, method: CodeRequestMethod, now: datetime) -> None:
    """Store in the session the person that a code proves; raises `WrongCode` and `TooManyGuesses`."""
    person = codes.verify_code(
        code, identify_requester(pending_code.get_address(now=now) or "", method=method)
    )
    proven_identity.remember_person(person, at=now)
    recognized_browsers.remember_address(person.email or "")
    pending_code.forget_address()
    browser.forget_browser()


def _draw_proof_sentence(visit: ReviewVisit, sentence: str, status: HTTPStatus) -> AnyResponse:
    return visit.draw_answered_page(sentence, status, about_proof=True)
