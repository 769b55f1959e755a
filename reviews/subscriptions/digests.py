"""What was gathered for a channel, posted once a day when the work begins."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.notice import Notice, NoticeKind
from reviews.ports.edges import let_through
from reviews.routes.working_time import WorkingHours
from reviews.sweep import completeness

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from reviews.notice import Line
    from reviews.ports.edges import Edge
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes

MOST_LINES = 20
LATE_APART = timedelta(minutes=15)
"""How often at most a channel gets what was committed only after its digest had been collected."""
USUAL_HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))


@dataclass(frozen=True, kw_only=True)
class Digests:
    """Posts the digests. Any number of workers may do so at once, and die at any point."""

    transactions: Transactions
    routes: Routes

    def due(self, now: datetime, *, edge: Edge = let_through) -> int:
        """Owe each channel the digest that is due, and return how many there were; each has an `edge`.

        It is due at the start of the working day, by the hours of the route that watches the folder. After
        whatever time nobody worked, one digest has all of it.
        """
        with self.transactions(reading=True) as work:
            waiting = work.subscriptions.waiting()
            routes = {each.folder: self._route(work, each.folder) for each in waiting}
        ripe: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
        for each in waiting:
            begun = _hours(routes[each.folder]).last_start(now)
            if each.since < begun:
                ripe[each.notifier, each.target][each.folder] = begun
        owed = 0
        for target, before in ripe.items():
            with edge(":".join(target)):
                watching = {route for each in before if (route := routes[each])}
                owed += self._post(target, before, routes=watching, now=now)
        return owed

    def _post(
        self,
        target: tuple[str, str],
        before: Mapping[str, datetime],
        *,
        routes: Collection[Route],
        now: datetime,
    ) -> bool:
        """Take what waits and owe it in one transaction: one when the working day begins.

        A transaction that noted a change just before that may be committed just after. Such a line does not
        wait for the next day: it comes in a digest of its own a quarter of an hour later.
        """
        begun = max(before.values())
        cause = f"digest:{begun.isoformat()}:{(now - begun) // LATE_APART}"
        # Asked before the lines are taken: all that happened until then has its line by now. And asked while
        # nothing is locked: SQLite has one lock for all who write, and a click waits for it.
        with self.transactions(reading=True) as work:
            until = completeness.find_earliest(work, self.routes, routes)
        with self.transactions() as work:
            if not work.told.first(f"{cause}:{':'.join(target)}", at=now):
                return False
            lines = work.subscriptions.take(*target, before=before)
            if not lines:
                return False
            titles = [each.title for each in work.subscriptions.of_channel(*target) if each.folder in before]
            notice = _digest(lines, titles, at=now, until=until)
            if not work.cards.tell_at(target, notice, cause=cause):
                return False  # the lines stay where they are
            work.commit()
        return True

    def _route(self, work: UnitOfWork, folder: str) -> Route | None:
        place = work.folders.place_before(folder)
        return self.routes.match(place) if place else None


def _digest(lines: list[Line], titles: list[str], *, at: datetime, until: datetime | None) -> Notice:
    """Return the notice; what there is no room for is counted, and it is the oldest."""
    shown = lines[-MOST_LINES:]
    return Notice(
        kind=NoticeKind.DIGEST,
        title=", ".join(titles),
        path="",
        link=None,
        at=at,
        until=until,
        lines=tuple(shown),
        more=len(lines) - len(shown),
        route=shown[-1].route,
    )


def _hours(route: Route | None) -> WorkingHours:
    return (route.working_hours if route else None) or USUAL_HOURS
