"""Mailed codes that sign a person in to a page of many reviews: the inbox, the history."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import request

from pages import pending_code
from pages.code_refusals import draw_code_refusal
from pages.code_requester import identify_requester
from pages.mailed_codes import INVALID_ADDRESS, WRONG_CODE, is_address, redeem_code
from reviews.language import _
from reviews.people.mailed_codes import CodeRequestMethod, WaitNeeded, WrongCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from reviews.people.mailed_codes import MailedCodes

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class CodePage:
    """Responses of a page: ask who a person is, with a sentence; lead back to the page; admit them."""

    draw_page: Callable[[str, HTTPStatus], AnyResponse]
    redirect_back: Callable[[], AnyResponse]
    redirect_signed_in: Callable[[], AnyResponse]


def add_sign_in_codes(blueprint: Blueprint, codes: MailedCodes, path: str, page: CodePage) -> None:
    """Add to a page, at `path`, the two forms of a code that is not for a particular review."""

    @blueprint.post(f"{path}/code")
    def mail_code() -> AnyResponse:
        address = request.form.get("address", "").strip()
        if not is_address(address):
            return page.draw_page(_(INVALID_ADDRESS), HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            codes.request_code(address, None, identify_requester(address, method=CodeRequestMethod.SIGN_IN))
        except WaitNeeded as refusal:
            return draw_code_refusal(refusal, page.draw_page)
        pending_code.remember_address(address, at=codes.clock())
        return page.redirect_back()

    @blueprint.post(f"{path}/proof")
    def prove() -> AnyResponse:
        try:
            redeem_code(
                codes, request.form.get("code", ""), method=CodeRequestMethod.SIGN_IN, now=codes.clock()
            )
        except WaitNeeded as refusal:
            return draw_code_refusal(refusal, page.draw_page)
        except WrongCode:
            log.info("code_refused")
            return page.draw_page(_(WRONG_CODE), HTTPStatus.UNPROCESSABLE_ENTITY)
        return page.redirect_signed_in()

    @blueprint.get(f"{path}/code")
    @blueprint.get(f"{path}/proof")
    def back_from_codes() -> AnyResponse:
        """Redirect a browser that reopens a form's address, as after a restart, to the page itself."""
        return page.redirect_back()
