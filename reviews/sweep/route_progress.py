"""How far the watched folders of each route are: which are behind, and which have caught up."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from reviews.changes.burst import find_event_time
from reviews.kinds import EventState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reviews.model import StoredEvent
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from reviews.tree import Watermark

BATCH_SIZE = 1000
MAX_EARLIEST = 100
"""Folders of a route that are named, those furthest behind."""
NO_SWEEP_YET = "no sweep has got through"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class FolderProgress:
    """How far one watched folder is.

    All changes up to `up_to` were handled; `None` before its first look was complete. `since` is from when on
    it is not complete, `None` if it was never looked at.
    """

    folder_id: str
    up_to: datetime | None
    since: datetime | None
    reason: str


@dataclass(kw_only=True)
class RouteProgress:
    """The folders of a route: how many are behind, the first of these, and how many have not caught up.

    `caught_up` has the time of each selected folder that has.
    """

    route: str
    behind_count: int = 0
    behind: list[FolderProgress] = field(default_factory=list)
    incomplete_count: int = 0
    complete_to: datetime | None = None
    caught_up: dict[str, datetime] = field(default_factory=dict)

    def add_folders(self, folders: Sequence[FolderProgress], limits: ProgressLimits) -> None:
        behind = [each for each in folders if each.since is None or each.since < limits.late_before]
        complete = {each.folder_id: each.up_to for each in folders if limits.has_caught_up(each)}
        self.behind_count += len(behind)
        self.behind = heapq.nsmallest(
            MAX_EARLIEST, [*self.behind, *behind], key=lambda each: (each.since or _NEVER, each.folder_id)
        )
        self.incomplete_count += len(folders) - len(complete)
        times = [at for at in (self.complete_to, *complete.values()) if at is not None]
        self.complete_to = min(times, default=None)
        self.caught_up.update(
            (folder, at) for folder, at in complete.items() if at is not None and folder in limits.selected
        )


@dataclass(frozen=True, kw_only=True)
class ProgressLimits:
    """From when on a folder is behind, and when it has caught up; `selected` are those that are looked up."""

    late_before: datetime
    complete_from: datetime
    selected: Collection[str] = ()

    def has_caught_up(self, folder: FolderProgress) -> bool:
        return folder.up_to is not None and folder.up_to >= self.complete_from


def read_progress(
    transactions: Transactions, routes: Routes, limits: ProgressLimits
) -> Iterator[RouteProgress]:
    """Yield the progress of each route, by the first route that watches a folder, in their order.

    Folders are read a thousand at a time: with 100,000 of them no transaction is long.
    """
    for number, folders in groupby(routes.watched, key=lambda folder: routes.positions[folder]):
        progress = RouteProgress(route=routes.all[number].name)
        batch = list(folders)
        for start in range(0, len(batch), BATCH_SIZE):
            progress.add_folders(_read_batch(transactions, batch[start : start + BATCH_SIZE]), limits)
        yield progress


def _read_batch(transactions: Transactions, folder_ids: Sequence[str]) -> list[FolderProgress]:
    with transactions(reading=True) as work:
        # The watermarks are read first: a sweep stores its events before its watermark moves.
        marks = work.baselines.get_watermarks(folder_ids)
        oldest_event = work.events.find_oldest_unsettled()
    return [_measure(folder_id, mark, oldest_event) for folder_id, mark in marks.items()]


def _measure(folder_id: str, mark: Watermark, oldest_event: StoredEvent | None) -> FolderProgress:
    """Return how far a folder is. An unsettled event holds all folders back: its folder is not known."""
    up_to = mark.swept_to if mark.finished_at else None
    reason = mark.stopped_by or NO_SWEEP_YET
    held_at = find_event_time(oldest_event) if oldest_event else None
    if up_to is not None and held_at is not None and oldest_event is not None and held_at < up_to:
        verb = "was given up" if oldest_event.state is EventState.DEAD else "is pending"
        up_to, reason = held_at, f"event {oldest_event.id} {verb}"
    return FolderProgress(folder_id=folder_id, up_to=up_to, since=up_to or mark.swept_to, reason=reason)
