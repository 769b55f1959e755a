"""Signed browser sessions, with the token that each form must send."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app, request, session
from flask_wtf import CSRFProtect

from pages import sessions

if TYPE_CHECKING:
    from flask import Blueprint, Flask

    from reviews.people.sessions import BrowserSessions

MAX_FORM_BYTES = 64 * 1024
_BROWSER = "browser"
FORM_LIFETIME = timedelta(hours=12)  # since the session was last written, also for a copied cookie

# Checks only where a page calls it: DocSpace, Slack and Teams sign what they post.
forms = CSRFProtect()


def set_up_sessions(app: Flask, secret_key: str, *, secure: bool, browser_sessions: BrowserSessions) -> None:
    """Enable signed sessions for an application's pages; `secure` if browsers connect over https.

    Sessions with a proven identity are valid while they are in `browser_sessions`.
    """
    app.secret_key = secret_key
    app.config.update(
        SESSION_COOKIE_NAME="docspace-review",
        PERMANENT_SESSION_LIFETIME=FORM_LIFETIME,
        SESSION_COOKIE_SAMESITE="Lax",  # a link in a card still sends the session cookie
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a form is valid as long as its session
        WTF_CSRF_SSL_STRICT=False,  # it needs the Referer, which the pages tell browsers not to send
    )
    forms.init_app(app)
    sessions.register_sessions(app, browser_sessions)


def protect_forms(blueprint: Blueprint) -> None:
    """Have each form of a blueprint bring its token, in a body of at most `MAX_FORM_BYTES`."""

    @blueprint.before_request
    def check_form() -> None:
        request.max_content_length = MAX_FORM_BYTES
        if request.method == "POST":
            forms.protect()


def invalidate_forms() -> None:
    """Invalidate the forms of pages drawn before now: another tab may show them to another person."""
    session.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)


def get_browser_id() -> str:
    """Return the id of this browser; if it has none, store a new one."""
    browser_id: str = session.setdefault(_BROWSER, secrets.token_urlsafe(16))
    return browser_id


def forget_browser() -> None:
    session.pop(_BROWSER, None)
