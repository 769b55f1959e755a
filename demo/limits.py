"""Rate limits of the portal, off by default (facts on DocSpace, 4.1)."""

from __future__ import annotations

import math
import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

LIMIT_WINDOW: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class RequestLimits:
    """Limits per person, whatever key is used: requests in any minute, and concurrent reads and writes.

    The defaults are the cloud's, from `RateLimiterSettings`; a self-hosted portal has none unless configured.
    """

    per_minute: int = 1500
    reads: int = 50
    writes: int = 15


class Meter:
    """Counter of the requests of each caller. Thread-safe.

    As in the server's chain of limiters, a request refused by the minute limit is not counted, one refused by
    the concurrency limit is. Only the first kind gets a `Retry-After`: the lease of the other
    (`ConcurrencyLease` in RedisRateLimiting) has no such time.
    """

    def __init__(self, clock: Callable[[], datetime], limits: RequestLimits | None) -> None:
        self.refused = 0
        self._clock = clock
        self._limits = limits
        self._lock = threading.Lock()
        self._recent: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._running: Counter[tuple[str, bool]] = Counter()

    def enter(self, caller: str, *, write: bool) -> Mapping[str, str] | None:
        """Return None for an admitted request, which then needs `leave`; else the headers of the 429."""
        if self._limits is None:
            return None
        with self._lock:
            refusal = self._check_rate(caller, self._limits)
            refusal = refusal or self._check_concurrency(caller, self._limits, write=write)
            self.refused += refusal is not None
            return refusal

    def leave(self, caller: str, *, write: bool) -> None:
        if self._limits is None:
            return
        with self._lock:
            self._running[caller, write] -= 1

    def _check_rate(self, caller: str, limits: RequestLimits) -> Mapping[str, str] | None:
        recent, now = self._recent[caller], self._clock()
        while recent and now - recent[0] >= LIMIT_WINDOW:
            recent.popleft()
        if len(recent) < limits.per_minute:
            recent.append(now)
            return None
        wait = math.ceil((recent[0] + LIMIT_WINDOW - now).total_seconds())
        return {**_headers(limits.per_minute), "Retry-After": str(wait)}

    def _check_concurrency(
        self, caller: str, limits: RequestLimits, *, write: bool
    ) -> Mapping[str, str] | None:
        limit = limits.writes if write else limits.reads
        if self._running[caller, write] >= limit:
            return _headers(limit)
        self._running[caller, write] += 1
        return None


def _headers(limit: int) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"}
