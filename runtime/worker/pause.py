"""A worker's pause while the database has another schema: it ends what runs, signs off, comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.worker import durable

if TYPE_CHECKING:
    from runtime.observe.schema_watch import SchemaWatch
    from runtime.worker.heartbeats import Heartbeats


class SchemaPause:
    """Begins and ends with what a look at the schema finds."""

    def __init__(self, schema: SchemaWatch) -> None:
        self._schema = schema
        self._begun = self._was_idle = False

    def may_work(self) -> bool:
        """Return whether the worker may begin work: not before it is back on the roll."""
        return self._schema.is_current() and not self._begun

    def check_schema(self, heartbeats: Heartbeats, *, running: int) -> None:
        """Look at the schema once; `running` is how many jobs run in this process.

        What fails, for a database that is away, is done at the next look.
        """
        if self._schema.check():
            if self._begun:
                self._resume(heartbeats)
            return
        self._begun = True
        durable.stop_listening()
        is_idle = not running and not durable.is_listening()
        # A job that a queue gave out just now runs a moment later: whoever signs off gives it to others.
        if is_idle and self._was_idle:
            heartbeats.sign_off()
        self._was_idle = is_idle

    def _resume(self, heartbeats: Heartbeats) -> None:
        heartbeats.sign_on()
        durable.resume_listening()
        self._begun = self._was_idle = False
