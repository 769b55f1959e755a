"""The pause of a worker while the database has another schema: it finishes work, signs off, resumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.observe.schema_watch import SchemaWatch
    from runtime.worker.heartbeats import Heartbeats


class SchemaPause:
    """Pause of a worker; it begins and ends with the result of a schema check."""

    def __init__(self, schema: SchemaWatch) -> None:
        self._schema = schema
        self._is_paused = self._was_idle = False

    def may_work(self) -> bool:
        """Return whether the worker may start work: not before it is registered again."""
        return self._schema.is_current() and not self._is_paused

    def check_schema(self, heartbeats: Heartbeats, *, running: int) -> None:
        """Check the schema once; `running` is how many jobs run in this process.

        What fails because the database is not available is retried at the next check.
        """
        if self._schema.check():
            if self._is_paused:
                self._resume(heartbeats)
            return
        self._is_paused = True
        is_idle = not running
        # A job that was taken just now starts a moment later: signing off now would give it to others.
        if is_idle and self._was_idle:
            heartbeats.sign_off()
        self._was_idle = is_idle

    def _resume(self, heartbeats: Heartbeats) -> None:
        heartbeats.sign_on()
        self._is_paused = self._was_idle = False
