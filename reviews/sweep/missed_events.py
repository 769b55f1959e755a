"""Missed events: events from DocSpace's logs and listings that no delivery reported."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reviews.changes.file_changes import MAX_CLOCK_DIFFERENCE
from reviews.identity import Person
from reviews.model import ChangeEvent

if TYPE_CHECKING:
    from reviews.kinds import SweepSource
    from reviews.ports.unit_of_work import UnitOfWork

MAX_LOG_TIME_DIFFERENCE = timedelta(seconds=2)
"""Largest difference between DocSpace's log and its deliveries on when something happened."""

NO_PERSON = Person(id=None, name="")


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """An observation of a file, or with the prefix `folder:` of a folder, in a DocSpace log or listing."""

    found_in: SweepSource
    trigger: str
    subject: str
    at: datetime
    parent_id: str = ""
    title: str = ""
    actor: Person = NO_PERSON
    is_dated: bool = True
    """Whether `at` is when it happened; a listing may only show that it was later."""

    def build_event(self, *key: str) -> ChangeEvent:
        """Return the event; the same `key` is received only once, however often it is observed."""
        digest = hashlib.sha256(json.dumps([self.found_in, *key]).encode()).hexdigest()
        return ChangeEvent(
            delivery_key=digest,
            semantic_key=digest,
            webhook_id="",
            event_id="",
            trigger=self.trigger,
            file_id=self.subject,
            parent_id=self.parent_id,
            title=self.title,
            actor=self.actor,
            occurred_at=self.at,
            modified_at=self.at if self.is_dated else None,
            version=None,
            link=None,
            found_in=self.found_in,
        )


def is_reported(work: UnitOfWork, event: ChangeEvent, *, now: datetime) -> bool:
    """Return whether an event in a log has come in otherwise.

    An event of the same file, at that time or later, has compared or will compare the file with its stored
    state. A listing later than that already shows the result.
    """
    at = event.occurred_at
    if at is None:
        return False
    file = work.files.get(event.file_id)
    listed_at = file.listed_at if file else None
    # A time in the future comes from a clock that was ahead and has been corrected: it says nothing.
    is_listed = listed_at is not None and at + MAX_CLOCK_DIFFERENCE < listed_at <= now + MAX_CLOCK_DIFFERENCE
    return is_listed or work.events.has_event_since(event.file_id, at - MAX_LOG_TIME_DIFFERENCE)


def find_logged_time(event: ChangeEvent) -> datetime:
    """Return when an event happened; one without a time counts as old."""
    return event.occurred_at or LONG_AGO
