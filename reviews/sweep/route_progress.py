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
_UNKNOWN = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class RouteProgress:
    """The folders of a route: how many are behind, and how many have not caught up.

    `behind` has the first of those that are behind, and `incomplete` the first that have not caught up, both
    without the `recorded_count` folders that have a recorded period of their own and have not caught up.
    `behind_up_to` is the earliest time that is known of those behind. All that have caught up are complete to
    `complete_to`; `caught_up` has the time of each selected one.
    """

    route: str
    recorded_count: int = 0
    behind_count: int = 0
    behind: tuple[Completeness, ...] = ()
    behind_up_to: datetime | None = None
    incomplete_count: int = 0
    incomplete: tuple[Completeness, ...] = ()
    complete_to: datetime | None = None
    caught_up: Mapping[str, datetime] = field(default_factory=dict)

    def add_folders(self, folders: Sequence[Completeness], limits: ProgressLimits) -> RouteProgress:
        """Return the progress of these folders as well."""
        others = [each for each in folders if (self.route, each.folder_id) not in limits.recorded]
        behind = [each for each in others if limits.is_behind(each)]
        incomplete = [each for each in others if not limits.has_caught_up(each)]
        complete = {each.folder_id: each.up_to for each in folders if limits.has_caught_up(each)}
        selected = {
            folder: at for folder, at in complete.items() if at is not None and folder in limits.selected
        }
        return replace(
            self,
            recorded_count=self.recorded_count + len(folders) - len(complete) - len(incomplete),
            behind_count=self.behind_count + len(behind),
            behind=_select_earliest(self.behind, behind),
            behind_up_to=_find_earliest([self.behind_up_to, *(each.up_to for each in behind)]),
            incomplete_count=self.incomplete_count + len(folders) - len(complete),
            incomplete=_select_earliest(self.incomplete, incomplete),
            complete_to=_find_earliest([self.complete_to, *complete.values()]),
            caught_up={**self.caught_up, **selected},
        )


@dataclass(frozen=True, kw_only=True)
class ProgressLimits:
    """From when on a folder is behind, and when it has caught up.

    `selected` are the folders that are looked up, `recorded` the routes and folders with a recorded period.
    """

    late_before: datetime
    complete_from: datetime
    selected: Collection[str] = ()
    recorded: Collection[tuple[str, str]] = ()

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


def _select_earliest(
    selected: Sequence[Completeness], more: Sequence[Completeness]
) -> tuple[Completeness, ...]:
    return tuple(heapq.nsmallest(MAX_EARLIEST, (*selected, *more), key=_order_by_time))


def _find_earliest(times: Sequence[datetime | None]) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


def _order_by_time(folder: Completeness) -> tuple[datetime, str]:
    """Order by what is known: a folder that was never looked at says nothing of the others' time."""
    return folder.incomplete_since or _UNKNOWN, folder.folder_id
