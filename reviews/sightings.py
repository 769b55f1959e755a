"""What our own look at DocSpace has found, as an event like those that are delivered."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.identity import Person
from reviews.model import ChangeEvent

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.kinds import SweepSource

NO_PERSON = Person(id=None, name="")


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
    moved_from: str = ""
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
            moved_from=self.moved_from,
        )
