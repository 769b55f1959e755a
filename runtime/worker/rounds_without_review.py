"""Rounds that record what happens without a review: owners who are gone, changes and sweeps that are not."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from reviews.errors import RateLimitReached, TryLater
from runtime.settings.settings import UnusableSettings
from runtime.wiring.without_review import (
    build_incomplete_periods,
    build_owner_accounts,
    build_unrouted_floods,
)
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.monitoring.owner_accounts import OwnerAccounts
    from runtime.wiring.wiring import Wiring

ROUND_SECONDS = 600.0
FIRST_SECONDS = 60.0
"""A worker that was just started has more urgent work."""
FLOOD_SECONDS = 20.0
RETRY_SECONDS = 60.0
MAX_LOOKUP_SECONDS = 120.0
"""After this, a round of owners leaves the others to the next one: a round that takes long counts as hung."""

log = structlog.get_logger()


class RoundsWithoutReview:
    """Rounds in threads of their own: DocSpace may hang, and 100,000 folders take a while.

    One worker at a time looks up owners and folders. What it stores is stored once anyway; two of them would
    only make each call twice.
    """

    def __init__(
        self, wiring: Wiring, *, wait: Callable[[float], bool], first_delay: float = FIRST_SECONDS
    ) -> None:
        """`wait` waits for so many seconds, and returns `True` if the worker stops."""
        self._wiring, self._wait, self._first_delay = wiring, wait, first_delay
        self._floods, self._flood_isolation = build_unrouted_floods(wiring), RoundIsolation("unrouted")
        self._periods = build_incomplete_periods(wiring)

    def build_rounds(self) -> list[Rounds]:
        return [
            self._build_round("unrouted", self._record_floods, retry_seconds=FLOOD_SECONDS),
            self._build_round("completeness", self._record_periods, first_delay=self._first_delay),
            self._build_round("owners", self._look_up_owners, first_delay=self._first_delay),
        ]

    def _build_round(
        self,
        name: str,
        task: Callable[[], float],
        *,
        retry_seconds: float = RETRY_SECONDS,
        first_delay: float = 0.0,
    ) -> Rounds:
        may_work = self._wiring.schema.is_current
        return Rounds(name, task, retry_seconds=retry_seconds, first_delay=first_delay, may_work=may_work)

    def _record_floods(self) -> float:
        with self._flood_isolation.isolate_round() as isolation:
            recorded = self._floods.record_ended(isolate=isolation)
        return 0.0 if recorded else FLOOD_SECONDS

    def _record_periods(self) -> float:
        if self._claim_round("completeness"):
            self._periods.record_changes()
        return ROUND_SECONDS

    def _look_up_owners(self) -> float:
        """Look up some owners; a portal that can't be asked is asked again in the next round."""
        until = time.monotonic() + MAX_LOOKUP_SECONDS
        try:
            if self._claim_round("owners"):
                self._owners.look_up_due(is_stopping=lambda: self._wait(0.0) or time.monotonic() > until)
        except (TryLater, RateLimitReached, UnusableSettings) as error:
            log.info("owners_not_looked_up", reason=str(error))
        return ROUND_SECONDS

    @cached_property
    def _owners(self) -> OwnerAccounts:
        return build_owner_accounts(self._wiring, wait=self._wait)

    def _claim_round(self, name: str) -> bool:
        """Claim a round until shortly before the next one is due."""
        with self._wiring.transactions() as work:
            is_claimed = work.round_claims.claim(name, lease=timedelta(seconds=ROUND_SECONDS * 0.9))
            work.commit()
        return is_claimed
