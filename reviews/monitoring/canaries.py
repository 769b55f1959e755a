"""Canaries: signed test events that take the production path, up to a card that is marked as a test.

None of it is a review: canaries are stored in a table of their own, and never in the ledger.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reviews.kinds import CardState, EventState
from reviews.notice import CanaryNotice
from reviews.ports.alarms import Canary, CanaryPost
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from reviews.clock import Clock
    from reviews.model import StoredEvent
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes, Target
    from reviews.routes.working_time import WorkingHours

CANARY_ID_PREFIX = "canary:"
"""Prefix of a test's subject, which for everything else is the id of a file or folder."""
OVERDUE_AFTER = timedelta(minutes=5)
CANARY_RETENTION = timedelta(days=30)
DAY = timedelta(days=1)
MAX_NAME_LENGTH = 200
FORGED_REASON = "a test that was not sent from here, or that has arrived before"
NO_CHANNEL_REASON = "a test: none of its routes has a channel in which anything is told"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class CanaryProgress:
    """The progress of a test."""

    canary: Canary
    received_at: datetime | None
    posts: tuple[CanaryPost, ...]

    @property
    def is_back(self) -> bool:
        """Whether every card is posted."""
        return self.canary.processed_at is not None and all(post.at for post in self.posts)

    @property
    def is_lost(self) -> bool:
        """Whether waiting is useless: it was not sent, or all missing cards are dead."""
        missing = [post for post in self.posts if not post.at]
        given_up = bool(missing) and all(post.state is CardState.DEAD for post in missing)
        return bool(self.canary.trouble and not self.received_at) or given_up


@dataclass(frozen=True, kw_only=True)
class Canaries:
    """Makes tests, and recognizes them on arrival. `silent` are the channels that post nothing."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    silent: Collection[str] = ()

    def create(
        self, canary_id: str, nonce: str, *, route: str = "", slot: str | None = None
    ) -> Canary | None:
        """Store a test before it is sent; `None` if another worker sends the one of this slot."""
        canary = Canary(id=canary_id, digest=hash_nonce(nonce), route=route, slot=slot, sent_at=self.clock())
        with self.transactions() as work:
            if not work.canaries.add(canary):
                return None
            work.commit()
        return canary

    def has_slot(self, slot: str) -> bool:
        with self.transactions(reading=True) as work:
            return work.canaries.has_slot(slot)

    def save_failure(self, canary_id: str, error: str) -> None:
        """Store why a test could not be sent; this is cleared if it arrives."""
        with self.transactions() as work:
            work.canaries.mark_failed(canary_id, error)
            work.commit()

    def process_arrival(self, work: UnitOfWork, stored: StoredEvent) -> tuple[EventState, str]:
        """Owe the cards of an expected test; return its event's new state, and why."""
        canary_id, nonce = stored.event.file_id.removeprefix(CANARY_ID_PREFIX), stored.event.parent_id
        canary, now = work.canaries.get(canary_id), self.clock()
        if canary is None:
            return EventState.IGNORED, FORGED_REASON
        places = self.list_targets(canary.route)
        is_expected = work.canaries.mark_received(
            canary_id,
            digest=hash_nonce(nonce),
            received_at=stored.received_at,
            at=now,
            targets=[(target.notifier, target.address) for target in places],
        )
        if not is_expected:
            return EventState.IGNORED, FORGED_REASON
        for target, route in places.items():
            notice = CanaryNotice(title=route, at=now, route=route, canary_id=canary_id)
            work.cards.owe_notice((target.notifier, target.address), notice, cause=format_cause(canary_id))
        places_text = ", ".join(map(str, places))
        return EventState.DONE, f"a test, told in {places_text}" if places_text else NO_CHANNEL_REASON

    def list_targets(self, route: str) -> dict[Target, str]:
        """Return the targets for tests of a route, or of all routes, each with the name of a route."""
        targets: dict[Target, str] = {}
        for name, target in self.routes.notified_targets:
            if route in {"", name} and target.notifier not in self.silent:
                targets.setdefault(target, name)
        return targets

    def find_progress(self, canary_id: str) -> CanaryProgress | None:
        """Return the progress of a test, and store when it was back."""
        with self.transactions(reading=True) as work:
            canary = work.canaries.get(canary_id)
            progress = _find_progress(work, canary) if canary else None
        if progress and progress.is_back and progress.canary.back_at is None:
            with self.transactions() as work:
                posted_at = (post.at for post in progress.posts if post.at)
                work.canaries.mark_returned(canary_id, at=max(posted_at, default=self.clock()))
                work.commit()
        return progress

    def list_overdue(self, now: datetime) -> list[CanaryProgress]:
        """Return for each route with tests of its own the newest test, if it ought to be back and is not.

        A test sent by hand is reported to its sender; here it only counts if it is back.
        """
        with self.transactions(reading=True) as work:
            recent = work.canaries.list_recent(since=now - CANARY_RETENTION)
        late_canaries = (
            _find_newest_late(recent, route.name, now) for route in self.routes.all if route.canary
        )
        progresses = [self.find_progress(canary.id) for canary in late_canaries if canary]
        return [progress for progress in progresses if progress and not progress.is_back]

    def settle_recent(self, now: datetime) -> None:
        """Store which tests of the last day are back by now."""
        with self.transactions(reading=True) as work:
            recent = work.canaries.list_recent(since=now - DAY)
        for canary in recent:
            if canary.back_at is None:
                self.find_progress(canary.id)

    def find(self, canary_id: str) -> Canary | None:
        with self.transactions(reading=True) as work:
            return work.canaries.get(canary_id)

    def acknowledge(self, canary_id: str, *, acknowledged_by: str) -> Canary | None:
        """Store who answered a test; return its state after that, `None` where there is no such test."""
        with self.transactions() as work:
            work.canaries.acknowledge(
                canary_id, acknowledged_by=clean_text(acknowledged_by)[:MAX_NAME_LENGTH], at=self.clock()
            )
            canary = work.canaries.get(canary_id)
            work.commit()
        return canary


def hash_nonce(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def format_cause(canary_id: str) -> str:
    return f"{CANARY_ID_PREFIX}{canary_id}"


def find_due_slot(route: Route, now: datetime, default_hours: WorkingHours) -> str | None:
    """Return the name of the slot for which a route's test is due now; `None` where it has none.

    A daily test is due when working time begins; any other at whole multiples of its interval, the same for
    all workers. After a time without any worker, one test is due.
    """
    if route.canary is None:
        return None
    if route.canary == DAY:
        slot_start = (route.working_hours or default_hours).find_last_start(now)
    else:
        slot_start = EPOCH + (now - EPOCH) // route.canary * route.canary
    return f"{route.name}:{slot_start.isoformat()}"


def _find_newest_late(recent: Iterable[Canary], route: str, now: datetime) -> Canary | None:
    """Return the newest late test that shows the state of a route; `None` if a newer one is back."""
    for canary in recent:
        if canary.route not in {"", route}:
            continue
        if canary.back_at is not None:
            return None
        if canary.slot is not None and canary.sent_at <= now - OVERDUE_AFTER:
            return canary
    return None


def _find_progress(work: UnitOfWork, canary: Canary) -> CanaryProgress:
    received_at = canary.received_at
    if received_at is None:
        pending = work.events.list_pending(format_cause(canary.id))
        received_at = min((event.received_at for event in pending), default=None)
    return CanaryProgress(
        canary=canary, received_at=received_at, posts=tuple(work.canaries.list_posts(canary))
    )
