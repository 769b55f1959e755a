"""A mailed code that signs somebody in to a page of many reviews: the inbox, the history."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import request

from pages import asked
from pages.asker import this_asker
from pages.code_refusals import refuse
from pages.mailed_codes import NO_ADDRESS, WRONG, is_address, take
from reviews.language import _
from reviews.people.mailed_codes import NotNow, Way, WrongCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from reviews.people.mailed_codes import Codes

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page answers: it asks who somebody is, with a sentence; leads back to itself; lets them in."""

    asks: Callable[[str, HTTPStatus], AnyResponse]
    back: Callable[[], AnyResponse]
    lets_in: Callable[[], AnyResponse]


def add(blueprint: Blueprint, codes: Codes, path: str, page: Page) -> None:
    """Add to a page, at `path`, the two forms of a code that is for no review in particular."""

    @blueprint.post(f"{path}/code")
    def mail_code() -> AnyResponse:
        address = request.form.get("address", "").strip()
        if not is_address(address):
            return page.asks(_(NO_ADDRESS), HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            codes.ask(address, None, this_asker(address, way=Way.SIGN_IN))
        except NotNow as refusal:
            return refuse(refusal, page.asks)
        asked.note(address, at=codes.clock())
        return page.back()

    @blueprint.post(f"{path}/proof")
    def prove() -> AnyResponse:
        try:
            take(codes, request.form.get("code", ""), way=Way.SIGN_IN, now=codes.clock())
        except NotNow as refusal:
            return refuse(refusal, page.asks)
        except WrongCode:
            log.info("code_refused")
            return page.asks(_(WRONG), HTTPStatus.UNPROCESSABLE_ENTITY)
        return page.lets_in()

    @blueprint.get(f"{path}/code")
    @blueprint.get(f"{path}/proof")
    def back_from_codes() -> AnyResponse:
        """Lead a browser that opens a form's address anew, as after a restart, to the page itself."""
        return page.back()
