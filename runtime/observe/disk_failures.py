"""The log of a disk that failed or is full.

After a failure the process writes no more to its SQLite file until it is started again. A full disk is tried
again with each write, and needs no restart.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from store.sqlite_connection import DiskFailed

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

AGAIN_SECONDS = 30.0
"""Seconds for which a disk that stays full is not logged again."""
_DISK_FULL = {"53100", "SQLITE_FULL"}
"""`disk_full` of PostgreSQL's error codes (its appendix A), and SQLite's result code 13."""

log = structlog.get_logger()


def log_disk_failures(engine: sa.Engine) -> None:
    """Log each commit whose data may not be on the disk, and now and then that there is no room."""
    sa.event.listen(engine, "handle_error", _DiskLog().log_failure)


class _DiskLog:
    """Log of what the disk refuses; what is refused after a failure is not logged."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._full_at = float("-inf")

    def log_failure(self, context: ExceptionContext) -> None:
        """Handle an error of the engine when it happens."""
        error = context.original_exception
        if isinstance(error, DiskFailed):
            log.error("disk_failed", reason=str(error))
        elif _is_disk_full(error) and self._is_due():
            log.error("disk_full", reason=str(error))

    def _is_due(self) -> bool:
        with self._one_at_a_time:
            if time.monotonic() - self._full_at < AGAIN_SECONDS:
                return False
            self._full_at = time.monotonic()
            return True


def _is_disk_full(error: BaseException) -> bool:
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return code in _DISK_FULL
