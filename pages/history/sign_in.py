"""The page that a sign-in link from chat leads to: GET shows whose it is, POST uses it up."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from pages import proven
from pages.history.visitor import drawn, go_in, known
from reviews.people.sign_in_links import SpentLink

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from pages.history.visitor import Ways
    from pages.sign_in_links import SignInAddresses
    from reviews.people.sign_in_links import SignInLinks
    from reviews.ports.people import SignInLink
    from reviews.proven_person import ProvenPerson

log = structlog.get_logger()


def add(blueprint: Blueprint, links: SignInLinks, addresses: SignInAddresses, *, ways: Ways) -> None:
    """Add `/reviews/sign-in/<token>`."""

    @blueprint.get("/reviews/sign-in/<token>")
    def whose(token: str) -> AnyResponse:
        link = links.look(addresses.read(token))
        return drawn("continue.html", link=link, token=token, now=known(links.clock()))

    @blueprint.post("/reviews/sign-in/<token>")
    def use(token: str) -> AnyResponse:
        link = links.use(addresses.read(token))
        now = links.clock()
        proven.keep(_person(link, now), at=now)
        log.info("signed_in", identity=link.person.identity)
        return go_in()

    @blueprint.errorhandler(SpentLink)
    def spent(_error: SpentLink) -> AnyResponse:
        log.info("sign_in_link_refused")
        return drawn("spent.html", status=HTTPStatus.GONE, ways=ways, now=known(links.clock()))


def _person(link: SignInLink, now: datetime) -> ProvenPerson:
    """Return the person; what vouches for them is the chat, which told the link to them alone."""
    times = {"asked_at": link.made_at, "signed_in_at": now}
    proof = {name: at.isoformat(timespec="seconds") for name, at in times.items()}
    return link.person.with_proof({"by": "a sign-in link told in chat", **proof})
