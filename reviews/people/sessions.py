"""Browser sessions of identified people, each valid until it is ended.

A cookie can be copied, and a copy can't be taken back. So each session is stored when it begins, and is valid
only while its row exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions

MAX_SESSION_AGE = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class BrowserSessions:
    """Begins and ends sessions, each by a key that is of no use to a reader of the database."""

    transactions: Transactions
    clock: Clock

    def begin(self, key: str, *, previous_keys: Iterable[str] = ()) -> None:
        """Begin a session, and end those that this browser had before."""
        with self.transactions() as work:
            for previous_key in previous_keys:
                work.sessions.end(previous_key)
            work.sessions.begin(key, at=self.clock())
            work.commit()

    def is_open(self, key: str) -> bool:
        """Return whether a session was begun here, has not been ended since, and is not too old."""
        with self.transactions(reading=True) as work:
            return work.sessions.is_open(key, since=self.clock() - MAX_SESSION_AGE)

    def end(self, keys: Iterable[str]) -> None:
        """End sessions; each copy of their cookies is worthless from now on."""
        with self.transactions() as work:
            for key in keys:
                work.sessions.end(key)
            work.commit()
