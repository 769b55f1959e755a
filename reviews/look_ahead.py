"""What waits beside a change: the pending events of other files on its route, looked at as far as needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.causes import A_MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from reviews.burst import Burst
    from reviews.causes import Arrival
    from reviews.ports import Transactions, UnitOfWork
    from reviews.routing import Route, Routes
    from reviews.tree import Place

MOST_WAITING = 1000
"""Pending events that are looked at to find out how many files a cause touches."""
MOST_FOLDERS = 50
"""Folders of pending events whose route is looked up."""
MANY = 25
"""Files of one route that may wait before those of other routes, also where each gets a review of its own."""


@dataclass(frozen=True, kw_only=True)
class LookAhead:
    """Finds the files of a route of which events wait. Ten thousand cost no more than a thousand."""

    routes: Routes

    def find(self, work: UnitOfWork, *, at: datetime, longest: timedelta) -> list[Arrival]:
        """Return what waits that arrived in the minute before a moment, or at most so long after it."""
        return work.bulk_files.waiting(since=at - A_MINUTE, until=at + longest, most=MOST_WAITING)

    def select(
        self, work: UnitOfWork, waiting: Iterable[Arrival], route: Route, *, beside: str
    ) -> list[Arrival]:
        """Return those of the files that lie on a route; `beside` is a folder of which that is known."""
        found = list(waiting)
        folders = dict.fromkeys(each.folder for each in found if each.folder != beside)
        places = {folder: work.folders.place_before(folder) for folder in list(folders)[:MOST_FOLDERS]}
        inside = {folder for folder, place in places.items() if self._is_on(route, place)} | {beside}
        return [each for each in found if each.folder in inside]

    def _is_on(self, route: Route, place: Place | None) -> bool:
        found = self.routes.match(place) if place else None
        return found is not None and found.name == route.name


@dataclass(frozen=True, kw_only=True)
class Precedence:
    """Has events that wait among many of one route let all others go first.

    Otherwise whatever changes elsewhere would wait until ten thousand files have been looked at.
    """

    transactions: Transactions
    look_ahead: LookAhead

    def order(self, burst: Burst, routes: Iterable[Route]) -> None:
        """Look once at what waits beside a burst, and write down if those are many."""
        if burst.lead.of_many:
            return
        for route in routes:
            most = MANY if route.bulk is None else min(route.bulk, MANY)
            if many := self._find_many(burst, route, most):
                with self.transactions() as work:
                    work.events.let_others_first([burst.subject, *many])
                    work.commit()
                return

    def _find_many(self, burst: Burst, route: Route, most: int) -> list[str]:
        """Return the files of a route that wait beside this one, if they are more than `most`."""
        at, beside = burst.lead.received_at, burst.newest.parent_id
        with self.transactions(reading=True) as work:
            for since in (at, at - A_MINUTE):
                waiting = work.bulk_files.waiting(since=since, until=at + A_MINUTE, most=MOST_WAITING)
                files = {each.file_id for each in waiting}
                if len(files) > most:
                    same = self.look_ahead.select(work, waiting, route, beside=beside)
                    files = {each.file_id for each in same}
                    if len(files) > most:
                        return sorted(files)
        return []
