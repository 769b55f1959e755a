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

_WANTED_REVIEW_KEY, _WANTED_CAMPAIGN_KEY = "wanted_review", "wanted_campaign"
MAX_ID_LENGTH = 64  # of a review or campaign, in characters: a cookie holds 4 KB


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
    """Ask the visitor to sign in, and remember which campaign or review they wanted."""
    wanted = request.view_args or {}
    for key, name in ((_WANTED_CAMPAIGN_KEY, "campaign_id"), (_WANTED_REVIEW_KEY, "review_id")):
        if name in wanted and len(wanted[name]) <= MAX_ID_LENGTH:
            forget_wanted()
            session[key] = wanted[name]
            break
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
    address = url_for("history.list_reviews")
    if review_id := session.get(_WANTED_REVIEW_KEY):
        address = url_for("history.show_review", review_id=review_id)
    elif campaign_id := session.get(_WANTED_CAMPAIGN_KEY):
        address = url_for("campaigns.show_campaign", campaign_id=campaign_id)
    forget_wanted()
    return add_safe_headers(redirect(address, HTTPStatus.SEE_OTHER))


def has_wanted() -> bool:
    return _WANTED_REVIEW_KEY in session or _WANTED_CAMPAIGN_KEY in session


def forget_wanted() -> None:
    for key in (_WANTED_REVIEW_KEY, _WANTED_CAMPAIGN_KEY):
        session.pop(key, None)


def draw_page(template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> AnyResponse:
    return add_safe_headers(make_response(render_template(f"history/{template}", **values), status))
