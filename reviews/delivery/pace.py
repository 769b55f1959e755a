"""The pace of posts to one target in this process, to the millisecond."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

MAX_TARGETS = 1000
"""With more targets, those whose interval is over are forgotten."""


class Pace:
    """Holds a post back until the interval after the last one to its target is over.

    Workers take turns by gates in the database. From the turn to the moment of sending it takes some
    milliseconds, on a busy machine more; a remote service refuses what comes that much too early.
    """

    def __init__(
        self, *, monotonic: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._monotonic, self._sleep = monotonic, sleep
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}

    @property
    def targets(self) -> set[str]:
        """The targets whose last post is remembered."""
        return set(self._free_at)

    def wait_for(self, target: str, interval: timedelta) -> None:
        """Wait for the target's next free moment, at most for one interval, and take it."""
        seconds = interval.total_seconds()
        if not seconds:
            return
        with self._lock:
            now = self._monotonic()
            wait = min(max(self._free_at.get(target, now) - now, 0.0), seconds)
            if len(self._free_at) >= MAX_TARGETS:
                self._free_at = {each: at for each, at in self._free_at.items() if at > now}
            self._free_at[target] = now + wait + seconds
        if wait:
            self._sleep(wait)
