"""The limits of calls to DocSpace: how long they may take, how large answers may be, how many run at once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docspace import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_SECONDS = 10.0  # between two pieces of a response
ANSWER_SECONDS = 30.0  # for the whole response
DOWNLOAD_SECONDS = 60.0  # for a whole file, redirects included
MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""Bytes. A page of 100 files has 1.2 MB if each text has its maximum length and each sign is escaped."""
MAX_LIST_BYTES = 16 * 1024 * 1024
"""The same for a file's versions, which all come at once, and for logs, whose rows hold whole bodies."""
MAX_PARALLEL_CALLS = 48  # the portal allows 50 at once for one key (facts on DocSpace, 4.1)
FULL_RETRY_SECONDS = 2.0  # seconds, if no slot has become free


class ConcurrencyLimit:
    """Limit of concurrent calls; it may change while calls run."""

    def __init__(self, limit: int = MAX_PARALLEL_CALLS) -> None:
        self._changed = threading.Condition()
        self._limit = limit
        self._running = 0

    def divide_among(self, processes: int) -> None:
        """Take this process's part of the portal's limit, which applies to all processes together."""
        with self._changed:
            self._limit = max(MAX_PARALLEL_CALLS // max(processes, 1), 1)
            self._changed.notify_all()

    @contextmanager
    def hold_slot(self, *, timeout: float) -> Iterator[None]:
        """Wait at most so many seconds for a free slot and hold it; `OwnLimitReached` if there is none."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._running < self._limit, timeout=timeout):
                raise errors.OwnLimitReached(
                    "the portal answers slowly, and takes no more calls at once",
                    retry_after=FULL_RETRY_SECONDS,
                )
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify()
