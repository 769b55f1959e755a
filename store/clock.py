"""Times in the database: stored in UTC, and read from its clock, which all processes share."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from store.engine import read_only

if TYPE_CHECKING:
    from collections.abc import Callable

QUERY_INTERVAL = timedelta(minutes=1)
RETRY_INTERVAL = timedelta(seconds=5)
"""How long after an unanswered query the next one is sent."""
MAX_CLOCK_STEP = timedelta(seconds=1)
"""How far this machine's clock and its ticking may differ before it counts as set or suspended."""


class Utc(TypeDecorator[datetime]):
    """A time in UTC: SQLite stores no zone, PostgreSQL returns times in the zone of its settings."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        moment: datetime | None = value
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read_database_time(connection: sa.Connection) -> datetime:
    """Return the time by the database's clock, which all processes share; SQLite has this machine's."""
    if connection.dialect.name == "postgresql":
        at: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return at.astimezone(UTC)
    return datetime.now(UTC)


class _ClockReading(NamedTuple):
    """The clocks at the last query, and the ticking at which the next query is due."""

    database: datetime
    machine: datetime
    monotonic: float
    next_query_at: float


class DatabaseClock:
    """A clock that several machines share: ages must not depend on the machine that computes them.

    The database is queried once a minute, and after a step of this machine's clock; in between this machine's
    ticking carries its time on. While the database does not answer, the last difference holds, and before the
    first answer this machine's clock. SQLite has no other clock than this machine's.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        system_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`system_clock` is this machine's clock; `monotonic` is a clock that is never set."""
        self._engine = engine
        self._system_clock, self._monotonic = system_clock, monotonic
        self._query_lock = threading.Lock()
        self._reading: _ClockReading | None = None

    def __call__(self) -> datetime:
        """Return the time in UTC; queries the database where the last answer is too old."""
        if self._engine.dialect.name == "sqlite":
            return self._system_clock()
        reading = self._reading
        if reading is None or self._is_expired(reading):
            reading = self._refresh(reading)
        return reading.database + timedelta(seconds=self._monotonic() - reading.monotonic)

    def _is_expired(self, reading: _ClockReading) -> bool:
        monotonic = self._monotonic()
        step = (self._system_clock() - reading.machine) - timedelta(seconds=monotonic - reading.monotonic)
        return monotonic >= reading.next_query_at or abs(step) > MAX_CLOCK_STEP

    def _refresh(self, before: _ClockReading | None) -> _ClockReading:
        """Query the database; if another thread does so already, use the previous reading."""
        if not self._query_lock.acquire(blocking=before is None) and before is not None:
            return before
        try:
            reading = self._reading
            if reading is None or reading is before:
                reading = self._reading = self._query() or self._extrapolate(before)
            return reading
        finally:
            self._query_lock.release()

    def _query(self) -> _ClockReading | None:
        try:
            with read_only(self._engine).connect() as connection:
                at = read_database_time(connection)
        except sa.exc.SQLAlchemyError:
            return None  # callers that need the database report it
        monotonic = self._monotonic()
        return _ClockReading(at, self._system_clock(), monotonic, monotonic + QUERY_INTERVAL.total_seconds())

    def _extrapolate(self, before: _ClockReading | None) -> _ClockReading:
        monotonic, machine = self._monotonic(), self._system_clock()
        elapsed = timedelta(seconds=monotonic - before.monotonic) if before else timedelta()
        at = before.database + elapsed if before else machine
        return _ClockReading(at, machine, monotonic, monotonic + RETRY_INTERVAL.total_seconds())
