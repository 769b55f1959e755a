"""Missed events: events from DocSpace's logs and listings that no delivery reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reviews.changes.file_changes import MAX_CLOCK_DIFFERENCE
from reviews.kinds import SweepSource

if TYPE_CHECKING:
    from reviews.model import ChangeEvent
    from reviews.ports.unit_of_work import UnitOfWork

MAX_LOG_TIME_DIFFERENCE = timedelta(seconds=2)
"""Largest difference between DocSpace's log and its deliveries on when something happened."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def is_reported(work: UnitOfWork, event: ChangeEvent, *, now: datetime, joins_listed: bool = False) -> bool:
    """Return whether an event in a log has come in otherwise.

    An event of the same file, at that time or later, has compared or will compare the file with its stored
    state. A listing later than that already shows the result. With `joins_listed`, an event that only a
    listing shows doesn't count while it is pending: it waits for what the log says of it.
    """
    at = event.occurred_at
    if at is None:
        return False
    file = work.files.get(event.file_id)
    listed_at = file.listed_at if file else None
    # A time in the future comes from a clock that was ahead and has been corrected: it says nothing.
    is_listed = listed_at is not None and at + MAX_CLOCK_DIFFERENCE < listed_at <= now + MAX_CLOCK_DIFFERENCE
    since = at - MAX_LOG_TIME_DIFFERENCE
    if is_listed or not work.events.has_event_since(event.file_id, since):
        return is_listed
    if event.moved_from and work.events.were_all_unwatched(event.file_id, since):
        return False  # no delivery says what something was moved out of
    return not (joins_listed and _is_pending_listed(work, event.file_id))


def _is_pending_listed(work: UnitOfWork, file_id: str) -> bool:
    pending = work.events.list_pending(file_id)
    return bool(pending) and all(stored.event.found_in is SweepSource.LISTING for stored in pending)


def find_logged_time(event: ChangeEvent) -> datetime:
    """Return when an event happened; one without a time counts as old."""
    return event.occurred_at or LONG_AGO
