"""The digests of channels and people: what was chosen, how far they have come; their repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

CHOSEN = ""
"""The slot of what people chose by a command."""
OFF = "off"


@dataclass(frozen=True, kw_only=True)
class StoredDigest:
    """The digests of a channel or person at one time.

    `slot` is that time in the routing file and its zone, or `CHOSEN`: then `times` has what was chosen by
    `made_by`, the chat's id of a person, and `next_at` when the next one is due. `handled_until` is the end
    of the last period.
    """

    notifier: str
    target: str
    slot: str
    handled_until: datetime
    times: str = ""
    next_at: datetime | None = None
    made_by: str = ""


class ReviewDigestRepository(Protocol):
    def put(self, digest: StoredDigest) -> None:
        """Store it; one of the same place and slot is replaced."""
        ...

    def add_if_new(self, digest: StoredDigest) -> None:
        """Store it, unless there is one of the same place and slot."""
        ...

    def drop(self, notifier: str, target: str, slot: str) -> None: ...

    def get(self, notifier: str, target: str, slot: str) -> StoredDigest | None: ...

    def list_due(self, now: datetime, limit: int) -> list[StoredDigest]:
        """Return those that were chosen by a command and are due, the longest first."""
        ...

    def move_back(self, now: datetime) -> int:
        """Have the periods that end in the future end now, and return their number.

        A clock that was ahead ended them. Clocks of two workers may differ by up to an hour: such a period
        stays, so that no digest comes twice.
        """
        ...

    def move_on(self, digest: StoredDigest, *, until: datetime, next_at: datetime | None) -> bool:
        """Store that its period ended then; `False` where another worker has moved it, or it was changed."""
        ...
