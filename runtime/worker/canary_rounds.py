"""The rounds in which a worker sends the canaries that the routes want."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from reviews.monitoring.canaries import OVERDUE_AFTER, find_due_slot
from reviews.subscriptions.digests import DEFAULT_WORKING_HOURS
from runtime.worker.canary_sender import UNSIGNED, CanarySender
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import Rounds

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.routes.route import Route
    from runtime.wiring.wiring import Wiring

ROUND_SECONDS = 30.0

log = structlog.get_logger()


class CanaryRounds:
    """Rounds that send the canaries of the routes when due, in a thread of their own: the path may hang.

    Any number of workers may do so: there is one canary for each time slot of a route.
    """

    def __init__(self, wiring: Wiring, *, interval_seconds: float = ROUND_SECONDS) -> None:
        self._wiring = wiring
        self._interval = interval_seconds
        self._routes = [route for route in wiring.routes.all if route.canary]
        self._senders: list[CanarySender] = []
        self._isolation = RoundIsolation("canaries")
        self._may_work = wiring.schema.is_current
        if self._routes and wiring.settings.has_receiver:
            wiring.settings.require("DOCSPACE_WEBHOOK_SECRET", UNSIGNED)

    def build_rounds(self) -> list[Rounds]:
        """Return the rounds, or none if no route wants canaries."""
        return (
            [Rounds("canaries", self._run_round, retry_seconds=self._interval, may_work=self._may_work)]
            if self._routes
            else []
        )

    def send_due(self) -> None:
        """Send the canaries that are due; retry those that were refused, until they are overdue."""
        now = self._wiring.canaries.clock()
        self._senders = [
            each for each in self._senders if each.canary and each.canary.sent_at > now - OVERDUE_AFTER
        ]
        with self._isolation.isolate_round() as isolation:
            for route in self._routes:
                with isolation(f"canary of the route {route.name}"):
                    self._senders += self._list_due_senders(route, now)
            refused: list[CanarySender] = []
            for sender in self._senders:
                with isolation(f"canary {sender.canary.id if sender.canary else ''}"):
                    if not self._is_refused(sender):
                        continue
                refused.append(sender)
            self._senders = refused

    def _list_due_senders(self, route: Route, now: datetime) -> list[CanarySender]:
        """Return the canary of a route that is to be sent now, if there is one."""
        slot = find_due_slot(route, now, DEFAULT_WORKING_HOURS)
        if slot is None or self._wiring.canaries.has_slot(slot):
            return []
        sender = CanarySender(self._wiring, route=route.name, slot=slot)
        return [sender] if sender.canary else []

    def _is_refused(self, sender: CanarySender) -> bool:
        reason = sender.send()
        if reason:
            log.warning("canary_not_taken", reason=reason)
        return bool(reason)

    def _run_round(self) -> float:
        self.send_due()
        return self._interval
