"""DocSpace's limit on how often one key may ask, shared by all workers (facts on DocSpace, 4.1)."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.posting import CLOCK_ERROR

if TYPE_CHECKING:
    from reviews.ports import Clock, Transactions

# 1,500 requests a minute are allowed: 300 at once, and 1,200 more within any minute.
GATE = "docspace"
BATCH = 25
BATCH_LASTS = timedelta(seconds=BATCH / 20)
AT_ONCE = timedelta(seconds=300 / 20)


class Allowance:
    """Takes permits from the database a batch at a time, so that most calls cost no write."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock
        self._lock = threading.Lock()
        self._left = 0
        self._good_from: datetime | None = None

    def ask(self) -> float:
        """Use up one permit and return zero, or return the seconds until there is one."""
        with self._lock:
            now = self._clock()
            if self._left == 0 or (self._good_from and self._good_from > now + CLOCK_ERROR):
                with self._transactions() as work:
                    place = work.gates.queue(GATE, now, apart=BATCH_LASTS)
                    work.commit()
                self._left, self._good_from = BATCH, place - AT_ONCE
            if self._good_from is not None and self._good_from > now:
                return (self._good_from - now).total_seconds()
            self._left -= 1
            return 0.0
