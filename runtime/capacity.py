"""How many jobs a worker starts, lane by lane, so that no job waits behind those of another lane."""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Lane(StrEnum):
    """The subject of a job, as far as it decides which jobs it may wait for.

    A redraw updates a card that was posted already: a person has clicked and watches it.

    The durable engine stores lanes by the path of this class (tests/runtime/test_earlier_releases.py). It
    can't move to another module: work that broke off in an earlier release would be lost.
    """

    REDRAWS = "redraws"
    POSTS = "posts"
    EVENTS = "events"
    SWEEPS = "sweeps"


MAX_JOBS: Mapping[Lane, int] = {Lane.REDRAWS: 10, Lane.POSTS: 12, Lane.EVENTS: 10, Lane.SWEEPS: 4}
"""Jobs that were handed over to this process and have not ended. The others wait for any worker with a free
slot."""

MAX_RETRIES = 16
"""Jobs of a lane that the engine's queue returns to this process when they are due. It polls once a second,
so this is also how many there can be in a second."""

MAX_TAKEN_OVER_JOBS = sum(MAX_JOBS.values())
"""Jobs taken over from dead workers: as many as one dead worker can have had."""

MAX_FLOOD_JOBS = 6
"""Files of floods that this process handles at a time: they share DocSpace's rate limit with other
changes."""

MAX_FORMER_QUEUE_JOBS = 4
"""Jobs that an earlier release left in its queue, which has no lanes."""

SPARE = 4
THREADS = (
    sum(MAX_JOBS.values())
    + MAX_RETRIES * len(MAX_JOBS)
    + MAX_TAKEN_OVER_JOBS
    + MAX_FLOOD_JOBS
    + MAX_FORMER_QUEUE_JOBS
    + SPARE
)
"""One thread for each possible job, so that no started job waits for a thread. Threads are created when
needed."""


class Capacity:
    """Counter of the jobs that were handed over to this process, from their start until they have ended."""

    def __init__(
        self,
        *,
        refill: Callable[[], None] = lambda: None,
        max_jobs: Mapping[Lane, int] = MAX_JOBS,
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        """`refill` is called when half of a lane is free again and more of that lane is waiting.

        While `may_work` is false, this process defers what the engine gives it to a later attempt.
        """
        self.may_work = may_work
        self._max_jobs = max_jobs
        self._refill = refill
        self._lock = threading.Lock()
        self._running_jobs: dict[Lane, set[str]] = {lane: set() for lane in Lane}
        self._waiting: set[Lane] = set()

    def count_free(self, lane: Lane) -> int:
        """Return how many more jobs of a lane this process may start."""
        with self._lock:
            return max(self._max_jobs[lane] - len(self._running_jobs[lane]), 0)

    def claim(self, lane: Lane, job: str) -> bool:
        """Count a job; return `False` if it is counted already."""
        with self._lock:
            is_new = job not in self._running_jobs[lane]
            self._running_jobs[lane].add(job)
            return is_new

    def release(self, lane: Lane, job: str) -> None:
        """Stop counting a job, even one that was not counted."""
        with self._lock:
            self._running_jobs[lane].discard(job)
        self._refill_half_empty(lane)

    def note_waiting(self, lane: Lane, *, has_more: bool) -> None:
        """Record whether more jobs of a lane are waiting than there were free slots."""
        with self._lock:
            (self._waiting.add if has_more else self._waiting.discard)(lane)
        self._refill_half_empty(lane)

    def _refill_half_empty(self, lane: Lane) -> None:
        with self._lock:
            refill = lane in self._waiting and len(self._running_jobs[lane]) <= self._max_jobs[lane] // 2
            if refill:
                self._waiting.discard(lane)
        if refill:
            self._refill()
