"""The log of a disk that failed: the process writes no more to its SQLite file until it is started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from store.sqlite_connection import DiskFailed

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

log = structlog.get_logger()


def log_disk_failures(engine: sa.Engine) -> None:
    """Log each commit whose data may not be on the disk; what is refused after it is not logged."""
    sa.event.listen(engine, "handle_error", _log_failure)


def _log_failure(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, DiskFailed):
        log.error("disk_failed", reason=str(context.original_exception))
