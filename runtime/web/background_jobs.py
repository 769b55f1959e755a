"""What is done after an answer was sent: jobs in short lines, each with one thread of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event, Lock
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ATTEMPTS = 3
"""As a database that is locked for a moment is not locked for long."""
MAX_QUEUED_JOBS = 32
"""Jobs in one line, the one that is done included. A mail takes twenty seconds at most, and most take one."""

log = structlog.get_logger()


class BackgroundJobs:
    """Implements `reviews.people.mailed_codes.JobQueue`. Once the process ends, waiting jobs are dropped.

    Python then waits for the jobs under way, which end by themselves: a mail within twenty seconds.
    """

    def __init__(self, ending: Event, *, most: int = MAX_QUEUED_JOBS) -> None:
        self._ending, self._most = ending, most
        self._lines: dict[str, _Line] = {}
        self._lock = Lock()

    def __call__(self, line: str, job: Callable[[], object]) -> bool:
        """Take a job; `False` where its line is full, or the process ends."""
        if self._ending.is_set():
            return False
        with self._lock:
            if line not in self._lines:
                self._lines[line] = _Line(line, self._ending, self._most)
            found = self._lines[line]
        return found.submit(job)


class _Line:
    def __init__(self, name: str, ending: Event, most: int) -> None:
        self._name, self._ending = name, ending
        self._room = BoundedSemaphore(most)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name.replace(" ", "-"))

    def submit(self, job: Callable[[], object]) -> bool:
        if not self._room.acquire(blocking=False):
            log.warning("line_full", line=self._name)
            return False
        try:
            self._thread.submit(self._do, job)
        except RuntimeError:  # Python has begun to end
            self._room.release()
            return False
        return True

    def _do(self, job: Callable[[], object]) -> None:
        try:
            if self._ending.is_set():
                log.warning("job_dropped", line=self._name)
                return
            for attempt in range(1, MAX_ATTEMPTS + 1):
                if self._succeeds(job, attempt):
                    return
        finally:
            self._room.release()

    def _succeeds(self, job: Callable[[], object], attempt: int) -> bool:
        try:
            job()
        except Exception as error:
            # The edge of the thread: there is nobody else to say it to.
            if attempt == MAX_ATTEMPTS:
                log.exception("job_failed", line=self._name)
            else:
                log.warning("job_failed_for_now", line=self._name, reason=type(error).__name__)
            return False
        return True
