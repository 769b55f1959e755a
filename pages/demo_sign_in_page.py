"""The page of the demo's sign-in links."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for

from pages import page_language, proven_identity
from pages.demo_sign_in import OLD_LINK, BadDemoLink, DemoSignInLinks
from pages.headers import add_safe_headers
from pages.inbox_visit import draw_sign_in_page
from reviews.identity import Identity
from reviews.language import _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.inbox_visit import InboxServices
    from reviews.people.identification import Identification


def build_demo_sign_in_page(
    demo_links: DemoSignInLinks, services: InboxServices, identification: Identification
) -> Blueprint:
    """Return the blueprint of the links' addresses."""
    blueprint = Blueprint("stand_ins", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)

    @blueprint.get("/demo/as/<token>")
    def enter(token: str) -> AnyResponse:
        try:
            demo_person = demo_links.read_token(token)
        except BadDemoLink:
            return draw_sign_in_page(services, sentence=_(OLD_LINK), status=HTTPStatus.NOT_FOUND)
        person = identification.identify_address(
            demo_person.email, name=demo_person.name, identity=Identity.DEMO, proof={}
        )
        proven_identity.remember_person(person, at=services.now)
        return add_safe_headers(redirect(url_for("inbox.show"), HTTPStatus.SEE_OTHER))

    return blueprint
