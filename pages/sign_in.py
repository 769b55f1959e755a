"""Sign-in for the pages: to the issuer, and back to the page that one came from."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, proven, spoken
from pages.headers import safe
from pages.links import BadLink, Links
from pages.oidc import NAME, IssuerAway, NoAddress, NotProven, Oidc, came_from
from reviews.identity import Identity
from reviews.language import _, marked

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

    from reviews.clock import Clock
    from reviews.people.identification import Identification
    from reviews.proven_person import ProvenPerson

MOST_UNDER_WAY = 3  # sign-ins of one browser: a cookie holds 4 KB

CHANGED_THEIR_MIND = "access_denied"  # RFC 6749, 4.1.2.1: the person's answer, where others are the issuer's
_AGAIN = marked("Nothing was recorded. Go back to the review and sign in again.")
_HOME_AGAIN = marked("Go back and sign in again.")

log = structlog.get_logger()


def sign_in(
    oidc: Oidc,
    links: Links,
    identification: Identification,
    *,
    callback: str,
    clock: Clock,
    homes: Collection[str] = (),
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
            return _over()
        return _come_back(oidc, identification, clock, came_from=token)

    _add_as_before(blueprint, clock)

    @blueprint.errorhandler(BadLink)
    def bad_link(_error: BadLink) -> AnyResponse:
        return _failed(_("The link that led here is not valid any more."), None, HTTPStatus.NOT_FOUND)

    return blueprint


def _add_as_before(blueprint: Blueprint, clock: Clock) -> None:
    """Let in who was held back, and says now that it is they."""

    @blueprint.post("/sign-in/as-before")
    def as_before() -> AnyResponse:
        browser.forms.protect()
        came_from = proven.keep_held(now=clock())
        if came_from is None:
            return _over()
        return safe(redirect(_back(came_from), HTTPStatus.SEE_OTHER))

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        return _over()


def _come_back(oidc: Oidc, identification: Identification, clock: Clock, *, came_from: str) -> AnyResponse:
    """Take the word of the issuer, to which somebody was sent from here."""
    try:
        signed_in = oidc.finish()
    except IssuerAway as error:
        return _away(error, came_from)
    except NotProven as error:
        log.info("sign_in_refused", reason=str(error))
        if request.args.get("error", CHANGED_THEIR_MIND) != CHANGED_THEIR_MIND:
            proven.note_refusal()
        return _failed(_("The sign-in did not succeed."), came_from, HTTPStatus.FORBIDDEN)
    except NoAddress:
        log.info("sign_in_refused", reason="no verified address")
        sentence = _(
            "Your account shows no verified e-mail address, so nobody can tell whether you may answer."
        )
        return _failed(sentence, came_from, HTTPStatus.FORBIDDEN)
    now = clock()
    proof = {**signed_in.proof, "signed_in_at": now.isoformat(timespec="seconds")}
    person = identification.from_address(
        signed_in.email, name=signed_in.name, identity=Identity.OIDC, proof=proof
    )
    return _let_in(oidc, person, now=now, came_from=came_from)


def _let_in(oidc: Oidc, who: ProvenPerson, *, now: datetime, came_from: str) -> AnyResponse:
    """Let somebody in, unless it is who said that they are somebody else: then ask."""
    wish = proven.somebody_else()
    if wish is None or not wish.excludes(who):
        proven.keep(who, at=now)
        return safe(redirect(_back(came_from), HTTPStatus.SEE_OTHER))
    log.info("signed_in_again", identity=who.identity)
    proven.hold(who, at=now, came_from=came_from)
    html = render_template(
        "signed_in_again.html",
        who=who,
        sign_out=oidc.sign_out_address,
        again=_begin(came_from),
        back=_back(came_from),
    )
    return safe(make_response(html, HTTPStatus.CONFLICT))


def _begin(came_from: str) -> str:
    """Return the path at which a sign-in begins that leads back to the page one came from."""
    if came_from.startswith("/"):
        return url_for("sign_in.start_home", home=came_from.removeprefix("/"))
    return url_for("sign_in.start", token=came_from)


def _leave(oidc: Oidc, callback: str, *, came_from: str) -> AnyResponse:
    """Send the browser to the issuer."""
    _make_room()
    wish = proven.somebody_else()
    choose = wish is not None and not wish.is_refused
    try:
        return safe(redirect(oidc.begin(callback, came_from=came_from, choose=choose)))
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


def _over() -> AnyResponse:
    return _failed(_("This sign-in was not begun here, or it is over."), None, HTTPStatus.BAD_REQUEST)


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
