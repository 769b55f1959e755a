"""Sign-in for the pages: to the issuer, and back to the page that it started from."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, page_language, proven_identity
from pages.headers import add_safe_headers
from pages.links import BadLink, Links
from pages.oidc import CLIENT_NAME, IssuerAway, NoAddress, NotProven, Oidc, find_return_path
from reviews.identity import Identity
from reviews.language import _, gettext_noop

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.people.identification import Identification

MAX_PENDING_SIGN_INS = 3  # sign-ins of one browser: a cookie holds 4 KB

ACCESS_DENIED = "access_denied"  # RFC 6749, 4.1.2.1: the person's answer; other errors are the issuer's
_SIGN_IN_AGAIN_AT_REVIEW = gettext_noop("Nothing was recorded. Go back to the review and sign in again.")
_SIGN_IN_AGAIN_AT_HOME = gettext_noop("Go back and sign in again.")

log = structlog.get_logger()


def sign_in_blueprint(
    oidc: Oidc,
    links: Links,
    identification: Identification,
    *,
    callback: str,
    clock: Clock,
    home_pages: Collection[str] = (),
) -> Blueprint:
    """Return the blueprint; `callback` is the full address of `/sign-in/callback` known to the issuer.

    `home_pages` are the pages, without the slash before them, to which people sign in without a review's
    link.
    """
    blueprint = Blueprint("sign_in", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)

    @blueprint.get("/sign-in/<token>")
    def start(token: str) -> AnyResponse:
        links.read_token(token)
        return _redirect_to_issuer(oidc, callback, came_from=token)

    @blueprint.get("/sign-in/to/<home>")
    def start_home(home: str) -> AnyResponse:
        if home not in home_pages:
            abort(HTTPStatus.NOT_FOUND)
        return _redirect_to_issuer(oidc, callback, came_from=f"/{home}")

    @blueprint.get("/sign-in/callback")
    def finish() -> AnyResponse:
        token = find_return_path(request.args.get("state", ""), session)
        if token is None:
            log.info("sign_in_refused", reason="no sign-in was started with this state")
            return _draw_expired_page()
        return _finish_sign_in(oidc, identification, clock, came_from=token)

    _add_held_sign_in(blueprint, clock)

    @blueprint.errorhandler(BadLink)
    def bad_link(_error: BadLink) -> AnyResponse:
        return _draw_failure(_("The link that you opened is no longer valid."), None, HTTPStatus.NOT_FOUND)

    return blueprint


def _add_held_sign_in(blueprint: Blueprint, clock: Clock) -> None:
    """Accept the held person, who now confirms that it is they."""

    @blueprint.post("/sign-in/as-before")
    def continue_as_before() -> AnyResponse:
        browser.forms.protect()
        came_from = proven_identity.accept_held_person(now=clock())
        if came_from is None:
            return _draw_expired_page()
        return add_safe_headers(redirect(_make_return_path(came_from), HTTPStatus.SEE_OTHER))

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        return _draw_expired_page()


def _finish_sign_in(
    oidc: Oidc, identification: Identification, clock: Clock, *, came_from: str
) -> AnyResponse:
    """Finish a sign-in that was started here, with the issuer's response."""
    try:
        signed_in = oidc.finish_sign_in()
    except IssuerAway as error:
        return _draw_issuer_unavailable(error, came_from)
    except NotProven as error:
        log.info("sign_in_refused", reason=str(error))
        if request.args.get("error", ACCESS_DENIED) != ACCESS_DENIED:
            proven_identity.remember_prompt_refusal()
        return _draw_failure(_("The sign-in failed."), came_from, HTTPStatus.FORBIDDEN)
    except NoAddress:
        log.info("sign_in_refused", reason="no verified address")
        sentence = _(
            "Your account has no verified e-mail address, so this app doesn't know whether you may answer."
        )
        return _draw_failure(sentence, came_from, HTTPStatus.FORBIDDEN)
    now = clock()
    proof = {**signed_in.proof, "signed_in_at": now.isoformat(timespec="seconds")}
    person = identification.identify_address(
        signed_in.email, name=signed_in.name, identity=Identity.OIDC, proof=proof
    )
    return _admit_person(oidc, person, now=now, came_from=came_from)


def _admit_person(oidc: Oidc, person: ProvenPerson, *, now: datetime, came_from: str) -> AnyResponse:
    """Sign a person in; if they said that they are another person, ask first."""
    other = proven_identity.get_other_person_request()
    if other is None or not other.is_excluded(person):
        proven_identity.remember_person(person, at=now)
        return add_safe_headers(redirect(_make_return_path(came_from), HTTPStatus.SEE_OTHER))
    log.info("signed_in_again", identity=person.identity)
    proven_identity.hold_person(person, at=now, came_from=came_from)
    html = render_template(
        "signed_in_again.html",
        who=person,
        sign_out=oidc.sign_out_address,
        again=_make_sign_in_path(came_from),
        back=_make_return_path(came_from),
    )
    return add_safe_headers(make_response(html, HTTPStatus.CONFLICT))


def _make_sign_in_path(came_from: str) -> str:
    """Return the path that starts a sign-in and leads back to `came_from`."""
    if came_from.startswith("/"):
        return url_for("sign_in.start_home", home=came_from.removeprefix("/"))
    return url_for("sign_in.start", token=came_from)


def _redirect_to_issuer(oidc: Oidc, callback: str, *, came_from: str) -> AnyResponse:
    """Redirect the browser to the issuer."""
    _drop_old_sign_ins()
    other = proven_identity.get_other_person_request()
    choose_account = other is not None and not other.is_refused
    try:
        return add_safe_headers(
            redirect(oidc.begin_sign_in(callback, came_from=came_from, choose_account=choose_account))
        )
    except IssuerAway as error:
        return _draw_issuer_unavailable(error, came_from)


def _make_return_path(came_from: str) -> str:
    """Return the path of the page that `came_from` names: a review's token, or a home's own path."""
    return came_from if came_from.startswith("/") else url_for("pages.show", token=came_from)


def _drop_old_sign_ins() -> None:
    """Delete all but the newest sign-ins that this browser has begun."""
    pending_states = [key for key in session if key.startswith(f"_state_{CLIENT_NAME}_")]
    for key in sorted(pending_states, key=lambda each: session[each]["exp"])[: -MAX_PENDING_SIGN_INS + 1]:
        session.pop(key)


def _draw_issuer_unavailable(error: IssuerAway, token: str) -> AnyResponse:
    log.warning("issuer_away", reason=str(error))
    return _draw_failure(
        _("The sign-in service does not answer. Try again in a moment."),
        token,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )


def _draw_expired_page() -> AnyResponse:
    return _draw_failure(
        _("This sign-in was not started here, or it has expired."), None, HTTPStatus.BAD_REQUEST
    )


def _draw_failure(sentence: str, token: str | None, status: HTTPStatus) -> AnyResponse:
    is_home = token is not None and token.startswith("/")
    html = render_template(
        "sign_in_failed.html",
        sentence=sentence,
        again=_(_SIGN_IN_AGAIN_AT_HOME if is_home else _SIGN_IN_AGAIN_AT_REVIEW),
        back=_make_return_path(token) if token else None,
        is_home=is_home,
    )
    return add_safe_headers(make_response(html, status))
