"""The sweep of watched folders, one after the other: a folder that fails does not block those behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from reviews.sweep.completeness import MAX_LISTED_FOLDERS
from reviews.sweep.sweep import Interrupted
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.sweep.sweep import GapSweep, SweepResult

log = structlog.get_logger()


def sweep_each(sweep: GapSweep, folders: list[str], started_at: datetime) -> None:
    """Sweep one folder after the other; a sweep that is broken off resumes there the next time."""
    for folder in folders:
        try:
            result = sweep.sweep_due_folder(folder, started_at=started_at)
        except Interrupted:
            log.info("sweep_interrupted", folder=folder)
            return
        except DATABASE_ERRORS as error:
            log.warning("database_not_available", reason=type(error).__name__, folder=folder)
            return
        except Exception as error:
            # The edge of the process: a folder with an unexpected error does not block the others.
            log.exception("sweep_failed", folder=folder)
            _note_failure(sweep, folder, error)
        else:
            if result is not None and (not _is_unchanged(result) or _logs_unchanged(sweep)):
                _log_sweep(result)


def _note_failure(sweep: GapSweep, folder: str, error: Exception) -> None:
    try:
        sweep.save_failure(folder, error)
    except sa.exc.SQLAlchemyError as second:
        log.warning("failure_not_counted", reason=type(second).__name__, folder=folder)


def _logs_unchanged(sweep: GapSweep) -> bool:
    """Return whether sweeps without a result are logged: not every minute, and not of very many folders."""
    return not sweep.rules.finds_all and len(sweep.watched) <= MAX_LISTED_FOLDERS


def _is_unchanged(result: SweepResult) -> bool:
    return not (result.new_events or result.is_baseline or result.stopped_by)


def _log_sweep(result: SweepResult) -> None:
    log.info(
        "folder_swept",
        folder=result.folder_id,
        found=result.new_events,
        first=result.is_baseline,
        stopped=result.stopped_by,
    )
