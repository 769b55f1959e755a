"""A use case as one step of a workflow: whatever it raises becomes a retry, or is counted as its failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
import structlog
from dbos import DBOS

from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable

DATABASE_RETRY_SECONDS = 5.0

log = structlog.get_logger()


class Retry(NamedTuple):
    """When to retry, in seconds, and the queue or lane of the retry."""

    seconds: float
    place: str


def run_guarded_step(
    work: Callable[[], float | None],
    count_failure: Callable[[Exception], float | None],
    *,
    find_place: Callable[[], str],
    **log_fields: int,
) -> Retry | None:
    """Run a use case as one step; a poison event or card counts as failed and never stops the others.

    `log_fields` name it in the log.
    """

    def step() -> tuple[float, str] | None:
        seconds = try_work()
        return None if seconds is None else (seconds, find_place())

    def try_work() -> float | None:
        try:
            return work()
        except DATABASE_ERRORS as error:
            log.warning("database_not_available", reason=type(error).__name__, **log_fields)
            return DATABASE_RETRY_SECONDS
        except Exception as error:
            # The edge of the process: an unexpected error is logged, counted, and retried or given up.
            log.exception("work_failed", **log_fields)
            return try_to_count(error)

    def try_to_count(error: Exception) -> float | None:
        """Count the failure; if even that can't be written, the work has to be retried all the same."""
        try:
            return count_failure(error)
        except sa.exc.SQLAlchemyError as second:
            log.warning("failure_not_counted", reason=type(second).__name__, **log_fields)
            return DATABASE_RETRY_SECONDS

    retry: tuple[float, str] | float | None = DBOS.run_step({"name": "work"}, step)
    if retry is None:
        return None
    # A worker of an earlier release that died here has stored the seconds alone.
    return Retry(*retry) if isinstance(retry, tuple) else Retry(retry, find_place())
