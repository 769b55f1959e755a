"""The way of an event to a review, and the first look at a folder."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from docspace.limits import READ_SECONDS
from reviews.changes.event_timing import WEBHOOK_TIMING, make_sweep_timing
from reviews.intake.intake import Intake, build_intake
from reviews.intake.review_opening import generate_review_id
from reviews.sweep.baseline import Baseline
from runtime.call_limits.call_allowance import BACKGROUND_RATE, MAX_TURN_WAIT_SECONDS, TurnWait
from runtime.observe import event_log
from runtime.wiring.operations import OperationsWiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.http import Http
    from reviews.changes.event_timing import EventTiming


@dataclass(frozen=True)
class IntakeWiring(OperationsWiring):
    """The use cases that turn changes into reviews."""

    def build_worker_intake(self, wait: Callable[[float], bool]) -> Intake:
        """Return the worker's intake; its calls wait for their turn by `wait`, as in `TurnWait`."""
        turn_wait = TurnWait(seconds=MAX_TURN_WAIT_SECONDS, wait=wait)
        connect = partial(self._docspace_calls.connect, timeout=READ_SECONDS, turn_wait=turn_wait)
        return replace(
            self._build_intake(connect()), flood_intake=self._build_intake(connect(rates=[BACKGROUND_RATE]))
        )

    @cached_property
    def event_timing(self) -> EventTiming:
        """How long events wait for others: without a webhook, missed events are the usual ones."""
        settings = self.settings
        return WEBHOOK_TIMING if settings.has_receiver else make_sweep_timing(settings.sweep_interval)

    def _build_intake(self, http: Http) -> Intake:
        intake = build_intake(
            self.transactions,
            self.build_portal(http),
            self.routes,
            canaries=self.canaries,
            clock=self.clock,
            new_id=generate_review_id,
            random=random.random,
            timing=self.event_timing,
        )
        if not self.settings.sweep_interval:
            intake = replace(
                intake, pre_baseline_lookup=replace(intake.pre_baseline_lookup, max_wait=timedelta())
            )
        return replace(intake, report=event_log.write)

    @cached_property
    def baseline(self) -> Baseline:
        places = self._build_places(self.transactions, self.portal)
        return Baseline(transactions=self.transactions, portal=self.portal, places=places, clock=self.clock)
