"""The time by the database's clock, which all processes share, without a query each time."""

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
"""How long after an unanswered query the next one is sent."""
MAX_CLOCK_STEP = timedelta(seconds=1)
"""How far this machine's clock and its ticking may differ before it counts as set or suspended."""


class _ClockReading(NamedTuple):
    """The clocks at the last query, and the ticking at which the next query is due."""

    database: datetime
    machine: datetime
    ticked: float
    until: float


class DatabaseClock:
    """A clock that several machines share: ages must not depend on the machine that computes them.

    The database is queried once a minute; in between this machine's ticking carries its time on. While the
    database does not answer, the last difference holds, and before the first answer this machine's clock.
    SQLite has no other clock than this machine's.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        machine: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        """`machine` is this machine's clock; `ticking` returns seconds of a clock that is never set."""
        self._engine = engine
        self._machine, self._ticking = machine, ticking
        self._asking = threading.Lock()
        self._asked: _ClockReading | None = None

    def __call__(self) -> datetime:
        """Return the time in UTC; queries the database at most once a minute."""
        if self._engine.dialect.name == "sqlite":
            return self._machine()
        reading = self._asked
        if reading is None or self._is_expired(reading):
            reading = self._ask(reading)
        return reading.database + timedelta(seconds=self._ticking() - reading.ticked)

    def _is_expired(self, asked: _ClockReading) -> bool:
        ticked = self._ticking()
        step = (self._machine() - asked.machine) - timedelta(seconds=ticked - asked.ticked)
        return ticked >= asked.until or abs(step) > MAX_CLOCK_STEP

    def _ask(self, before: _ClockReading | None) -> _ClockReading:
        """Query the database; if another thread does so already, use the previous reading."""
        if not self._asking.acquire(blocking=before is None) and before is not None:
            return before
        try:
            reading = self._asked
            if reading is None or reading is before:
                reading = self._asked = self._answer() or self._extrapolate(before)
            return reading
        finally:
            self._asking.release()

    def _answer(self) -> _ClockReading | None:
        try:
            with read_only(self._engine).connect() as connection:
                at = read_database_time(connection)
        except sa.exc.SQLAlchemyError:
            return None  # callers that need the database report it
        ticked = self._ticking()
        return _ClockReading(at, self._machine(), ticked, ticked + QUERY_INTERVAL.total_seconds())

    def _extrapolate(self, before: _ClockReading | None) -> _ClockReading:
        ticked, machine = self._ticking(), self._machine()
        elapsed = timedelta(seconds=ticked - before.ticked) if before else timedelta()
        at = before.database + elapsed if before else machine
        return _ClockReading(at, machine, ticked, ticked + RETRY_INTERVAL.total_seconds())
