"""Threads for requests in envelopes: a bounded number, since each waits for its listener."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import structlog

from bot.slack.listener_threads import LISTENER_THREADS

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PENDING_ENVELOPES = 2 * LISTENER_THREADS
"""Requests that run or wait for a thread; further ones are left unread until one is answered."""

log = structlog.get_logger()


class EnvelopeThreads:
    """The threads of a process, shared by its connections."""

    def __init__(self) -> None:
        self._free = BoundedSemaphore(MAX_PENDING_ENVELOPES)
        self._pool = ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="slack-envelope")

    def run(self, task: Callable[[], object]) -> None:
        """Run a task in a thread; wait if too many are pending."""
        self._free.acquire()
        try:
            self._pool.submit(self._run, task)
        except RuntimeError:  # Python is shutting down
            self._free.release()
            raise

    def shut_down(self) -> None:
        """Wait for the requests that were read, and take no more."""
        self._pool.shutdown()

    def _run(self, task: Callable[[], object]) -> None:
        try:
            task()
        except Exception:
            # The edge of the thread: Slack gets no acknowledgement, and sends an event again.
            log.exception("slack_envelope_failed")
        finally:
            self._free.release()
