"""`/`: what this is, and how to get in. Whoever is signed in is led on to what is theirs."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, redirect, render_template

from pages import frame, proven, spoken
from pages.headers import safe

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.history.visitor import Ways
    from reviews.clock import Clock


def home_page(ways: Ways, *, clock: Clock) -> Blueprint:
    """Return the blueprint; the application keeps sessions, and has the acknowledge page's stylesheet.

    The page is public, and the same for everybody: it names no review, folder or person.
    """
    blueprint = Blueprint("home", __name__, template_folder="templates")
    spoken.speak(blueprint)

    @blueprint.get("/")
    def show() -> AnyResponse:
        address = _own_page(clock)
        if address:
            return safe(redirect(address, HTTPStatus.SEE_OTHER))
        return safe(make_response(render_template("home.html", ways=ways)))

    return blueprint


def _own_page(clock: Clock) -> str:
    """Return where somebody who is signed in goes on: to the inbox, while they may answer there."""
    now = clock()
    inbox, history = frame.address_of(frame.INBOX), frame.address_of(frame.HISTORY)
    if inbox and proven.kept(now=now):
        return inbox
    return history if proven.kept(now=now, good_for=proven.READING) else ""
