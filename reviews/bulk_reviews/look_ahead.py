"""What waits beside a change: the pending events of other files on its route, looked at as far as needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.ports.bulk_files import ONE_MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from reviews.changes.burst import Burst
    from reviews.ports.bulk_files import Arrival
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes

MAX_PENDING_EVENTS = 1000
"""Pending events that are looked at to find out how many files a cause touches."""
MAX_FOLDER_LEVELS = 10
"""New folders, one within the other, that are looked up by their own pending events."""
MAX_FILES_BEFORE_OTHERS = 25
"""Files of one route that may wait before those of other routes, also where each gets a review of its own."""


@dataclass(frozen=True, kw_only=True)
class LookAhead:
    """Finds the files of a route of which events wait. Ten thousand cost no more than two thousand."""

    routes: Routes

    def find_pending(self, work: UnitOfWork, *, at: datetime, longest: timedelta) -> list[Arrival]:
        """Return what waits that arrived in the minute before a moment, or at most so long after it.

        That is looked at from this moment on, in both directions: a flood of another route that came earlier
        or comes later must not hide what arrived together.
        """
        before = work.bulk_files.list_pending(
            since=at - ONE_MINUTE, until=at, most=MAX_PENDING_EVENTS, latest=True
        )
        return [*before, *work.bulk_files.list_pending(since=at, until=at + longest, most=MAX_PENDING_EVENTS)]

    def select_on_route(
        self, work: UnitOfWork, waiting: Iterable[Arrival], route: Route, *, beside: str
    ) -> list[Arrival]:
        """Return those of the files that lie on a route; `beside` is a folder of which that is known."""
        found = list(waiting)
        ways = _find_folder_paths(work, {each.folder for each in found} - {beside})
        inside = {folder for folder, way in ways.items() if self._is_on_route(route, way)} | {beside}
        return [each for each in found if each.folder in inside]

    def _is_on_route(self, route: Route, way: tuple[str, ...]) -> bool:
        found = self.routes.match_folders(way)
        return found is not None and found.name == route.name


def _find_folder_paths(work: UnitOfWork, folders: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the ids of each folder and of those above it, from the top down, as far as that is known.

    Of a tree that comes with a flood nothing is known yet: where its folders are is said by events of their
    own that wait too.
    """
    sought = sorted(set(folders))
    ways = {each: place.folder_ids for each, place in work.folders.places_before(sought).items()}
    parents: dict[str, str] = {}
    unknown = [each for each in sought if each not in ways]
    for _ in range(MAX_FOLDER_LEVELS):
        if not unknown:
            break
        told = work.bulk_files.find_event_parents(unknown)
        parents |= told
        above = sorted(set(told.values()) - ways.keys() - parents.keys())
        ways |= {each: place.folder_ids for each, place in work.folders.places_before(above).items()}
        unknown = [each for each in above if each not in ways]
    return {each: way for each in sought if (way := _build_folder_path(each, parents, ways))}


def _build_folder_path(
    folder: str, parents: Mapping[str, str], ways: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the way to a folder by way of those that wait; nothing where it leads to no known one."""
    down: list[str] = []
    while folder not in ways:
        if folder not in parents or folder in down:
            return ()
        down.insert(0, folder)
        folder = parents[folder]
    return (*ways[folder], *down)


@dataclass(frozen=True, kw_only=True)
class Precedence:
    """Has events that wait among many of one route let all others go first.

    Otherwise whatever changes elsewhere would wait until ten thousand files have been looked at.
    """

    transactions: Transactions
    look_ahead: LookAhead

    def let_others_first(self, burst: Burst, routes: Iterable[Route]) -> None:
        """Look once at what waits beside a burst, and write down if those are many."""
        if burst.lead.of_many:
            return
        for route in routes:
            most = MAX_FILES_BEFORE_OTHERS if route.bulk is None else min(route.bulk, MAX_FILES_BEFORE_OTHERS)
            if many := self._find_flood_files(burst, route, most):
                with self.transactions() as work:
                    work.events.lower_priority([burst.subject, *many])
                    work.commit()
                return

    def _find_flood_files(self, burst: Burst, route: Route, most: int) -> list[str]:
        """Return the files of a route that wait beside this one, if they are more than `most`."""
        at, beside = burst.lead.received_at, burst.newest.parent_id
        with self.transactions(reading=True) as work:
            waiting = self.look_ahead.find_pending(work, at=at, longest=ONE_MINUTE)
            if len({each.file_id for each in waiting}) <= most:
                return []
            same = self.look_ahead.select_on_route(work, waiting, route, beside=beside)
        files = {each.file_id for each in same}
        return sorted(files) if len(files) > most else []
