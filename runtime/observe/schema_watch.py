"""Whether the database still has the schema that this process was started for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from store.migrate import find_mismatch

if TYPE_CHECKING:
    from collections.abc import Callable

CHECK_INTERVAL_SECONDS = 2.0
"""Seconds between two looks of a worker."""

log = structlog.get_logger()


class SchemaWatch:
    """Looks when it is asked to, and says in the log what has turned.

    A process that finds another schema takes no work, and does not end: it would be started again as the same
    release, and refuse. It goes on by itself once the schema fits.
    """

    def __init__(self, engine: Callable[[], sa.Engine]) -> None:
        self._engine = engine
        self._reason = ""
        self._looking = threading.Lock()

    @property
    def mismatch(self) -> str:
        """Why the last look found another schema, in words; empty where it fits."""
        return self._reason

    def is_current(self) -> bool:
        return not self._reason

    def check(self) -> bool:
        """Return whether the schema fits; what the last look found stands while the database is away."""
        with self._looking:
            try:
                found = find_mismatch(self._engine())
            except sa.exc.SQLAlchemyError:
                return self.is_current()  # whoever needs the database says so
            before, self._reason = self._reason, found
        if found and found != before:
            log.error("schema_does_not_fit", reason=found, taking_work=False)
        elif before and not found:
            log.warning("schema_fits_again", taking_work=True)
        return not found
