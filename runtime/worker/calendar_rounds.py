"""The rounds in which one worker at a time reads the calendar of absences."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from reviews.ports.calendars import CalendarFailed
from runtime.worker.rounds import Rounds
from store import calendar_round

if TYPE_CHECKING:
    from reviews.ports.calendars import CalendarReader
    from runtime.wiring.wiring import Wiring

READ_INTERVAL = timedelta(hours=1)
"""From one reading to the next, whichever worker makes them."""
TRY_SECONDS = 60.0
"""Between two attempts to become the worker that reads."""
FIRST_SECONDS = 5.0

log = structlog.get_logger()


class CalendarRounds:
    """Rounds in a thread of their own: the host of the calendar may hang. Its failure changes no absence."""

    def __init__(self, wiring: Wiring, *, first_delay: float = FIRST_SECONDS) -> None:
        self._wiring, self._first_delay = wiring, first_delay

    def build_rounds(self) -> list[Rounds]:
        """Return the rounds; none without a calendar."""
        reader = self._wiring.calendar_reader
        if reader is None:
            return []

        def read() -> float:
            self.read_if_due(reader)
            return TRY_SECONDS

        may_work = self._wiring.schema.is_current
        return [
            Rounds(
                "calendar", read, retry_seconds=TRY_SECONDS, first_delay=self._first_delay, may_work=may_work
            )
        ]

    def read_if_due(self, reader: CalendarReader) -> bool:
        """Read the calendar, unless a worker has done so within the hour; return whether this one has."""
        if calendar_round.ROUND.claim(self._wiring.engine, READ_INTERVAL) is None:
            return False
        now = self._wiring.clock()
        try:
            reading = self._wiring.calendar_sync.store(reader.read(now), now)
        except CalendarFailed as failure:
            log.warning("calendar_not_read", reason=str(failure))
            calendar_round.record_failure(self._wiring.engine, str(failure), now)
            return True
        calendar_round.record_success(self._wiring.engine, now, unclear=len(reading.unclear))
        log.info(
            "calendar_read",
            absences=len(reading.absences),
            people=reading.people,
            without_person=reading.without_person,
            unclear=len(reading.unclear),
        )
        return True
