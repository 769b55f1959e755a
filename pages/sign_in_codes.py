"""A mailed code that signs somebody in to a page of many reviews: the inbox, the history."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import request

from pages import asked, browser
from pages.mailed_codes import NO_ADDRESS, NOT_SENT, WRONG, is_address, take
from reviews.codes import WrongCode
from reviews.errors import FarSideError, in_words
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from reviews.codes import Codes

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page answers: it asks who somebody is, with a sentence; leads back to itself; lets them in."""

    asks: Callable[[str, HTTPStatus], AnyResponse]
    back: Callable[[], AnyResponse]
    lets_in: Callable[[], AnyResponse]


def add(blueprint: Blueprint, codes: Codes, path: str, page: Page) -> None:
    """Add to a page, at `path`, the two forms of a code that is for no review in particular."""

    def refuse(sentence: str, status: HTTPStatus) -> AnyResponse:
        return page.asks(_(sentence), status)

    @blueprint.post(f"{path}/code")
    def mail_code() -> AnyResponse:
        address = request.form.get("address", "").strip()
        if not is_address(address):
            return refuse(NO_ADDRESS, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            codes.send_to_anybody(address, browser=browser.this_browser())
        except FarSideError as error:
            log.warning("code_not_mailed", reason=in_words(error))
            return refuse(NOT_SENT, HTTPStatus.SERVICE_UNAVAILABLE)
        asked.note(address, at=codes.clock())
        return page.back()

    @blueprint.post(f"{path}/proof")
    def prove() -> AnyResponse:
        try:
            take(codes, request.form.get("code", ""), now=codes.clock())
        except WrongCode:
            log.info("code_refused")
            return refuse(WRONG, HTTPStatus.UNPROCESSABLE_ENTITY)
        return page.lets_in()

    @blueprint.get(f"{path}/code")
    @blueprint.get(f"{path}/proof")
    def back_from_codes() -> AnyResponse:
        """Lead a browser that opens a form's address anew, as after a restart, to the page itself."""
        return page.back()
