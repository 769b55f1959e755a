"""The received events of one file: which are handled together, and how failures are counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.changes.burst import Burst
from reviews.changes.classification import HANDLED_TRIGGERS
from reviews.changes.event_timing import WEBHOOK_TIMING
from reviews.errors import Permanent, TryLater, describe_error
from reviews.kinds import EventState
from reviews.ports.reports import EventSettled, EventsGivenUp
from reviews.stored_enums import WrittenByNewer, is_known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviews.changes.event_timing import EventTiming
    from reviews.clock import Clock
    from reviews.model import StoredEvent
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions

MAX_CLOCK_DIFFERENCE = timedelta(seconds=2)
"""Largest difference between two readings of the database's clock."""


@dataclass(frozen=True, kw_only=True)
class PendingEvents:
    """Finds the pending events of a file, and counts failures. Several workers may do so at once."""

    transactions: Transactions
    clock: Clock
    random: Callable[[], float]
    report: Callable[[Report], None]
    timing: EventTiming = WEBHOOK_TIMING

    def count_failure(self, event_id: int, error: Exception) -> float | None:
        """Count a failure on all pending events of an event's file, by the numbers alone.

        Return seconds until the next run, `None` if nothing is pending any more.
        """
        with self.transactions(reading=True) as work:
            ids = work.events.list_pending_ids(event_id)
        if not ids:
            return None
        attempts, dead = self._count_attempt(ids, error)
        if dead:
            self.report(EventsGivenUp(ids=tuple(ids), reason=describe_error(error), attempts=attempts or 0))
            return 0.0
        return self._compute_wait(attempts, error)

    def count_burst_failure(self, burst: Burst, error: Exception) -> float | None:
        """Count the failure on the burst's first event; all of them become dead letters together."""
        attempts, dead = self._count_attempt(burst.ids, error)
        if dead:
            self.report_settled(burst, EventState.DEAD, describe_error(error), attempts=attempts or 0)
            return None
        return self._compute_wait(attempts, error)

    def report_settled(self, burst: Burst, state: EventState, reason: str, *, attempts: int) -> None:
        now = self.clock()
        for event in burst.events:
            duration = now - event.received_at
            self.report(
                EventSettled(event=event, state=state, reason=reason, attempts=attempts, duration=duration)
            )

    def _count_attempt(self, ids: Sequence[int], error: Exception) -> tuple[int | None, bool]:
        """Return how often the first event has failed by now, and whether all became dead letters."""
        with self.transactions() as work:
            attempts = work.events.count_failure(ids[0], describe_error(error))
            dead = isinstance(error, Permanent) or (attempts or 0) >= backoff.MAX_ATTEMPTS
            if dead:
                work.events.settle(ids, EventState.DEAD, describe_error(error))
            work.commit()
        return attempts, dead

    def _compute_wait(self, attempts: int | None, error: Exception) -> float:
        if attempts is None:
            return 0.0  # another worker settled it; look again at what else is pending
        retry_after = error.retry_after if isinstance(error, TryLater) else None
        return backoff.compute_wait(attempts, retry_after=retry_after, random=self.random)

    def build_burst(self, pending: Sequence[StoredEvent]) -> Burst:
        """Return pending events as a burst; those from the future count as received now.

        Otherwise a clock that was ahead would make them wait until its time comes.
        """
        now = self.clock()
        latest = now + MAX_CLOCK_DIFFERENCE
        corrected = (
            replace(each, received_at=now) if each.received_at > latest else each for each in pending
        )
        return Burst.from_events(corrected, self.timing)

    def save_corrections(self, burst: Burst, pending: Sequence[StoredEvent]) -> None:
        """Store when the events of a burst were received, where that was corrected."""
        received = {each.id: each.received_at for each in pending}
        corrected = [each for each in burst.events if each.received_at != received[each.id]]
        if corrected:
            ids = sorted(each.id for each in corrected)
            with self.transactions() as work:
                work.events.correct_received_at(ids, at=corrected[0].received_at)
                work.commit()


def require_known_events(events: Sequence[StoredEvent]) -> None:
    """Raise `WrittenByNewer` for events that this release does not understand."""
    for stored in events:
        found_in, trigger = stored.event.found_in, stored.event.trigger
        if found_in is not None and not is_known(found_in):
            raise WrittenByNewer(f"event {stored.id}", found_in)
        if trigger not in HANDLED_TRIGGERS:
            raise WrittenByNewer(f"event {stored.id}", trigger)
