"""Repositories of alarms and canaries.

They are parts of one transaction, the `UnitOfWork` of `reviews.ports.unit_of_work`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.kinds import CardState
    from reviews.routes.route import Target


CANARY_TRIGGER = "canary.sent"


@dataclass(frozen=True, kw_only=True)
class Canary:
    """One test. `route` is empty where it goes to all of them, `slot` where a person requested it.

    Only the nonce's digest is stored, so that a second test can't be forged from the database.
    """

    id: str
    digest: str
    route: str
    slot: str | None
    sent_at: datetime
    trouble: str | None = None
    received_at: datetime | None = None
    processed_at: datetime | None = None
    targets: tuple[tuple[str, str], ...] = ()
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    back_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CanaryPost:
    """The card of a test in one place: when it was posted, or why it was not."""

    target: Target
    at: datetime | None
    state: CardState
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A condition as stored, in the words with which it began; `is_reported` says whether it was reported."""

    key: str
    sentence: str
    since: datetime
    seen_at: datetime
    is_reported: bool
    flaps: bool


class AlarmRepository(Protocol):
    """The conditions that hold, one a key."""

    def list_active(self) -> list[Alarm]: ...

    def begin(self, alarm: Alarm) -> bool:
        """Store a condition; `False` if it exists. Of concurrent callers exactly one gets `True`."""
        ...

    def mark_seen(self, key: str, *, at: datetime) -> None:
        """Store that a condition still held at that time; an earlier time changes nothing."""
        ...

    def mark_reported(self, key: str, *, since: datetime) -> bool:
        """Mark the condition that began at `since` as reported; `False` if it was, or has been replaced."""
        ...

    def end(self, key: str, *, seen_before: datetime) -> bool:
        """Remove a condition last seen before that time; of concurrent callers exactly one gets `True`."""
        ...


class CanaryRepository(Protocol):
    """The tests of the production path."""

    def add(self, canary: Canary) -> bool:
        """Store a test before it is sent; `False` if one of the same route and slot exists."""
        ...

    def has_slot(self, slot: str) -> bool: ...

    def get(self, canary_id: str) -> Canary | None: ...

    def mark_failed(self, canary_id: str, error: str) -> None:
        """Store why a test could not be sent."""
        ...

    def mark_received(
        self,
        canary_id: str,
        *,
        digest: str,
        received_at: datetime,
        at: datetime,
        targets: Sequence[tuple[str, str]],
    ) -> bool:
        """Mark a test as arrived, with the targets of its cards; `False` unless it was expected.

        One conditional UPDATE: the same test arrives once.
        """
        ...

    def list_posts(self, canary: Canary) -> list[CanaryPost]:
        """Return the posted or owed cards of a test, one for each of its targets."""
        ...

    def acknowledge(self, canary_id: str, *, acknowledged_by: str, at: datetime) -> bool:
        """Store who first answered the card of a test; `False` if it was answered, or doesn't exist."""
        ...

    def mark_returned(self, canary_id: str, *, at: datetime) -> None:
        """Store when every card of a test was posted."""
        ...

    def list_recent(self, *, since: datetime) -> list[Canary]:
        """Return the tests that were sent since then, the newest first."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete the tests that were sent before then; return how many."""
        ...
