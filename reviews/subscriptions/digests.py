"""Digests: the changes gathered for a channel, posted once a day at the start of working hours."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.digest_notices import DigestNotice
from reviews.ports.failure_isolation import propagate_failures
from reviews.routes.working_time import WorkingHours
from reviews.sweep import completeness

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from reviews.digest_notices import DigestLine
    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_LINES = 20
LATE_DIGEST_INTERVAL = timedelta(minutes=15)
"""Shortest interval between digests of changes committed after a channel's digest was collected."""
DEFAULT_WORKING_HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))


@dataclass(frozen=True, kw_only=True)
class Digests:
    """Posts the digests. Any number of workers may do so at once, and die at any point."""

    transactions: Transactions
    routes: Routes

    def owe_due_digests(self, now: datetime, *, isolate: FailureIsolation = propagate_failures) -> int:
        """Owe each channel the digest that is due, and return their number; each runs inside `isolate`.

        It is due at the start of the working day, in the working hours of the route that watches the folder.
        After any time without a running worker, one digest has all of it.
        """
        with self.transactions(reading=True) as work:
            waiting = work.subscriptions.list_pending_digests()
            routes = {each.folder: self._find_route(work, each.folder) for each in waiting}
        due: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
        for each in waiting:
            day_start = _find_working_hours(routes[each.folder]).find_last_start(now)
            if each.since < day_start:
                due[each.notifier, each.target][each.folder] = day_start
        owed = 0
        for target, before in due.items():
            with isolate(":".join(target)):
                watching_routes = {route for each in before if (route := routes[each])}
                owed += self._owe_digest(target, before, routes=watching_routes, now=now)
        return owed

    def _owe_digest(
        self,
        target: tuple[str, str],
        before: Mapping[str, datetime],
        *,
        routes: Collection[Route],
        now: datetime,
    ) -> bool:
        """Take the pending lines and owe them in one transaction: one digest at the start of the working day.

        A transaction that stored a change just before that may commit just after. Such a line does not wait
        for the next day: it comes in a separate digest a quarter of an hour later.
        """
        day_start = max(before.values())
        cause = f"digest:{day_start.isoformat()}:{(now - day_start) // LATE_DIGEST_INTERVAL}"
        # Queried before the lines are taken: all that happened until then has its line by now. Queried while
        # nothing is locked: SQLite has one lock for all writers, and a click waits for it.
        with self.transactions(reading=True) as work:
            until = completeness.find_earliest(work, self.routes, routes)
        with self.transactions() as work:
            if not work.idempotency_keys.add_if_new(f"{cause}:{':'.join(target)}", at=now):
                return False
            lines = work.subscriptions.take_lines(*target, before=before)
            if not lines:
                return False
            titles = [
                each.title for each in work.subscriptions.list_of_channel(*target) if each.folder in before
            ]
            notice = _build_notice(lines, titles, at=now, until=until)
            if not work.cards.owe_notice(target, notice, cause=cause):
                return False  # the lines stay where they are
            work.commit()
        return True

    def _find_route(self, work: UnitOfWork, folder: str) -> Route | None:
        place = work.folders.get_place_before(folder)
        return self.routes.match(place) if place else None


def _build_notice(
    lines: list[DigestLine], titles: list[str], *, at: datetime, until: datetime | None
) -> DigestNotice:
    """Return the notice; lines beyond the limit are only counted, and these are the oldest."""
    latest = lines[-MAX_LINES:]
    return DigestNotice(
        title=", ".join(titles),
        at=at,
        lines=tuple(latest),
        omitted_count=len(lines) - len(latest),
        complete_until=until,
        route=latest[-1].route,
    )


def _find_working_hours(route: Route | None) -> WorkingHours:
    return (route.working_hours if route else None) or DEFAULT_WORKING_HOURS
