"""The health probe: one check at a time in its own thread, so that a hanging database blocks no request."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.observe.health import HealthPart

PROBE_TIMEOUT_SECONDS = 1.5  # seconds; a monitor waits no longer, nor can the threads that receive


class Probe:
    """One probe a process. For all requests, one `run_check` runs at a time, in a thread that may hang."""

    def __init__(self, run_check: Callable[[], dict[str, HealthPart]]) -> None:
        self._run_check = run_check
        self._changed = threading.Condition()
        self._started_at: float | None = None
        self._result: dict[str, HealthPart] | Exception = {}
        self._result_since = float("-inf")

    def get_parts(self) -> dict[str, HealthPart]:
        """Return the result of a check that begins now or later, or that the database does not answer.

        Raises what the check raises.
        """
        requested = time.monotonic()
        with self._changed:
            while self._result_since < requested:
                started_at = self._ensure_check()
                remaining = min(started_at, requested) + PROBE_TIMEOUT_SECONDS - time.monotonic()
                if remaining <= 0:
                    return {"database": {"state": "broken", "reason": "does not answer"}}
                self._changed.wait(remaining)
            if isinstance(self._result, Exception):
                raise self._result
            return self._result

    def _ensure_check(self) -> float:
        """Start a check unless one is running; return when it began."""
        if self._started_at is None:
            self._started_at = time.monotonic()
            threading.Thread(target=self._run, args=(self._started_at,), name="health", daemon=True).start()
        return self._started_at

    def _run(self, started_at: float) -> None:
        result: dict[str, HealthPart] | Exception
        try:
            result = self._run_check()
        except Exception as error:  # noqa: BLE001 - the edge of the thread: the callers get the error
            result = error
        with self._changed:
            self._result, self._result_since, self._started_at = result, started_at, None
            self._changed.notify_all()
