"""Page of a sign-in link from chat: GET shows whose it is, POST uses it up."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from pages import proven_identity
from pages.history.visitor import draw_page, get_visitor, redirect_to_wanted
from reviews.people.sign_in_links import InvalidLink

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from pages.history.visitor import HistorySignInMethods
    from pages.sign_in_links import SignInAddresses
    from reviews.identity import ProvenPerson
    from reviews.people.sign_in_links import SignInLinks
    from reviews.ports.people import SignInLink

log = structlog.get_logger()


def add_sign_in(
    blueprint: Blueprint,
    links: SignInLinks,
    addresses: SignInAddresses,
    *,
    sign_in_methods: HistorySignInMethods,
) -> None:
    """Add `/reviews/sign-in/<token>`."""

    @blueprint.get("/reviews/sign-in/<token>")
    def show_link(token: str) -> AnyResponse:
        link = links.get(addresses.read_reference(token))
        return draw_page("continue.html", link=link, token=token, now=get_visitor(links.clock()))

    @blueprint.post("/reviews/sign-in/<token>")
    def use_link(token: str) -> AnyResponse:
        link = links.use(addresses.read_reference(token))
        now = links.clock()
        proven_identity.remember_person(_build_person(link, now), at=now)
        log.info("signed_in", identity=link.person.identity)
        return redirect_to_wanted()

    @blueprint.errorhandler(InvalidLink)
    def handle_invalid_link(_error: InvalidLink) -> AnyResponse:
        log.info("sign_in_link_refused")
        return draw_page(
            "spent.html",
            status=HTTPStatus.GONE,
            sign_in_methods=sign_in_methods,
            now=get_visitor(links.clock()),
        )


def _build_person(link: SignInLink, now: datetime) -> ProvenPerson:
    """Return the person; the chat vouches for them, which gave the link to them alone."""
    times = {"asked_at": link.made_at, "signed_in_at": now}
    proof = {name: at.isoformat(timespec="seconds") for name, at in times.items()}
    return link.person.with_proof({"by": "a sign-in link told in chat", **proof})
