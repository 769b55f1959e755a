"""The page `/`: what this is, and how to sign in. Signed-in people are redirected to their own page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, redirect, render_template

from pages import navigation, page_language, proven_identity
from pages.headers import add_safe_headers

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.history.visitor import HistorySignInMethods
    from reviews.clock import Clock


def build_home_page(sign_in_methods: HistorySignInMethods, *, clock: Clock) -> Blueprint:
    """Return the blueprint; the application must have sessions and the acknowledge page's stylesheet.

    The page is public, and the same for everyone: it names no review, folder or person.
    """
    blueprint = Blueprint("home", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)

    @blueprint.get("/")
    def show() -> AnyResponse:
        address = _find_own_page(clock)
        if address:
            return add_safe_headers(redirect(address, HTTPStatus.SEE_OTHER))
        return add_safe_headers(make_response(render_template("home.html", sign_in_methods=sign_in_methods)))

    return blueprint


def _find_own_page(clock: Clock) -> str:
    """Return the page of a signed-in person: the inbox while they may answer there, else the history."""
    now = clock()
    inbox, history = (
        navigation.find_page_address(navigation.INBOX),
        navigation.find_page_address(navigation.HISTORY),
    )
    if inbox and proven_identity.get_proven_person(now=now):
        return inbox
    return (
        history
        if proven_identity.get_proven_person(now=now, lifetime=proven_identity.READING_LIFETIME)
        else ""
    )
