"""The time by the database's clock, which all processes share, without asking for it each time."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from store.engine import read_database_time, read_only

if TYPE_CHECKING:
    from collections.abc import Callable

QUERY_INTERVAL = timedelta(minutes=1)
RETRY_INTERVAL = timedelta(seconds=5)
"""How long after a question that was not answered the next one is asked."""
MAX_CLOCK_STEP = timedelta(seconds=1)
"""By how much this machine's clock and its ticking may differ before it counts as set, or as suspended."""


class _ClockReading(NamedTuple):
    """What the clocks said when the database was asked last, and when it is asked again by the ticking."""

    database: datetime
    machine: datetime
    ticked: float
    until: float


class DatabaseClock:
    """A clock that several machines agree on: how old something is must not depend on who looks.

    The database is asked once a minute; in between its time is carried on by this machine's ticking. While it
    does not answer, the last difference holds, and before the first answer this machine's clock. SQLite has
    no other clock than this machine's.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        machine: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        """`machine` is this machine's clock, `ticking` returns seconds that nobody sets."""
        self._engine = engine
        self._machine, self._ticking = machine, ticking
        self._asking = threading.Lock()
        self._asked: _ClockReading | None = None

    def __call__(self) -> datetime:
        """Return the time in UTC; takes one question to the database a minute, at most."""
        if self._engine.dialect.name == "sqlite":
            return self._machine()
        asked = self._asked
        if asked is None or self._is_expired(asked):
            asked = self._ask(asked)
        return asked.database + timedelta(seconds=self._ticking() - asked.ticked)

    def _is_expired(self, asked: _ClockReading) -> bool:
        ticked = self._ticking()
        step = (self._machine() - asked.machine) - timedelta(seconds=ticked - asked.ticked)
        return ticked >= asked.until or abs(step) > MAX_CLOCK_STEP

    def _ask(self, before: _ClockReading | None) -> _ClockReading:
        """Ask the database; where another thread does so already, go by what was known before."""
        if not self._asking.acquire(blocking=before is None) and before is not None:
            return before
        try:
            asked = self._asked
            if asked is None or asked is before:
                asked = self._asked = self._answer() or self._extrapolate(before)
            return asked
        finally:
            self._asking.release()

    def _answer(self) -> _ClockReading | None:
        try:
            with read_only(self._engine).connect() as connection:
                at = read_database_time(connection)
        except sa.exc.SQLAlchemyError:
            return None  # whoever needs the database says so
        ticked = self._ticking()
        return _ClockReading(at, self._machine(), ticked, ticked + QUERY_INTERVAL.total_seconds())

    def _extrapolate(self, before: _ClockReading | None) -> _ClockReading:
        ticked, machine = self._ticking(), self._machine()
        elapsed = timedelta(seconds=ticked - before.ticked) if before else timedelta()
        at = before.database + elapsed if before else machine
        return _ClockReading(at, machine, ticked, ticked + RETRY_INTERVAL.total_seconds())
