"""Looks after the health one at a time and aside, so that nobody who asks waits on a database that hangs."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.observe.health import HealthPart

PROBE_TIMEOUT_SECONDS = 1.5  # seconds; a monitor has no more, and neither have the threads that receive


class Probe:
    """One a process. However many ask, `look` runs once at a time, in a thread that may hang."""

    def __init__(self, look: Callable[[], dict[str, HealthPart]]) -> None:
        self._look = look
        self._changed = threading.Condition()
        self._began: float | None = None
        self._found: dict[str, HealthPart] | Exception = {}
        self._found_since = float("-inf")

    def get_parts(self) -> dict[str, HealthPart]:
        """Return what a look finds that begins now or later, or that the database does not answer.

        Raises what the look raises.
        """
        asked = time.monotonic()
        with self._changed:
            while self._found_since < asked:
                began = self._ensure_look()
                left = min(began, asked) + PROBE_TIMEOUT_SECONDS - time.monotonic()
                if left <= 0:
                    return {"database": {"state": "broken", "reason": "does not answer"}}
                self._changed.wait(left)
            if isinstance(self._found, Exception):
                raise self._found
            return self._found

    def _ensure_look(self) -> float:
        """Return when the look began that is under way."""
        if self._began is None:
            self._began = time.monotonic()
            threading.Thread(target=self._run, args=(self._began,), name="health", daemon=True).start()
        return self._began

    def _run(self, began: float) -> None:
        found: dict[str, HealthPart] | Exception
        try:
            found = self._look()
        except Exception as error:  # noqa: BLE001 - the edge of the thread: whoever asked gets the error
            found = error
        with self._changed:
            self._found, self._found_since, self._began = found, began, None
            self._changed.notify_all()
