"""Pending events of other files on a change's route, examined as far as needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.ports.gatherings import ONE_MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from reviews.changes.burst import Burst
    from reviews.ports.gatherings import Arrival
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_PENDING_EVENTS = 1000
"""Largest number of pending events that are examined to count the files that a cause touches."""
MAX_FOLDER_LEVELS = 10
"""Largest depth of nested new folders that are looked up by their own pending events."""
MAX_FILES_BEFORE_OTHERS = 25
"""Files of one route that may go before those of other routes, even if each gets its own review."""


def find_pending(work: UnitOfWork, *, at: datetime, window: timedelta) -> list[Arrival]:
    """Return what is pending and arrived in the minute before `at`, or at most `window` after it.

    It searches from this time in both directions: an earlier or later flood of another route must not hide
    what arrived together. Ten thousand pending events cost no more than two thousand.
    """
    return work.gatherings.list_pending_files(
        at=at, since=at - ONE_MINUTE, until=at + window, limit=MAX_PENDING_EVENTS
    )


def _count_pending(work: UnitOfWork, *, at: datetime) -> dict[str, int]:
    """Return how many files are pending in each folder that arrived within a minute before or after."""
    return work.gatherings.count_pending_files(
        at=at, since=at - ONE_MINUTE, until=at + ONE_MINUTE, limit=MAX_PENDING_EVENTS
    )


def select_on_route(
    work: UnitOfWork, pending: Iterable[Arrival], route: Route, *, routes: Routes, known_folder: str
) -> list[Arrival]:
    """Return those of the files that are on a route; `known_folder` is a folder that is on it for certain."""
    arrivals = list(pending)
    folders = {each.folder for each in arrivals}
    on_route = _find_folders_on_route(work, folders, route, routes=routes, known_folder=known_folder)
    return [each for each in arrivals if each.folder in on_route]


def _find_folders_on_route(
    work: UnitOfWork, folders: Iterable[str], route: Route, *, routes: Routes, known_folder: str
) -> set[str]:
    paths = _find_folder_paths(work, set(folders) - {known_folder})
    matches = {folder: routes.match_folders(path) for folder, path in paths.items()}
    on_route = {folder for folder, match in matches.items() if match and match.name == route.name}
    return {*on_route, known_folder}


def _find_folder_paths(work: UnitOfWork, folders: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the ids of each folder and of those above it, from the top down, as far as possible.

    A tree that arrives with a flood is not stored yet. The places of its folders come from their own events,
    which are pending too.
    """
    folder_ids = sorted(set(folders))
    paths = {each: place.folder_ids for each, place in work.folders.get_places_before(folder_ids).items()}
    parents: dict[str, str] = {}
    unknown = [each for each in folder_ids if each not in paths]
    for _ in range(MAX_FOLDER_LEVELS):
        if not unknown:
            break
        event_parents = work.gatherings.find_event_parents(unknown)
        parents |= event_parents
        parent_ids = sorted(set(event_parents.values()) - paths.keys() - parents.keys())
        paths |= {
            each: place.folder_ids for each, place in work.folders.get_places_before(parent_ids).items()
        }
        unknown = [each for each in parent_ids if each not in paths]
    return {each: path for each in folder_ids if (path := _build_folder_path(each, parents, paths))}


def _build_folder_path(
    folder: str, parents: Mapping[str, str], paths: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the path to a folder through those that are pending; empty if it leads to no stored one."""
    pending_path: list[str] = []
    while folder not in paths:
        if folder not in parents or folder in pending_path:
            return ()
        pending_path.insert(0, folder)
        folder = parents[folder]
    return (*paths[folder], *pending_path)


@dataclass(frozen=True, kw_only=True)
class Precedence:
    """Lets all other events go before the pending events of a flood on one route.

    Otherwise changes elsewhere would wait until ten thousand files have been handled.
    """

    transactions: Transactions
    routes: Routes

    def find_flood_files(
        self, work: UnitOfWork, burst: Burst, routes: Iterable[Route], *, pending_total: int
    ) -> list[str]:
        """Return the pending files of a route, with this one, if there are many of them.

        That is examined until it is stored. `pending_total` is how many events are pending in all, counted up
        to `MAX_FILES_BEFORE_OTHERS` and one more.
        """
        if burst.first_event.of_many:
            return []
        at, known_folder = burst.first_event.received_at, burst.newest.parent_id
        thresholds = {route: _get_threshold(route) for route in routes}
        thresholds = {
            route: threshold for route, threshold in thresholds.items() if pending_total > threshold
        }
        counts = _count_pending(work, at=at) if thresholds else {}
        for route, threshold in thresholds.items():
            if sum(counts.values()) <= threshold:
                continue
            on_route = _find_folders_on_route(
                work, counts, route, routes=self.routes, known_folder=known_folder
            )
            if sum(counts.get(folder, 0) for folder in on_route) <= threshold:
                continue
            pending = find_pending(work, at=at, window=ONE_MINUTE)
            files = {each.file_id for each in pending if each.folder in on_route}
            if len(files) > threshold:
                return sorted(files)
        return []

    def lower_priority(self, burst: Burst, flood_files: Sequence[str]) -> None:
        """Have the pending events of a flood let others go first."""
        if flood_files:
            with self.transactions() as work:
                work.events.lower_priority([burst.subject, *flood_files])
                work.commit()


def _get_threshold(route: Route) -> int:
    return MAX_FILES_BEFORE_OTHERS if route.bulk is None else min(route.bulk, MAX_FILES_BEFORE_OTHERS)
