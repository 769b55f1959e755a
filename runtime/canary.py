"""Tests of the whole way: made and sent, by hand or in rounds, and what there is to say of one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import structlog

import notifiers
import webhook.canary
from reviews.language import listed
from reviews.operations.canaries import LATE, Canaries, slot_of
from reviews.subscriptions.digests import USUAL_HOURS
from runtime.edges import Edges
from runtime.rounds import Rounds
from webhook.canary import NotTaken

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.operations.canaries import Legs
    from reviews.ports.alarms import Canary
    from reviews.routes.routing import Route
    from runtime.settings import Settings
    from runtime.wiring import Wiring

ROUND_SECONDS = 30.0
UNSIGNED = "a test has to be signed as DocSpace signs its deliveries"
NO_ADDRESS = "PUBLIC_URL is not set, so it was sent to {address}, and not on the way that DocSpace takes"

log = structlog.get_logger()


def canaries(wiring: Wiring, clock: Clock) -> Canaries:
    return Canaries(
        transactions=wiring.transactions,
        routes=wiring.routes,
        clock=clock,
        silent=notifiers.silent(),
    )


class Flight:
    """One test on its way; it may be sent again, as DocSpace sends again what was not taken."""

    def __init__(self, wiring: Wiring, *, route: str = "", slot: str | None = None) -> None:
        """`UnusableSettings` says what is missing to sign it."""
        self._secret = wiring.settings.need("DOCSPACE_WEBHOOK_SECRET", UNSIGNED)
        self._address = wiring.settings.outside_address
        self._canaries = wiring.canaries
        self._nonce = secrets.token_urlsafe(24)
        self.canary: Canary | None = self._canaries.make(
            secrets.token_urlsafe(9), self._nonce, route=route, slot=slot
        )

    def send(self) -> str:
        """Send it; return why it was not taken, or nothing. The reason is kept with it."""
        if self.canary is None:
            return ""
        try:
            sent = webhook.canary.body(self.canary.id, self._nonce, self.canary.sent_at)
            webhook.canary.send(self._address, sent, self._secret)
        except NotTaken as error:
            self._canaries.failed(self.canary.id, str(error))
            return str(error)
        return ""


class CanaryRounds:
    """Sends the tests that the routes want at their times, in a thread of its own: the way may hang.

    Any number of workers may do so: of each time of a route there is one test.
    """

    def __init__(self, wiring: Wiring, *, every: float = ROUND_SECONDS) -> None:
        self._wiring = wiring
        self._every = every
        self._routes = [route for route in wiring.routes.all if route.canary]
        self._flights: list[Flight] = []
        self._edges = Edges("canaries")
        self._may_work = wiring.schema.fits
        if self._routes:
            wiring.settings.need("DOCSPACE_WEBHOOK_SECRET", UNSIGNED)

    def rounds(self) -> list[Rounds]:
        """Return the rounds, or none where no route wants any tests."""
        return (
            [Rounds("canaries", self._round, again=self._every, may_work=self._may_work)]
            if self._routes
            else []
        )

    def round(self) -> None:
        """Send what is due, and once more what was not taken, for as long as it is not late."""
        now = self._wiring.canaries.clock()
        self._flights = [each for each in self._flights if each.canary and each.canary.sent_at > now - LATE]
        with self._edges.round() as edge:
            for route in self._routes:
                with edge(f"canary of the route {route.name}"):
                    self._flights += self._due(route, now)
            refused: list[Flight] = []
            for flight in self._flights:
                with edge(f"canary {flight.canary.id if flight.canary else ''}"):
                    if not self._is_refused(flight):
                        continue
                refused.append(flight)
            self._flights = refused

    def _due(self, route: Route, now: datetime) -> list[Flight]:
        """Return the test of a route that is to be sent now, if there is one."""
        slot = slot_of(route, now, USUAL_HOURS)
        if slot is None or self._wiring.canaries.is_made(slot):
            return []
        flight = Flight(self._wiring, route=route.name, slot=slot)
        return [flight] if flight.canary else []

    def _is_refused(self, flight: Flight) -> bool:
        reason = flight.send()
        if reason:
            log.warning("canary_not_taken", reason=reason)
        return bool(reason)

    def _round(self) -> float:
        self.round()
        return self._every


def missing(legs: Legs) -> str:
    """Return in words which leg of a test is not there; nothing where all are."""
    canary = legs.canary
    if legs.received_at is None:
        return f"it was not received: {canary.trouble or 'nothing of it has arrived'}"
    if canary.processed_at is None:
        return "it was received and not processed: see that a worker runs, and its log"
    waiting = [
        f"{post.target} ({post.error})" if post.error else str(post.target)
        for post in legs.posts
        if not post.at
    ]
    return f"its card does not stand in {listed(waiting)}" if waiting else ""


def told_of(legs: Legs, settings: Settings) -> str:
    """Return what operators read of a test that has not come back."""
    canary = legs.canary
    there = [str(post.target) for post in legs.posts if post.at]
    sent_at = f"{canary.sent_at:%Y-%m-%d %H:%M} UTC"
    parts = [
        f"the canary of the route {canary.route}, sent at {sent_at}, has not come back",
        missing(legs),
        *([f"it was delivered to {listed(there)}"] if there else []),
        *([] if settings.public_url else [NO_ADDRESS.format(address=settings.outside_address)]),
    ]
    return "; ".join(parts)
