"""Jobs that run after a response was sent: in short queues, each with one thread of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event, Lock
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ATTEMPTS = 3
"""A database that is locked for a moment is not locked for long."""
MAX_QUEUED_JOBS = 32
"""Jobs in one queue, the running one included. A mail takes 20 seconds at most, and most take one."""

log = structlog.get_logger()


class BackgroundJobs:
    """Implementation of `reviews.people.mailed_codes.JobQueue`; at shutdown, waiting jobs are dropped.

    Python then waits for the running jobs, which end by themselves: a mail within 20 seconds.
    """

    def __init__(self, stopping: Event, *, max_jobs: int = MAX_QUEUED_JOBS) -> None:
        self._stopping, self._max_jobs = stopping, max_jobs
        self._queues: dict[str, _Queue] = {}
        self._lock = Lock()

    def __call__(self, queue_name: str, job: Callable[[], object]) -> bool:
        """Queue a job; return `False` if its queue is full or the process is ending."""
        if self._stopping.is_set():
            return False
        with self._lock:
            if queue_name not in self._queues:
                self._queues[queue_name] = _Queue(queue_name, self._stopping, self._max_jobs)
            queue = self._queues[queue_name]
        return queue.submit(job)


class _Queue:
    def __init__(self, name: str, stopping: Event, max_jobs: int) -> None:
        self._name, self._stopping = name, stopping
        self._free_slots = BoundedSemaphore(max_jobs)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name.replace(" ", "-"))

    def submit(self, job: Callable[[], object]) -> bool:
        if not self._free_slots.acquire(blocking=False):
            log.warning("line_full", line=self._name)
            return False
        try:
            self._thread.submit(self._run, job)
        except RuntimeError:  # Python is shutting down
            self._free_slots.release()
            return False
        return True

    def _run(self, job: Callable[[], object]) -> None:
        try:
            if self._stopping.is_set():
                log.warning("job_dropped", line=self._name)
                return
            for attempt in range(1, MAX_ATTEMPTS + 1):
                if self._succeeds(job, attempt):
                    return
        finally:
            self._free_slots.release()

    def _succeeds(self, job: Callable[[], object], attempt: int) -> bool:
        try:
            job()
        except Exception as error:
            # The edge of the thread: no caller is left that could handle it.
            if attempt == MAX_ATTEMPTS:
                log.exception("job_failed", line=self._name)
            else:
                log.warning("job_failed_for_now", line=self._name, reason=type(error).__name__)
            return False
        return True
