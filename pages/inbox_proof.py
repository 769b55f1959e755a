"""How people show at the inbox who they are: a mailed code, and "Not you?"."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect, url_for

from pages import proven, sign_in_codes
from pages.headers import safe
from pages.inbox_visit import sign_in_page
from pages.sign_in_codes import Page

if TYPE_CHECKING:
    from flask import Blueprint, Response
    from werkzeug.wrappers import Response as AnyResponse

    from pages.inbox_visit import Desk

OPEN_TO_ALL = frozenset({"mail_code", "prove", "back_from_codes"})
"""Whose forms are for those who have not shown yet who they are."""


def add(blueprint: Blueprint, desk: Desk) -> None:
    """Add the ways that there are to the blueprint of the inbox."""

    @blueprint.post("/inbox/not-me")
    def not_me() -> AnyResponse:
        proven.deny()
        return to_inbox()

    if desk.codes is not None:
        page = Page(asks=partial(_refuse, desk), back=to_inbox, lets_in=to_inbox)
        sign_in_codes.add(blueprint, desk.codes, "/inbox", page)


def to_inbox() -> AnyResponse:
    return safe(redirect(url_for("inbox.show"), HTTPStatus.SEE_OTHER))


def _refuse(desk: Desk, said: str, status: HTTPStatus) -> Response:
    return sign_in_page(desk, said=said, status=status)
