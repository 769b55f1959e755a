"""The check whether the database still has the schema for which this process was started."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from store.migrate import find_mismatch

if TYPE_CHECKING:
    from collections.abc import Callable

CHECK_INTERVAL_SECONDS = 2.0
"""Seconds between two checks of a worker."""

log = structlog.get_logger()


class SchemaWatch:
    """Check of the database's schema; changes of its result are logged.

    A process that finds another schema takes no work, and does not end: it would be restarted as the same
    release, and refuse. It resumes by itself once the schema fits.
    """

    def __init__(self, engine: Callable[[], sa.Engine]) -> None:
        self._engine = engine
        self._reason = ""
        self._one_at_a_time = threading.Lock()

    @property
    def mismatch(self) -> str:
        """Why the schema did not fit at the last check, in words; empty if it fits."""
        return self._reason

    def is_current(self) -> bool:
        return not self._reason

    def check(self) -> bool:
        """Return whether the schema fits; while the database is not available, the last result counts."""
        with self._one_at_a_time:
            try:
                reason = find_mismatch(self._engine())
            except sa.exc.SQLAlchemyError:
                return self.is_current()  # the code that needs the database logs it
            before, self._reason = self._reason, reason
        if reason and reason != before:
            log.error("schema_does_not_fit", reason=reason, taking_work=False)
        elif before and not reason:
            log.warning("schema_fits_again", taking_work=True)
        return not reason
