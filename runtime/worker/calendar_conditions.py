"""The condition that the calendar of absences can't be read."""

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
