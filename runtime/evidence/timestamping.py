"""Has an authority timestamp the last checkpoint once a day, and keeps its whole answers."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import structlog

from runtime.evidence.stored_checkpoints import has_signature
from runtime.evidence.timestamp_client import TimestampFailed
from store import ledger_tree, timestamps
from store.timestamps import StoredTimestamp

if TYPE_CHECKING:
    from datetime import date, datetime

    import sqlalchemy as sa

    from reviews.clock import Clock
    from runtime.evidence.timestamp_client import TimestampClient
    from store.ledger_tree import StoredCheckpoint
    from store.timestamps import Attempt

RETRY_INTERVAL = timedelta(minutes=10)
"""After no answer that counts."""
LEASE = timedelta(minutes=2)
"""How long a worker may ask before another one does."""

log = structlog.get_logger()


class Timestamping:
    """Asks once a day (UTC) if there is a new checkpoint; any number of processes may do so."""

    def __init__(self, engine: sa.Engine, client: TimestampClient, *, clock: Clock) -> None:
        self._engine, self._client, self._clock = engine, client, clock

    def ask_due(self) -> bool:
        """Ask if it is due, unless another process does; return whether this one asked."""
        if self._find_due() is None:
            return False
        claimed_until = timestamps.ROUND.claim(self._engine, LEASE)
        if claimed_until is None:
            return False
        try:
            last = self._find_due()  # another process may have asked meanwhile
            if last is not None:
                self._ask(last)
        finally:
            timestamps.ROUND.release(self._engine, claimed_until)
        return last is not None

    def _find_due(self) -> StoredCheckpoint | None:
        """Return the last checkpoint if it has to be timestamped now."""
        now = self._clock()
        latest = timestamps.find_last_timestamp(self._engine, until=get_day(now))
        if latest is not None and latest.day == get_day(now):
            return None
        last = _find_signed(self._engine)
        if last is None or (latest is not None and latest.note == last.note):
            return None
        attempt = timestamps.read_attempt(self._engine)
        return None if _waits_after_failure(attempt, now) else last

    def _ask(self, last: StoredCheckpoint) -> None:
        try:
            obtained = self._client.ask(last.note.encode())
        except TimestampFailed as failure:
            log.warning("timestamp_failed", reason=str(failure))
            timestamps.record_failure(self._engine, str(failure), self._clock())
            return
        now = self._clock()
        timestamp = StoredTimestamp(
            day=get_day(now),
            size=last.size,
            note=last.note,
            response=obtained.response,
            time=obtained.time,
            at=now,
        )
        timestamps.record_timestamp(self._engine, timestamp)


def get_day(at: datetime) -> date:
    """Return the day (UTC) whose timestamp one that comes now is."""
    return at.astimezone(UTC).date()


def _waits_after_failure(attempt: Attempt, now: datetime) -> bool:
    """Return whether it has to wait; a time ahead, by a clock that was set back, does not count."""
    if attempt.failure is None or attempt.asked_at is None:
        return False
    return timedelta() <= now - attempt.asked_at < RETRY_INTERVAL


def _find_signed(engine: sa.Engine) -> StoredCheckpoint | None:
    """Return the last checkpoint if it is signed: what no key vouches for is not worth a timestamp."""
    last = ledger_tree.read_last_checkpoint(engine)
    return last if last is not None and has_signature(last.note) else None
