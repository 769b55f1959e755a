"""The history page of this installation, and the way in from chat."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pages.history.visitor import Ways
from pages.sign_in_links import SignInAddresses
from reviews.lists.archive import Archive
from reviews.people.sign_in_links import SignInLinks

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

    from reviews.clock import Clock
    from reviews.people.mailed_codes import Codes
    from reviews.proven_person import ProvenPerson
    from runtime.wiring import Wiring

HOME = "reviews"


def blueprint(wiring: Wiring, *, clock: Clock, sign_in: bool, codes: Codes | None) -> Blueprint:
    """Return `/reviews`; `sign_in` where there is an issuer."""
    # Every process that draws no page would load its parts at the start too.
    from pages.history.views import history_page  # noqa: PLC0415

    ways = ways_in(wiring, sign_in=sign_in, codes=codes is not None)
    keep = wiring.settings.keep_reviews
    archive = Archive(transactions=wiring.patient, routes=wiring.routes, clock=clock, keep=keep)
    return history_page(archive, _links(wiring, clock), _addresses(wiring), ways=ways, codes=codes)


def ways_in(wiring: Wiring, *, sign_in: bool, codes: bool) -> Ways:
    """Return how people can sign in to the pages."""
    settings = wiring.settings
    return Ways(
        sign_in=sign_in,
        slack=settings.slack_command if "slack" in wiring.channels else "",
        teams="teams-bot" in wiring.channels or bool(settings.teams_app_id),
        codes=codes,
    )


def way_in(wiring: Wiring, clock: Clock) -> Callable[[ProvenPerson], str] | None:
    """Return what makes somebody whom a chat has proven a sign-in link; `None` where there is no page."""
    if not wiring.settings.option("SECRET_KEY"):
        return None

    def made(person: ProvenPerson) -> str:
        return _addresses(wiring).of(_links(wiring, clock).make(person).id)

    return made


def _links(wiring: Wiring, clock: Clock) -> SignInLinks:
    return SignInLinks(transactions=wiring.patient, clock=clock, new_id=lambda: secrets.token_urlsafe(16))


def _addresses(wiring: Wiring) -> SignInAddresses:
    return SignInAddresses(wiring.settings.option("SECRET_KEY"), wiring.settings.outside_address)
