"""DocSpace's rate limit of one key, shared by all workers (facts on DocSpace, 4.1)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from reviews.delivery.post_once import MAX_CLOCK_ERROR
from reviews.sweep.completeness import MAX_CALLS_PER_SECOND
from reviews.sweep.missed_events import LONG_AGO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions

PERMIT_LIFETIME = timedelta(seconds=3)
"""How long a permit can be used: saved permits never add to those of a later minute."""
MAX_TURN_WAIT_SECONDS = 20.0
"""How long a call of the worker waits for its turn. Several workers take turns, each with a few dozen calls
at a time."""


@dataclass(frozen=True, kw_only=True)
class CallRate:
    """How many calls may be made at once, and how many a second after that.

    A process takes a `batch` of permits at a time.
    """

    gate: str
    initial_calls: int
    per_second: int
    batch: int = 5


# 1,500 requests a minute are allowed. However many processes call, in any minute they make at most those that
# are free at once, one batch, and those of each second of that minute and of the 3 s before: 1,352 and 104.
# The remainder is for calls that were longer on their way than others.
TOTAL_RATE = CallRate(gate="docspace", initial_calls=150, per_second=19)
RESERVED_RATE = CallRate(gate="docspace reserved", initial_calls=40, per_second=1, batch=1)
"""Further calls, for those for which a person waits: some are left while the others are queued."""
BACKGROUND_RATE = CallRate(gate="docspace unhurried", initial_calls=75, per_second=14)
"""The share that floods and sweeps of all workers take at most: a single change never waits for them."""
SWEEP_RATE = CallRate(gate="docspace sweeps", initial_calls=50, per_second=MAX_CALLS_PER_SECOND)
"""The share that the sweeps of all workers take at most."""


@dataclass(frozen=True, kw_only=True)
class TurnWait:
    """How a call waits for its turn: `seconds` in all. `wait` returns `True` if waiting has to end."""

    seconds: float
    wait: Callable[[float], bool]


NO_TURN_WAIT = TurnWait(seconds=0.0, wait=lambda _seconds: True)
"""For calls that get the waiting time at once, such as those of sweeps, which pause by themselves."""


class PermitSource(Protocol):
    """Source of permits for calls."""

    def take_permit(self) -> float:
        """Use up one permit and return zero, or return the seconds until there is one."""
        ...


class Allowance:
    """Source of permits, taken from the database a batch at a time so that most calls cost no write."""

    def __init__(self, transactions: Transactions, clock: Clock, rate: CallRate = TOTAL_RATE) -> None:
        self._transactions = transactions
        self._clock = clock
        self._rate = rate
        self._lock = threading.Lock()
        self._permits_left = 0
        self._usable_from = LONG_AGO

    def take_permit(self) -> float:
        """Use up one permit and return zero, or return the seconds until there is one."""
        with self._lock:
            now = self._clock()
            if (
                self._permits_left == 0
                or not now - PERMIT_LIFETIME <= self._usable_from <= now + MAX_CLOCK_ERROR
            ):
                self._take_batch(now)
            if self._usable_from > now:
                return (self._usable_from - now).total_seconds()
            self._permits_left -= 1
            return 0.0

    def _take_batch(self, now: datetime) -> None:
        with self._transactions() as work:
            interval = timedelta(seconds=self._rate.batch / self._rate.per_second)
            slot = work.gates.take_next_slot(self._rate.gate, now, interval=interval)
            work.commit()
        burst_span = timedelta(seconds=self._rate.initial_calls / self._rate.per_second)
        self._permits_left, self._usable_from = self._rate.batch, max(slot - burst_span, now)


def build_shared_permit(
    allowances: Sequence[PermitSource], in_line: TurnWait = NO_TURN_WAIT
) -> Callable[[], float]:
    """Return a function that uses up a permit of each, or returns the wait for a missing one in seconds.

    An event takes several calls. If it is given up in the middle, a retry repeats the calls before. With many
    of those, the rate limit would be spent on calls that lead to nothing.
    """

    def ask() -> float:
        remaining = in_line.seconds
        for each in allowances:
            while wait := each.take_permit():
                if wait > remaining or in_line.wait(wait):
                    return wait
                remaining -= wait
        return 0.0

    return ask


def build_person_permit(transactions: Transactions, clock: Clock) -> Callable[[], float]:
    """Return a function that uses up a permit reserved for people, or a common one if none is left."""
    reserved, others = (Allowance(transactions, clock, pace) for pace in (RESERVED_RATE, TOTAL_RATE))
    return lambda: reserved.take_permit() and others.take_permit()
