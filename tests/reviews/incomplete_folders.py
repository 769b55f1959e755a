"""Watched folders, swept or not, and what the ledger has of periods in which they are not complete."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from reviews.sweep.incomplete_periods import IncompletePeriods
from tests.reviews.samples import WATCHED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.reviews.desk import Desk

QUARTER_HOUR = timedelta(minutes=15)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REASON = "DocSpace refuses the API key (401): check DOCSPACE_API_KEY"


def sweep(desk: Desk, folders: Iterable[str] = (WATCHED,), *, finished: bool = True) -> None:
    """Have folders swept just now."""
    with desk.transactions() as work:
        for folder in folders:
            work.baselines.mark_started(folder, at=desk.clock())
            if finished:
                work.baselines.save_start(folder, 0, finished_at=desk.clock())
            work.baselines.mark_swept(folder, swept_to=desk.clock())
        work.commit()


def stop(desk: Desk, folder: str = WATCHED, reason: str = REASON) -> None:
    with desk.transactions() as work:
        work.baselines.mark_stopped(folder, reason)
        work.commit()


def build_periods(desk: Desk, *, interval: timedelta = QUARTER_HOUR) -> IncompletePeriods:
    return IncompletePeriods(
        transactions=desk.transactions, routes=desk.routes, interval=interval, clock=desk.clock
    )


def look(desk: Desk, *, after: timedelta = timedelta(), interval: timedelta = QUARTER_HOUR) -> None:
    desk.clock.now += after
    build_periods(desk, interval=interval).record_changes()


def show(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def outline(desk: Desk) -> list[tuple[Any, ...]]:
    return [(each["type"], each["route"], each["folder_id"]) for each in desk.entries()]
