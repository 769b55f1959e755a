"""Visitors of the history page, and the pages for people who are not signed in."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect, render_template, request, session, url_for

from pages import pending_code, proven_identity
from pages.headers import add_safe_headers

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

    from reviews.identity import ProvenPerson

_WANTED_REVIEW_KEY = "wanted_review"
MAX_ID_LENGTH = 64  # of a review, in characters: a cookie holds 4 KB


@dataclass(frozen=True, kw_only=True)
class HistorySignInMethods:
    """How people can sign in here: `slack` is the command that gives a link, empty if there is none."""

    sign_in: bool = False
    slack: str = ""
    teams: bool = False
    codes: bool = False


def get_visitor(now: datetime) -> ProvenPerson | None:
    return proven_identity.get_proven_person(now=now, lifetime=proven_identity.READING_LIFETIME)


def ask_to_sign_in(
    sign_in_methods: HistorySignInMethods,
    *,
    now: datetime,
    sentence: str = "",
    status: HTTPStatus = HTTPStatus.UNAUTHORIZED,
) -> AnyResponse:
    """Ask the visitor to sign in, and remember which review they wanted."""
    review_id = (request.view_args or {}).get("review_id")
    if review_id is not None and len(review_id) <= MAX_ID_LENGTH:
        session[_WANTED_REVIEW_KEY] = review_id
    mailed_to = pending_code.get_address(now=now)
    return draw_page(
        "who.html",
        status=status,
        sign_in_methods=sign_in_methods,
        sentence=sentence,
        form=request.form,
        mailed_to=mailed_to,
    )


def redirect_to_wanted() -> AnyResponse:
    """Redirect a person who is signed in now to what they wanted."""
    review_id = session.pop(_WANTED_REVIEW_KEY, None)
    address = (
        url_for("history.show_review", review_id=review_id) if review_id else url_for("history.list_reviews")
    )
    return add_safe_headers(redirect(address, HTTPStatus.SEE_OTHER))


def has_wanted_review() -> bool:
    return _WANTED_REVIEW_KEY in session


def forget_wanted_review() -> None:
    session.pop(_WANTED_REVIEW_KEY, None)


def draw_page(template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> AnyResponse:
    return add_safe_headers(make_response(render_template(f"history/{template}", **values), status))
