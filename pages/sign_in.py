"""Sign-in for the pages: to the issuer, and back to the page that one came from."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for

from pages import proven, spoken
from pages.headers import safe
from pages.links import BadLink, Links
from pages.oidc import NAME, IssuerAway, NoAddress, NotProven, Oidc, came_from
from reviews.language import _, marked
from reviews.model import Identity

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.wrappers import Response as AnyResponse

    from reviews.ports import Clock

MOST_UNDER_WAY = 3  # sign-ins of one browser: a cookie holds 4 KB

_AGAIN = marked("Nothing was recorded. Go back to the review and sign in again.")
_HOME_AGAIN = marked("Go back and sign in again.")

log = structlog.get_logger()


def sign_in(
    oidc: Oidc, links: Links, *, callback: str, clock: Clock, homes: Collection[str] = ()
) -> Blueprint:
    """Return the blueprint; `callback` is the full address of `/sign-in/callback` as the issuer knows it.

    `homes` are the pages, without the slash before them, to which people sign in without a review's link.
    """
    blueprint = Blueprint("sign_in", __name__, template_folder="templates")
    spoken.speak(blueprint)

    @blueprint.get("/sign-in/<token>")
    def start(token: str) -> AnyResponse:
        links.read(token)
        return _leave(oidc, callback, came_from=token)

    @blueprint.get("/sign-in/to/<home>")
    def start_home(home: str) -> AnyResponse:
        if home not in homes:
            abort(HTTPStatus.NOT_FOUND)
        return _leave(oidc, callback, came_from=f"/{home}")

    @blueprint.get("/sign-in/callback")
    def callback_() -> AnyResponse:
        token = came_from(request.args.get("state", ""), session)
        if token is None:
            log.info("sign_in_refused", reason="nobody was sent with this state")
            return _failed(_("This sign-in was not begun here, or it is over."), None, HTTPStatus.BAD_REQUEST)
        try:
            person = oidc.finish()
        except IssuerAway as error:
            return _away(error, token)
        except NotProven as error:
            log.info("sign_in_refused", reason=str(error))
            return _failed(_("The sign-in did not succeed."), token, HTTPStatus.FORBIDDEN)
        except NoAddress:
            log.info("sign_in_refused", reason="no verified address")
            return _failed(
                _(
                    "Your account shows no verified e-mail address, so nobody can tell whether you may "
                    "answer."
                ),
                token,
                HTTPStatus.FORBIDDEN,
            )
        now = clock()
        proof = {**person.proof, "signed_in_at": now.isoformat(timespec="seconds")}
        proven.keep(
            proven.Proven(identity=Identity.OIDC, name=person.name, email=person.email, proof=proof, at=now)
        )
        return safe(redirect(_back(token), HTTPStatus.SEE_OTHER))

    @blueprint.errorhandler(BadLink)
    def bad_link(_error: BadLink) -> AnyResponse:
        return _failed(_("The link that led here is not valid any more."), None, HTTPStatus.NOT_FOUND)

    return blueprint


def _leave(oidc: Oidc, callback: str, *, came_from: str) -> AnyResponse:
    """Send the browser to the issuer."""
    _make_room()
    try:
        return safe(redirect(oidc.begin(callback, came_from=came_from, choose=proven.is_somebody_else())))
    except IssuerAway as error:
        return _away(error, came_from)


def _back(came_from: str) -> str:
    """Return the path of the page that one came from: a review's, by its token, or a home by its own path."""
    return came_from if came_from.startswith("/") else url_for("pages.show", token=came_from)


def _make_room() -> None:
    """Forget all but the newest sign-ins that this browser has begun."""
    begun = [key for key in session if key.startswith(f"_state_{NAME}_")]
    for key in sorted(begun, key=lambda each: session[each]["exp"])[: -MOST_UNDER_WAY + 1]:
        session.pop(key)


def _away(error: IssuerAway, token: str) -> AnyResponse:
    log.warning("issuer_away", reason=str(error))
    return _failed(
        _("The sign-in service does not answer. Try again in a moment."),
        token,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )


def _failed(sentence: str, token: str | None, status: HTTPStatus) -> AnyResponse:
    is_home = token is not None and token.startswith("/")
    html = render_template(
        "sign_in_failed.html",
        sentence=sentence,
        again=_(_HOME_AGAIN if is_home else _AGAIN),
        back=_back(token) if token else None,
        is_home=is_home,
    )
    return safe(make_response(html, status))
