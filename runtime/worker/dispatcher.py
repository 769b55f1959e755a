"""The dispatcher of a worker: it takes what is due, as far as this process has room, and starts the jobs."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

from runtime.worker.capacity import Lane
from store import due_work
from store.claims import name_owner
from store.due_work import DueKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.clock import Clock
    from runtime.worker.capacity import Capacity
    from runtime.worker.jobs import Jobs

CARD_KINDS = (DueKind.REDRAWS, DueKind.POSTS)
EVENT_KINDS = (DueKind.EVENTS, DueKind.FLOODS)
MAX_YIELD = timedelta(minutes=1)
"""How long a comparison waits for events that need the same calls to DocSpace."""


class Dispatcher:
    """Takes work for one process. What it has no room for stays in the database, for any worker."""

    def __init__(
        self,
        engine: sa.Engine,
        jobs: Jobs,
        capacity: Capacity,
        *,
        worker: str,
        clock: Clock,
        poll: float,
    ) -> None:
        """`poll` is the longest wait between two looks, in seconds."""
        self._engine = engine
        self._jobs, self._capacity = jobs, capacity
        self._worker = worker
        self._clock = clock
        self._poll = poll
        self._numbers = itertools.count(1)
        self._incomplete: set[DueKind] = set()

    def dispatch(self) -> float:
        """Take what is due of each kind; return in how many seconds to look again."""
        now = self._clock()
        first_due = due_work.find_first_due(self._engine, now=now)
        waits = [self._poll]
        for kind, due_at in first_due.items():
            free = self._capacity.count_free(Lane(kind))
            if due_at > now:
                waits.append((due_at - now).total_seconds())
            elif kind is DueKind.COMPARISONS and self._yields_to_events(first_due, now):
                continue
            elif not free:
                self._capacity.note_waiting(Lane(kind), has_more=True)
            elif self._take(kind, free):
                waits.append(0.0)
        return min(waits)

    def _yields_to_events(self, first_due: Mapping[DueKind, datetime], now: datetime) -> bool:
        """Return whether comparisons wait for events, whose cards come first: both call DocSpace.

        They do not wait for more than `MAX_YIELD`, so that a stream of events does not stop them.
        """
        has_events = self._capacity.is_running(Lane.EVENTS) or any(
            first_due.get(kind, now + MAX_YIELD) <= now for kind in EVENT_KINDS
        )
        return has_events and now - first_due[DueKind.COMPARISONS] < MAX_YIELD

    def _take(self, kind: DueKind, free: int) -> bool:
        """Take due work and start its jobs; return whether to look again at once.

        The next card may have its turn within moments.
        """
        owner, now, lane = name_owner(self._worker, next(self._numbers)), self._clock(), Lane(kind)
        if kind in CARD_KINDS:
            cards = due_work.take_cards(self._engine, kind, owner=owner, now=now, most=free)
            self._jobs.start_cards(lane, cards, owner)
            count = len(cards)
        elif kind is DueKind.COMPARISONS:
            taken = due_work.take_comparisons(self._engine, owner=owner, now=now, most=free)
            self._jobs.start_comparisons(taken, owner)
            count = len(taken)
        else:
            events = due_work.take_events(self._engine, kind, owner=owner, now=now, most=free)
            self._jobs.start_events(lane, events, owner)
            count = len(events)
        self._capacity.note_waiting(lane, has_more=count == free)
        if kind is DueKind.COMPARISONS:
            return False
        if kind in CARD_KINDS:
            return count > 0
        return count < free and self._pass_over_followers(kind, is_first=count > 0)

    def _pass_over_followers(self, kind: DueKind, *, is_first: bool) -> bool:
        """Pass over events that others' jobs handle, where some may be; return whether there are more.

        There may be if nothing was taken although something was due, or at the second look that took less
        than there was room for: most of them are single events.
        """
        if is_first and kind not in self._incomplete:
            self._incomplete.add(kind)
            return False
        self._incomplete.discard(kind)
        now = self._clock()
        return due_work.pass_over_followers(self._engine, kind, now=now) == due_work.MAX_FOLLOWERS
