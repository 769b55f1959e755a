"""What DocSpace's own records tell of and no delivery did, as events like any other."""

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
"""DocSpace's log and its deliveries may differ so much on when something happened."""

NO_PERSON = Person(id=None, name="")


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Something that one of DocSpace's records shows of a file, or with `folder:` before it of a folder."""

    found_in: SweepSource
    trigger: str
    subject: str
    at: datetime
    parent_id: str = ""
    title: str = ""
    actor: Person = NO_PERSON
    is_dated: bool = True
    """Whether `at` is when it happened; a listing may tell no more than that it was later."""

    def build_event(self, *key: str) -> ChangeEvent:
        """Return the event; what has the same `key` is received once, however often it is found."""
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
    """Tell whether what a log says has come in otherwise.

    An event of the same file, at that moment or later, has had or will have the file compared with what was
    known of it, and a listing later than that shows what came of it.
    """
    at = event.occurred_at
    if at is None:
        return False
    known = work.files.get(event.file_id)
    listed_at = known.listed_at if known else None
    # One in the future was written by a clock that was ahead and has been set right: it says nothing.
    is_listed = listed_at is not None and at + MAX_CLOCK_DIFFERENCE < listed_at <= now + MAX_CLOCK_DIFFERENCE
    return is_listed or work.events.has_event_since(event.file_id, at - MAX_LOG_TIME_DIFFERENCE)


def find_logged_time(event: ChangeEvent) -> datetime:
    """Return when an event happened; one without a time is taken for an old one."""
    return event.occurred_at or LONG_AGO
