"""How long events wait for others, and after which delay a missed event was seen late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.ports.docspace_logs import MAX_LOG_DELAY

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import StoredEvent

MAX_DELIVERY_TIME = timedelta(minutes=1)
"""Longest time for a delivery: 31 s of attempts, after other events (facts on DocSpace, 1.5)."""
SHORT_LISTED_WAIT = timedelta(seconds=15)
SWEEP_MARGIN = timedelta(minutes=3) + MAX_LOG_DELAY
"""What a sweep may take beyond its interval.

Two minutes for the logs, one for clocks that differ, and the time in which a difference waits for the log.
"""


@dataclass(frozen=True, kw_only=True)
class EventTiming:
    """Rules for the time between a change, the arrival of its event and its processing.

    The defaults are those of an installation with a webhook: a missed event is the exception there.
    """

    listed_wait: timedelta = MAX_DELIVERY_TIME
    """How long after its arrival an event that only a listing shows waits for another report."""
    log_delay: timedelta = timedelta()
    """How long after the change such an event waits."""
    counts_from_change: bool = False
    """Whether the quiet period of a missed event begins when it happened, and not when it arrived."""
    late_after: timedelta | None = None
    """The delay after which a missed event was seen late; `None` if each of them was."""

    def find_start(self, stored: StoredEvent) -> datetime:
        """Return when the quiet period of an event begins: never after its arrival."""
        happened_at = stored.event.occurred_at
        if self.counts_from_change and stored.event.found_in is not None and happened_at is not None:
            return min(happened_at, stored.received_at)
        return stored.received_at

    def find_end_of_listed_wait(self, stored: StoredEvent) -> datetime:
        """Return until when an event that only a listing shows waits for another report of its change."""
        happened_at = stored.event.occurred_at or stored.received_at
        return max(
            stored.received_at + self.listed_wait, min(happened_at, stored.received_at) + self.log_delay
        )

    def is_late(self, delay: timedelta) -> bool:
        """Return whether a missed event that arrived so long after it happened was seen late."""
        return self.late_after is None or delay > self.late_after


WEBHOOK_TIMING = EventTiming()


def make_sweep_timing(interval: timedelta) -> EventTiming:
    """Return the rules where the sweep alone finds changes, at this interval."""
    return EventTiming(
        listed_wait=SHORT_LISTED_WAIT,
        log_delay=MAX_LOG_DELAY,
        counts_from_change=True,
        late_after=interval + SWEEP_MARGIN,
    )
