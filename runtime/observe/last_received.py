"""When DocSpace's webhook was last received here: by our clock, whatever DocSpace says of its deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ports.alarms import CANARY_TRIGGER

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.unit_of_work import UnitOfWork

AMONG = 200  # events: what is further back is old


def find_last_received(work: UnitOfWork) -> datetime | None:
    """Return the time in UTC; `None` where none of the newest events was delivered by DocSpace."""
    received_times = (
        stored.received_at
        for stored in work.events.list_recent(AMONG)
        if stored.event.found_in is None and stored.event.trigger != CANARY_TRIGGER
    )
    return next(received_times, None)
