"""Sign-in at the inbox: a mailed code, and "Not you?"."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect, url_for

from pages import proven_identity, sign_in_codes
from pages.headers import add_safe_headers
from pages.inbox_visit import draw_sign_in_page
from pages.sign_in_codes import CodePage

if TYPE_CHECKING:
    from flask import Blueprint, Response
    from werkzeug.wrappers import Response as AnyResponse

    from pages.inbox_visit import InboxServices

PUBLIC_ENDPOINTS = frozenset({"mail_code", "prove", "back_from_codes"})
"""Endpoints with forms for people who have not proven who they are."""


def add_sign_in(blueprint: Blueprint, services: InboxServices) -> None:
    """Add the available sign-in methods to the blueprint of the inbox."""

    @blueprint.post("/inbox/not-me")
    def not_me() -> AnyResponse:
        proven_identity.deny_person()
        return redirect_to_inbox()

    if services.codes is not None:
        page = CodePage(
            draw_page=partial(_draw_refusal, services),
            redirect_back=redirect_to_inbox,
            redirect_signed_in=redirect_to_inbox,
        )
        sign_in_codes.add_sign_in_codes(blueprint, services.codes, "/inbox", page)


def redirect_to_inbox() -> AnyResponse:
    return add_safe_headers(redirect(url_for("inbox.show"), HTTPStatus.SEE_OTHER))


def _draw_refusal(services: InboxServices, sentence: str, status: HTTPStatus) -> Response:
    return draw_sign_in_page(services, sentence=sentence, status=status)
