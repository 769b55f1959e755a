"""The page of the links by which the demo signs in its people."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for

from pages import proven, spoken
from pages.headers import safe
from pages.inbox_visit import sign_in_page
from pages.stand_ins import OLD_LINK, NoStandIn, StandIns
from reviews.identity import Identity
from reviews.language import _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.inbox_visit import Desk
    from reviews.people.identification import Identification


def stand_in_page(stand_ins: StandIns, desk: Desk, identification: Identification) -> Blueprint:
    """Return the blueprint of the links' addresses."""
    blueprint = Blueprint("stand_ins", __name__, template_folder="templates")
    spoken.speak(blueprint)

    @blueprint.get("/demo/as/<token>")
    def enter(token: str) -> AnyResponse:
        try:
            somebody = stand_ins.read(token)
        except NoStandIn:
            return sign_in_page(desk, said=_(OLD_LINK), status=HTTPStatus.NOT_FOUND)
        person = identification.from_address(
            somebody.email, name=somebody.name, identity=Identity.DEMO, proof={}
        )
        proven.keep(person, at=desk.now)
        return safe(redirect(url_for("inbox.show"), HTTPStatus.SEE_OTHER))

    return blueprint
