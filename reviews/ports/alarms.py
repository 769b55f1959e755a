"""What the product asks of the place where alarms and canaries are written down.

All of it is part of one transaction, the `UnitOfWork` of `reviews.ports.unit_of_work`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.kinds import CardState
    from reviews.routes.routing import Target


CANARY_TRIGGER = "canary.sent"


@dataclass(frozen=True, kw_only=True)
class Canary:
    """One test. `route` is empty where it goes to all of them, `slot` where somebody has asked for it.

    Of the nonce only the digest is kept, so that nobody can make a second one out of the database.
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
    """The card of a test in one place: since when it stands, or why it does not."""

    target: Target
    at: datetime | None
    state: CardState
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A condition as it is written down, in the words with which it began; `told` says whether it counts."""

    key: str
    sentence: str
    since: datetime
    seen_at: datetime
    told: bool
    flaps: bool


class AlarmRepository(Protocol):
    """The conditions that hold, one a key."""

    def list_active(self) -> list[Alarm]: ...

    def begin(self, alarm: Alarm) -> bool:
        """Write down a condition; `False` if it is known. Of concurrent callers exactly one gets `True`."""
        ...

    def mark_seen(self, key: str, *, at: datetime) -> None:
        """Note that a condition still held then; an earlier time changes nothing."""
        ...

    def mark_reported(self, key: str, *, since: datetime) -> bool:
        """Note that a condition that began then is told; `False` if it was, or is another one by now."""
        ...

    def end(self, key: str, *, seen_before: datetime) -> bool:
        """Strike a condition that was last seen before then; of concurrent callers one gets `True`."""
        ...


class CanaryRepository(Protocol):
    """The tests of the whole way."""

    def add(self, canary: Canary) -> bool:
        """Write down a test before it is sent; `False` if one of the same route and slot was."""
        ...

    def has_slot(self, slot: str) -> bool: ...

    def get(self, canary_id: str) -> Canary | None: ...

    def mark_failed(self, canary_id: str, trouble: str) -> None:
        """Keep why a test could not be sent."""
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
        """Note that a test has arrived and which places are told; `False` unless it was waited for.

        One conditional UPDATE: the same test arrives once.
        """
        ...

    def list_posts(self, canary: Canary) -> list[CanaryPost]:
        """Return what stands or is owed in each place that a test is told in."""
        ...

    def acknowledge(self, canary_id: str, *, by: str, at: datetime) -> bool:
        """Note who has answered the card of a test first; `False` if somebody has, or there is none."""
        ...

    def mark_returned(self, canary_id: str, *, at: datetime) -> None:
        """Note that every card of a test stands."""
        ...

    def list_recent(self, *, since: datetime) -> list[Canary]:
        """Return the tests that were sent since then, the newest first."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget the tests that were sent before then; return how many."""
        ...
