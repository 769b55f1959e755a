"""Calls to DocSpace that events leave: those of comparisons, whose cards are shown without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from runtime.call_limits.call_allowance import BACKGROUND_RATE, TOTAL_RATE, Allowance

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions

MAX_SPARE_WAIT = timedelta(seconds=8)
"""About as long as it takes until all calls that are free at once are there again."""
SPARE_TURN_SECONDS = 60.0
"""How long a call of a comparison waits in all: a comparison that is put off begins anew."""
MAX_ASKING = MAX_SPARE_WAIT + timedelta(seconds=SPARE_TURN_SECONDS)
"""After this, a call that was asked for belongs to a comparison that has ended."""


class SpareAllowance:
    """Source of permits for one call at a time, of calls that no event needs.

    All calls that are free at once have to be there, so that a burst of events finds them; until then no call
    is counted. After `MAX_SPARE_WAIT` a call takes its turn among those of floods and sweeps: events without
    end slow down comparisons.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock
        self._total, self._background = (
            Allowance(transactions, clock, replace(rate, batch=1)) for rate in (TOTAL_RATE, BACKGROUND_RATE)
        )
        self._asked_at: datetime | None = None
        self._is_in_background = False

    def take_permit(self) -> float:
        """Use up one permit and return zero, or return in how many seconds to ask again."""
        now = self._clock()
        if self._asked_at is None or not timedelta() <= now - self._asked_at <= MAX_ASKING:
            self._asked_at, self._is_in_background = now, False
        missing = self._find_next_slot(now) - now
        left = self._asked_at + MAX_SPARE_WAIT - now
        if missing > timedelta() and left > timedelta():
            return min(missing, left).total_seconds()
        if missing > timedelta() and not self._is_in_background:
            if seconds := self._background.take_permit():
                return seconds
            self._is_in_background = True
        if seconds := self._total.take_permit():
            return seconds
        self._asked_at = None
        return 0.0

    def _find_next_slot(self, now: datetime) -> datetime:
        with self._transactions(reading=True) as work:
            return work.gates.find_next_slot(TOTAL_RATE.gate, now)
