"""Periodic rounds of a worker, each in its own thread, since a remote service or the database may hang."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_LISTED_ITEMS = 20
"""How many failed items of a round are named, in the log one by one."""

log = structlog.get_logger()


class ItemsFailed(Exception):
    """Some items of a round failed, and each was logged; the rest is done."""

    def __init__(self, items: Mapping[str, str]) -> None:
        named = ", ".join(f"{item} ({reason})" for item, reason in list(items.items())[:MAX_LISTED_ITEMS])
        super().__init__(f"{len(items)} failed, among them {named}")


class Rounds:
    """Rounds of a task until it is stopped; the task returns in how many seconds it is due again.

    After a failure, the next round is made `retry_seconds` later. The same failure is logged once,
    until a round succeeds. `first_delay` is how long the first round waits. A round in which it may not work
    is left out.
    """

    def __init__(
        self,
        name: str,
        task: Callable[[], float],
        *,
        retry_seconds: float,
        first_delay: float = 0.0,
        may_work: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._task = task
        self._first_delay, self._retry_seconds = first_delay, retry_seconds
        self._may_work = may_work
        self._clock = clock
        self._stopping, self._woken = threading.Event(), threading.Event()
        self._began: float | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Start the next round now, unless the last one failed."""
        self._woken.set()

    def stop(self) -> None:
        """Start no further round; a running one does no harm."""
        self._stopping.set()
        self._woken.set()

    def join(self, seconds: float) -> None:
        """Wait for the running round, for at most so many seconds."""
        if self._thread.ident is None:
            return
        self._thread.join(seconds)
        if self._thread.is_alive():
            log.warning("thread_left_behind", thread=self.name, seconds=round(seconds, 1))

    @property
    def overdue_seconds(self) -> float:
        """For how many seconds a round has been due without success; 0 if none is due."""
        began = self._began
        return 0.0 if began is None else self._clock() - began

    def _run(self) -> None:
        wait, last_failure = self._first_delay, ""
        while not self._stopping.is_set():
            (self._stopping if last_failure else self._woken).wait(wait)
            self._woken.clear()
            if self._stopping.is_set():
                return
            if self._began is None:
                self._began = self._clock()
            wait, last_failure = self._run_round(last_failure)

    def _run_round(self, last_failure: str) -> tuple[float, str]:
        """Return how long to wait for the next round, and what went wrong in this one."""
        try:
            wait = self._task() if self._may_work() else self._retry_seconds
        except Exception as error:
            # An unexpected error must not end the rounds for good.
            failure = type(error).__name__
            if failure != last_failure and not self._stopping.is_set():
                is_expected = isinstance(error, (sa.exc.SQLAlchemyError, ItemsFailed))
                log.warning("round_failed", round=self.name, reason=failure, exc_info=not is_expected)
            return self._retry_seconds, failure
        self._began = None
        if last_failure:
            log.info("round_well_again", round=self.name)
        return wait, ""
