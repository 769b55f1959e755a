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
    """One probe a process. For all requests, one `look` runs at a time, in a thread that may hang."""

    def __init__(self, look: Callable[[], dict[str, HealthPart]]) -> None:
        self._look = look
        self._changed = threading.Condition()
        self._began: float | None = None
        self._found: dict[str, HealthPart] | Exception = {}
        self._found_since = float("-inf")

    def get_parts(self) -> dict[str, HealthPart]:
        """Return the result of a check that begins now or later, or that the database does not answer.

        Raises what the check raises.
        """
        requested = time.monotonic()
        with self._changed:
            while self._found_since < requested:
                began = self._ensure_look()
                remaining = min(began, requested) + PROBE_TIMEOUT_SECONDS - time.monotonic()
                if remaining <= 0:
                    return {"database": {"state": "broken", "reason": "does not answer"}}
                self._changed.wait(remaining)
            if isinstance(self._found, Exception):
                raise self._found
            return self._found

    def _ensure_look(self) -> float:
        """Start a check unless one is running; return when it began."""
        if self._began is None:
            self._began = time.monotonic()
            threading.Thread(target=self._run, args=(self._began,), name="health", daemon=True).start()
        return self._began

    def _run(self, began: float) -> None:
        result: dict[str, HealthPart] | Exception
        try:
            result = self._look()
        except Exception as error:  # noqa: BLE001 - the edge of the thread: the callers get the error
            result = error
        with self._changed:
            self._found, self._found_since, self._began = result, began, None
            self._changed.notify_all()
