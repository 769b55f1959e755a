"""Conditions of the calendar of absences: it can't be read, or has events that are not clear."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.monitoring.alarms import Condition
from store.calendar_round import read_attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from runtime.wiring.wiring import Wiring

UNREAD_AFTER = timedelta(hours=6)


def unread_calendar(wiring: Wiring, now: datetime) -> Iterator[Condition]:
    """Yield a condition if the calendar could not be read for six hours."""
    calendar = wiring.routes.calendar
    if calendar is None:
        return
    attempt = read_attempt(wiring.engine)
    if attempt.failing_since is not None and attempt.failing_since <= now - UNREAD_AFTER:
        yield Condition(
            key="calendar",
            sentence=f"The calendar of absences on {calendar.host} could not be read for six hours: "
            f"{attempt.failure}",
            remedy="See whether absences in the routing file is still its address; docspace-review doctor "
            "reads it once. Until then the absences known from it stay",
        )


def unclear_events(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition if it is not clear of events of the calendar who is away."""
    calendar = wiring.routes.calendar
    if calendar is None:
        return
    count = read_attempt(wiring.engine).unclear
    if count:
        events = "1 event" if count == 1 else f"{count:,} events"
        yield Condition(
            key="unclear-events",
            sentence=f"The calendar of absences on {calendar.host} has {events} of which it is not clear who "
            "is away, so no one is",
            remedy="docspace-review doctor lists them with their reasons. Correct them in the calendar, or "
            "have the person say so with away",
        )
