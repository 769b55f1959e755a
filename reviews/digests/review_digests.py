"""The digests of reviews: each is owed once, at a local time, to a channel or to a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.digests.digest_contents import DigestPeriod, build_digest
from reviews.digests.digest_routes import find_routes, get_hours, list_routed_digests
from reviews.ports.failure_isolation import propagate_failures
from reviews.ports.review_digests import CHOSEN, OFF, StoredDigest
from reviews.routes.digest_times import DigestTimes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from reviews.digests.digest_routes import RoutedDigest
    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Route, Routes

CAUSE_PREFIX = "review-digest:"
MAX_AT_ONCE = 200
"""Digests that people chose and that one round owes; the next round goes on."""


@dataclass(frozen=True, kw_only=True)
class ReviewDigests:
    """Owes the digests. Any number of workers may do so at once, and die at any point.

    A row says up to when the last period went. The worker that moves it on owes the digest in the same
    transaction. So each time has one digest at most, also after a clock was put back, and an outage ends with
    one digest of all of it. A new digest begins with the first time that comes.
    `silent` are the channels that post nothing, `page_url` is that of the page with all reviews.
    """

    transactions: Transactions
    routes: Routes
    silent: Collection[str] = ()
    page_url: str = ""
    _handled: dict[RoutedDigest, datetime] = field(default_factory=dict, init=False)
    """The last times that need no look at the database any more."""

    def owe_due_digests(self, now: datetime, *, isolate: FailureIsolation = propagate_failures) -> int:
        """Owe the digests that are due, and return their number; each runs inside `isolate`."""
        owed = 0
        for digest in list_routed_digests(self.routes, self.silent):
            due = digest.times.find_last(now, get_hours(digest.routes))
            if due is None or self._handled.get(digest) == due:
                continue
            with isolate(f"digest for {digest.notifier}:{digest.target}"):
                owed += self._owe_routed(digest, due=due, now=now)
                self._handled[digest] = due
        with self.transactions(reading=True) as work:
            chosen = work.review_digests.list_due(now, MAX_AT_ONCE)
        for stored in chosen:
            with isolate(f"digest that was chosen in {stored.notifier}"):
                owed += self._owe_chosen(stored, now)
        return owed

    def _owe_routed(self, digest: RoutedDigest, *, due: datetime, now: datetime) -> bool:
        """Owe the digest of the routing file, unless the channel chose its own."""
        place = (digest.notifier, digest.target)
        with self.transactions(reading=True) as work:
            if work.review_digests.get(*place, CHOSEN):
                return False
            stored = work.review_digests.get(*place, digest.slot)
        if stored is None:
            first = StoredDigest(notifier=place[0], target=place[1], slot=digest.slot, handled_until=due)
            with self.transactions() as work:
                work.review_digests.add_if_new(first)
                work.commit()
            return False
        return self._owe(stored, digest.routes, due=due, next_at=None, now=now)

    def _owe_chosen(self, stored: StoredDigest, now: datetime) -> bool:
        if stored.times == OFF:
            return False
        times = DigestTimes.parse(stored.times)
        with self.transactions(reading=True) as work:
            routes = find_routes(work, self.routes, (stored.notifier, stored.target))
        hours = get_hours(routes)
        due = times.find_last(now, hours) or stored.handled_until
        return self._owe(stored, routes, due=due, next_at=times.find_next(now, hours), now=now)

    def _owe(
        self,
        stored: StoredDigest,
        routes: Sequence[Route],
        *,
        due: datetime,
        next_at: datetime | None,
        now: datetime,
    ) -> bool:
        """Move the digest on and owe it in one transaction, unless there is nothing to say."""
        is_due = due > stored.handled_until
        if not is_due and next_at == stored.next_at:
            return False
        # Queried while nothing is locked: SQLite has one lock for all writers, and a click waits for it.
        period = DigestPeriod(since=stored.handled_until, until=due, now=now)
        with self.transactions(reading=True) as work:
            notice = (
                build_digest(work, self.routes, routes, period=period, page_url=self.page_url)
                if is_due
                else None
            )
        until = max(due, stored.handled_until)
        with self.transactions() as work:
            if not work.review_digests.move_on(stored, until=until, next_at=next_at):
                return False
            cause = f"{CAUSE_PREFIX}{stored.slot}:{due.isoformat()}"
            place = (stored.notifier, stored.target)
            owed = notice is not None and work.cards.owe_notice(place, notice, cause=cause)
            work.commit()
        return owed
