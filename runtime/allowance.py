"""DocSpace's limit on how often one key may ask, shared by all workers (facts on DocSpace, 4.1)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.completeness import CALLS_A_SECOND
from reviews.posting import CLOCK_ERROR

if TYPE_CHECKING:
    from reviews.ports import Clock, Transactions

BATCH = 25


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many calls may be made at once, and how many a second from then on."""

    gate: str
    at_once: int
    a_second: int


# 1,500 requests a minute are allowed: 300 at once, and 1,200 more within any minute.
ALL_CALLS = Pace(gate="docspace", at_once=300, a_second=20)
UNHURRIED = Pace(gate="docspace unhurried", at_once=150, a_second=14)
"""The part of it that floods and sweeps of all workers take at most: a single change never waits for them."""
SWEEPS = Pace(gate="docspace sweeps", at_once=100, a_second=CALLS_A_SECOND)
"""The part of it that the sweeps of all workers take at most."""


class Allowance:
    """Takes permits from the database a batch at a time, so that most calls cost no write."""

    def __init__(self, transactions: Transactions, clock: Clock, pace: Pace = ALL_CALLS) -> None:
        self._transactions = transactions
        self._clock = clock
        self._pace = pace
        self._lock = threading.Lock()
        self._left = 0
        self._good_from: datetime | None = None

    def ask(self) -> float:
        """Use up one permit and return zero, or return the seconds until there is one."""
        with self._lock:
            now = self._clock()
            if self._left == 0 or (self._good_from and self._good_from > now + CLOCK_ERROR):
                with self._transactions() as work:
                    apart = timedelta(seconds=BATCH / self._pace.a_second)
                    place = work.gates.queue(self._pace.gate, now, apart=apart)
                    work.commit()
                at_once = timedelta(seconds=self._pace.at_once / self._pace.a_second)
                self._left, self._good_from = BATCH, place - at_once
            if self._good_from is not None and self._good_from > now:
                return (self._good_from - now).total_seconds()
            self._left -= 1
            return 0.0
