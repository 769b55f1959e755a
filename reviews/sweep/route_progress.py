"""How far the watched folders of each route are: which are behind, and which have caught up."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from reviews.sweep.completeness import check_folders

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from reviews.sweep.completeness import Completeness

BATCH_SIZE = 1000
MAX_EARLIEST = 100
"""Folders of a route that are named, those furthest behind."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class RouteProgress:
    """The folders of a route: how many are behind, the first of these, and how many have not caught up.

    `caught_up` has the time of each selected folder that has.
    """

    route: str
    behind_count: int = 0
    behind: tuple[Completeness, ...] = ()
    incomplete_count: int = 0
    complete_to: datetime | None = None
    caught_up: Mapping[str, datetime] = field(default_factory=dict)

    def add_folders(self, folders: Sequence[Completeness], limits: ProgressLimits) -> RouteProgress:
        """Return the progress of these folders as well."""
        behind = [each for each in folders if limits.is_behind(each)]
        complete = {each.folder_id: each.up_to for each in folders if limits.has_caught_up(each)}
        times = [at for at in (self.complete_to, *complete.values()) if at is not None]
        selected = {
            folder: at for folder, at in complete.items() if at is not None and folder in limits.selected
        }
        return replace(
            self,
            behind_count=self.behind_count + len(behind),
            behind=tuple(heapq.nsmallest(MAX_EARLIEST, (*self.behind, *behind), key=_order_by_time)),
            incomplete_count=self.incomplete_count + len(folders) - len(complete),
            complete_to=min(times, default=None),
            caught_up={**self.caught_up, **selected},
        )


@dataclass(frozen=True, kw_only=True)
class ProgressLimits:
    """From when on a folder is behind, and when it has caught up; `selected` are those that are looked up."""

    late_before: datetime
    complete_from: datetime
    selected: Collection[str] = ()

    def is_behind(self, folder: Completeness) -> bool:
        return folder.incomplete_since is None or folder.incomplete_since < self.late_before

    def has_caught_up(self, folder: Completeness) -> bool:
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
            with transactions(reading=True) as work:
                checked = check_folders(work, routes, batch[start : start + BATCH_SIZE])
            progress = progress.add_folders(checked, limits)
        yield progress


def _order_by_time(folder: Completeness) -> tuple[datetime, str]:
    return folder.incomplete_since or _NEVER, folder.folder_id
