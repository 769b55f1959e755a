"""Who looks at the history page, and the pages that somebody sees who is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect, render_template, request, session, url_for

from pages import asked, proven
from pages.headers import safe

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

    from reviews.proven_person import ProvenPerson

_WANTED = "wanted_review"
LONGEST_ID = 64  # of a review, in characters: a cookie holds 4 KB


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How people can sign in here: `slack` is the command that gives a link, empty where there is none."""

    sign_in: bool = False
    slack: str = ""
    teams: bool = False
    codes: bool = False


def known(now: datetime) -> ProvenPerson | None:
    return proven.kept(now=now, good_for=proven.READING)


def ask_in(
    ways: Ways, *, now: datetime, said: str = "", status: HTTPStatus = HTTPStatus.UNAUTHORIZED
) -> AnyResponse:
    """Ask somebody who they are, and keep in mind which review they came for."""
    wanted = (request.view_args or {}).get("review_id")
    if wanted is not None and len(wanted) <= LONGEST_ID:
        session[_WANTED] = wanted
    mailed_to = asked.address(now=now)
    return drawn("who.html", status=status, ways=ways, said=said, form=request.form, mailed_to=mailed_to)


def go_in() -> AnyResponse:
    """Send somebody who is known now to what they came for."""
    wanted = session.pop(_WANTED, None)
    address = url_for("history.whole", review_id=wanted) if wanted else url_for("history.found")
    return safe(redirect(address, HTTPStatus.SEE_OTHER))


def wanted_before() -> bool:
    return _WANTED in session


def forget_wanted() -> None:
    session.pop(_WANTED, None)


def drawn(template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> AnyResponse:
    return safe(make_response(render_template(f"history/{template}", **values), status))
