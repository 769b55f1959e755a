"""The heartbeats of the workers, and the take-over of work from dead ones.

They have threads of their own: what hangs elsewhere must not make a worker look dead.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from runtime.worker import durable
from runtime.worker.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from store.workers import WorkerRegistry, WorkerRow

BEAT_SECONDS = 2.0
TAKE_OVER_SECONDS = 2.0
"""Between two attempts to take over work that the engine has passed over."""
IDLE_SECONDS = 3600.0
"""Between two checks of the take-over for dead workers; the heartbeats wake it."""

log = structlog.get_logger()


class Heartbeats:
    """Heartbeats of one worker; they also find dead workers."""

    def __init__(
        self,
        roll: WorkerRegistry,
        name: str,
        *,
        share: Callable[[int], object],
        overdue: Callable[[], Sequence[str]],
        stopping: Callable[[], bool],
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        """`name` is this worker's in the registry.

        `share` is called with the number of living workers; `overdue` returns the rounds that do not end. A
        worker that may not work takes over nothing.
        """
        self._roll, self._name = roll, name
        self._share, self._overdue, self._stopping = share, overdue, stopping
        self._steady_for = timedelta()
        self._dead: list[WorkerRow] = []
        self._signed_off = False
        self._one_at_a_time = threading.Lock()
        self.beats = Rounds("beats", self._run_heartbeat, again=BEAT_SECONDS)
        self.take_over = Rounds("take-over", self._take_over, again=TAKE_OVER_SECONDS, may_work=may_work)

    def send_heartbeat(self) -> list[WorkerRow]:
        """Send one heartbeat, unless signed off; return the workers from which to take over."""
        with self._one_at_a_time:
            return [] if self._signed_off else self._beat_once()

    def sign_off(self) -> None:
        """Stop counting as a living worker and stop the heartbeat: others take over the remaining work.

        May be called again: a database that was restored meanwhile has the row as it was.
        """
        with self._one_at_a_time:
            self._signed_off = True
            self._roll.retire(self._name)

    def sign_on(self) -> None:
        """Register again after signing off, like a worker that has just started; else do nothing."""
        with self._one_at_a_time:
            if self._signed_off:
                self._roll.register_again(self._name)
                self._steady_for, self._dead = timedelta(), []
                self._signed_off = False

    def _beat_once(self) -> list[WorkerRow]:
        roster = self._roll.record_heartbeat(self._name, overdue=self._overdue())
        if roster.gap is None:
            log.error("worker_believed_dead", name=self._name)
            self._roll.register_again(self._name)
        self._count(roster.gap, steady=roster.is_steady)
        self._share(roster.living_count)
        return roster.find_dead(steady_for=self._steady_for)

    def _count(self, gap: timedelta | None, *, steady: bool) -> None:
        """Add up how long this worker's heartbeat has had no gap, by the database's clock."""
        if gap is not None and steady:
            self._steady_for += gap
            return
        self._steady_for = timedelta()
        if gap is not None:
            log.warning("beats_missed", name=self._name, seconds=round(gap.total_seconds(), 1))

    def _run_heartbeat(self) -> float:
        self._dead = self.send_heartbeat()
        if self._dead:
            self.take_over.wake()
        return BEAT_SECONDS

    def _take_over(self) -> float:
        """Take over the work of workers dead at the last heartbeat. The engine may hang meanwhile."""
        for dead in self._dead:
            if self._stopping() or self._roll.has_heartbeat_since(dead):
                continue
            self._roll.release_cards(dead.id)
            count = durable.take_over(dead.id)
            log.info("work_taken_over", dead=dead.id, workflows=count)
            # The engine skips what it can't take; then the dead worker stays in the registry, for the next
            # attempt.
            if not durable.has_left_work(dead.id):
                self._roll.remove(dead.id, seen_at=dead.seen_at)
        return IDLE_SECONDS
