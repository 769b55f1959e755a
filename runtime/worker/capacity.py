"""How many jobs a worker runs at once, lane by lane, so that no job waits behind those of another lane."""

from __future__ import annotations

import threading
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from store.due_work import DueKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Lane(StrEnum):
    """The subject of a job, as far as it decides which jobs it may wait for.

    A redraw updates a card that was posted already: a person has clicked and watches it. Floods are events of
    many files with one cause: they share DocSpace's rate limit with other changes.
    """

    REDRAWS = DueKind.REDRAWS
    POSTS = DueKind.POSTS
    EVENTS = DueKind.EVENTS
    FLOODS = DueKind.FLOODS
    COMPARISONS = DueKind.COMPARISONS
    SWEEPS = "sweeps"


MAX_JOBS: Mapping[Lane, int] = {
    Lane.REDRAWS: 10,
    Lane.POSTS: 16,
    Lane.EVENTS: 10,
    Lane.FLOODS: 6,
    Lane.COMPARISONS: 1,  # each has a process that may take a core and 512 MB
    Lane.SWEEPS: 4,
}
"""Jobs that this process has taken and that have not ended. The others wait for any worker with room."""

THREADS = sum(MAX_JOBS.values())
"""One thread for each possible job, so that none waits for a thread. Threads are created when needed."""


class Capacity:
    """Counter of the jobs that run in this process, from when they are taken until they have ended."""

    def __init__(
        self,
        *,
        refill: Callable[[], None] = lambda: None,
        max_jobs: Mapping[Lane, int] = MAX_JOBS,
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        """`refill` is called when half of a lane is free again and more of that lane is waiting.

        `may_work` returns whether the database has the schema of this process.
        """
        self.may_work = may_work
        self._max_jobs = max_jobs
        self._refill = refill
        self._lock = threading.Lock()
        self._counts: Counter[Lane] = Counter()
        self._waiting: set[Lane] = set()

    @property
    def running_count(self) -> int:
        with self._lock:
            return self._counts.total()

    def count_free(self, lane: Lane) -> int:
        """Return how many more jobs of a lane this process may run."""
        with self._lock:
            return max(self._max_jobs[lane] - self._counts[lane], 0)

    def is_running(self, lane: Lane) -> bool:
        """Return whether a job of a lane runs in this process."""
        with self._lock:
            return self._counts[lane] > 0

    def claim(self, lane: Lane) -> None:
        """Count a job."""
        with self._lock:
            self._counts[lane] += 1

    def release(self, lane: Lane) -> None:
        """Stop counting a job."""
        with self._lock:
            self._counts[lane] -= 1
        self._refill_half_empty(lane)

    def note_waiting(self, lane: Lane, *, has_more: bool) -> None:
        """Record whether more jobs of a lane are waiting than this process may run."""
        with self._lock:
            (self._waiting.add if has_more else self._waiting.discard)(lane)
        self._refill_half_empty(lane)

    def _refill_half_empty(self, lane: Lane) -> None:
        with self._lock:
            refill = lane in self._waiting and self._counts[lane] <= self._max_jobs[lane] // 2
            if refill:
                self._waiting.discard(lane)
        if refill:
            self._refill()
