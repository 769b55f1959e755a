"""The rounds in which a worker owes the routes' channels the checkpoint of the day before."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from runtime.evidence.stored_checkpoints import has_signature
from store import ledger_tree

if TYPE_CHECKING:
    from datetime import date

    import sqlalchemy as sa

    from reviews.clock import Clock
    from reviews.monitoring.checkpoint_posts import CheckpointPosts

MAX_AGE = timedelta(days=7)
"""A checkpoint that no worker has posted for so long stays unposted. Less than notices are kept."""


class CheckpointPosting:
    """Owes the last checkpoint of the last day (UTC) with one, if it is signed; each day once in a process.

    A day is over before its checkpoint is posted, so that all workers post the same one.
    """

    def __init__(self, engine: sa.Engine, posts: CheckpointPosts, *, clock: Clock) -> None:
        self._engine, self._posts, self._clock = engine, posts, clock
        self._looked_on: date | None = None

    def owe_due(self) -> bool:
        """Return whether a post is due now."""
        now = self._clock()
        today = now.astimezone(UTC).date()
        if today == self._looked_on or not self._posts.list_targets():
            return False
        latest = ledger_tree.find_last_daily(self._engine, since=today - MAX_AGE, before=today)
        owed = 0
        if latest is not None and has_signature(latest.note):
            owed = self._posts.owe(latest.note, day=latest.day, now=now)
        self._looked_on = today
        return owed > 0
