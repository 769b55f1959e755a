"""Figures for a monitor: up to when the watched folders are complete, and what holds some of them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.changes.burst import find_event_time
from reviews.sweep.completeness import INCOMPLETE_AFTER, MAX_COUNTED_FOLDERS
from store.baselines import SqlBaselineRepository
from store.events import SqlEventRepository

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa


@dataclass(frozen=True, kw_only=True)
class CompletenessMeasures:
    """`behind` is the age of the moment up to which all watched folders are complete.

    It is `None` before the first baseline was begun. `folders` counts those that are not complete by what
    holds them back, each up to `MAX_COUNTED_FOLDERS`.
    """

    behind: timedelta | None
    folders: dict[str, int]


def measure_completeness(connection: sa.Connection, at: datetime) -> CompletenessMeasures:
    """Read a bounded number of rows of indexes, however many folders are watched.

    Unsettled events hold the folders back too, as in `reviews.sweep.completeness`.
    """
    counts = SqlBaselineRepository(connection).count_by_progress(
        before=at - INCOMPLETE_AFTER, limit=MAX_COUNTED_FOLDERS
    )
    oldest_event = SqlEventRepository(connection).find_oldest_unsettled()
    complete_to = counts.earliest
    if complete_to is not None and oldest_event is not None:
        complete_to = min(complete_to, find_event_time(oldest_event))
    return CompletenessMeasures(
        behind=None if complete_to is None else max(at - complete_to, timedelta()),
        folders={"unfinished": counts.unfinished, "stopped": counts.stopped, "late": counts.late},
    )
