"""The limit on repeated log lines of libraries: a few are written, the others are counted and reported."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

WINDOW_SECONDS = 60.0
AS_THEY_ARE = 3

LogSite = tuple[str, int, str, int]


@dataclass
class _Count:
    count: int
    timer: threading.Timer


class RateLimitedHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Handler that writes the lines of one place in a program at most a few times in `seconds`.

    The number of omitted lines is logged when that time is over, even if no further line comes, and at the
    end of the process.
    """

    def __init__(self, *, seconds: float = WINDOW_SECONDS, max_identical: int = AS_THEY_ARE) -> None:
        super().__init__()
        self._seconds, self._max_identical = seconds, max_identical
        self._counts: dict[LogSite, _Count] = {}
        self._counting = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        if self._is_let_through(record):
            super().emit(record)

    def close(self) -> None:
        for site in list(self._counts):
            self._log_left_out(site)
        super().close()

    def _is_let_through(self, record: logging.LogRecord) -> bool:
        site = (record.name, record.levelno, record.pathname, record.lineno)
        with self._counting:
            count = self._counts.get(site)
            if count is None:
                timer = threading.Timer(self._seconds, self._log_left_out, [site])
                timer.daemon = True
                count = self._counts[site] = _Count(0, timer)
                timer.start()
            count.count += 1
            return count.count <= self._max_identical

    def _log_left_out(self, site: LogSite) -> None:
        with self._counting:
            count = self._counts.pop(site, None)
        if count is None:
            return
        count.timer.cancel()
        omitted_count = count.count - self._max_identical
        if omitted_count > 0:
            name, level, file, line = site
            message = "%d more lines like the last of this place were left out"
            self.handle(logging.LogRecord(name, level, file, -line, message, (omitted_count,), None))
