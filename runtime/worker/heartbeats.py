"""The heartbeats of the workers, and the take-over of work from dead ones.

They have threads of their own: what hangs elsewhere must not make a worker look dead.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from runtime.worker.rounds import Rounds
from store.claims import release_claims_of_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from store.workers import WorkerRegistry, WorkerRow

BEAT_SECONDS = 2.0
TAKE_OVER_SECONDS = 2.0
"""Between two attempts to take over work."""
IDLE_SECONDS = 3600.0
"""Between two checks of the take-over for dead workers; the heartbeats wake it."""

log = structlog.get_logger()


class Heartbeats:
    """Heartbeats of one worker; they also find dead workers."""

    def __init__(  # noqa: PLR0913 - what a heartbeat says, and what it is asked for
        self,
        registry: WorkerRegistry,
        name: str,
        *,
        divide_calls: Callable[[int], object],
        list_overdue: Callable[[], Sequence[str]],
        explain_no_slack: Callable[[], str | None] = lambda: None,
        stopping: Callable[[], bool],
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        """`name` is this worker's in the registry.

        `divide_calls` is called with the number of living workers. `list_overdue` returns the rounds that do
        not end, `explain_no_slack` why this worker has no connection to Slack (as in `record_heartbeat`).
        A worker that may not work takes over nothing.
        """
        self._registry, self._name = registry, name
        self._divide_calls, self._list_overdue, self._stopping = divide_calls, list_overdue, stopping
        self._explain_no_slack = explain_no_slack
        self._steady_time = timedelta()
        self._dead: list[WorkerRow] = []
        self._is_signed_off = False
        self._lock = threading.Lock()
        self.beats = Rounds("beats", self._run_heartbeat, retry_seconds=BEAT_SECONDS)
        self.take_over = Rounds(
            "take-over", self._take_over, retry_seconds=TAKE_OVER_SECONDS, may_work=may_work
        )

    def send_heartbeat(self) -> list[WorkerRow]:
        """Send one heartbeat, unless signed off; return the workers from which to take over."""
        with self._lock:
            return [] if self._is_signed_off else self._beat_once()

    def sign_off(self) -> None:
        """Stop counting as a living worker and stop the heartbeat: others take over the remaining work.

        May be called again: a database that was restored meanwhile has the row as it was.
        """
        with self._lock:
            self._is_signed_off = True
            self._registry.retire(self._name)

    def sign_on(self) -> None:
        """Register again after signing off, like a worker that has just started; else do nothing."""
        with self._lock:
            if self._is_signed_off:
                self._registry.register_again(self._name)
                self._steady_time, self._dead = timedelta(), []
                self._is_signed_off = False

    def _beat_once(self) -> list[WorkerRow]:
        roster = self._registry.record_heartbeat(
            self._name, overdue=self._list_overdue(), slack_reason=self._explain_no_slack()
        )
        if roster.gap is None:
            log.error("worker_believed_dead", name=self._name)
            self._registry.register_again(self._name)
        self._count(roster.gap, is_steady=roster.is_steady)
        self._divide_calls(roster.living_count)
        return roster.find_dead(steady_for=self._steady_time)

    def _count(self, silence: timedelta | None, *, is_steady: bool) -> None:
        """Add up how long this worker's heartbeat has had no gap, by the database's clock."""
        if silence is not None and is_steady:
            self._steady_time += silence
            return
        self._steady_time = timedelta()
        if silence is not None:
            log.warning("beats_missed", name=self._name, seconds=round(silence.total_seconds(), 1))

    def _run_heartbeat(self) -> float:
        self._dead = self.send_heartbeat()
        if self._dead:
            self.take_over.wake()
        return BEAT_SECONDS

    def _take_over(self) -> float:
        """Release the work of workers dead at the last heartbeat, for any worker to take."""
        for dead in self._dead:
            if self._stopping() or self._registry.has_heartbeat_since(dead):
                continue
            count = release_claims_of_worker(self._registry.engine, dead.id, died=not dead.has_retired)
            log.info("work_taken_over", dead=dead.id, jobs=count)
            self._registry.remove(dead.id, seen_at=dead.seen_at)
        return IDLE_SECONDS
