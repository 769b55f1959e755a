"""When the server writes an audited action into its log (facts on DocSpace, 4.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

CACHE_TIME: Final = timedelta(minutes=1)
"""The server's default of `messaging:CacheTimeFromMinutes`; its limit of 100 rows is not reached here."""


class AuditCache:
    """Rows of one server process in memory: written at once after a quiet minute, else at its end."""

    def __init__(self) -> None:
        self._last_write = datetime.min.replace(tzinfo=UTC)
        self._is_waiting = False

    def find_write_time(self, date: datetime) -> datetime:
        """Return when the row of an action of this time is written."""
        next_write = self._last_write + CACHE_TIME
        if self._is_waiting and date >= next_write:
            self._last_write, self._is_waiting = next_write, False
        if date >= self._last_write + CACHE_TIME:
            self._last_write = date
            return date
        self._is_waiting = True
        return self._last_write + CACHE_TIME
