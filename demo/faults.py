"""Scripted faults of the REST side, and its received calls."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from demo.body_faults import BodyFault

KEEP_ALIVE_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """One received request; `path` is decoded and includes the query; `endpoint` is the rule it matched."""

    method: str
    path: str
    endpoint: str = ""


@dataclass(frozen=True)
class Fault:
    """A fault for a matching call: it waits `hang_seconds`, is dropped, refused, or answered as usual.

    While a call with `keep_alive` waits, its caller gets signs of life. `body` spoils the usual answer.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_seconds: float = 0
    keep_alive: bool = False
    drop: bool = False
    path: str = ""
    body: BodyFault | None = None


class Faults:
    """Faults of the next answers, oldest first. Thread-safe.

    `times=None` lasts until `clear()`; `path` is a part of the paths to hit, empty for all.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._faults: list[tuple[Fault, int | None]] = []
        self._calls: list[Call] = []

    def add(self, fault: Fault, *, count: int | None = 1) -> None:
        with self._lock:
            if self._released.is_set():
                self._released = threading.Event()
            self._faults.append((fault, count))

    def answer(
        self, status: int, *, path: str = "", count: int | None = 1, retry_after: str | None = None
    ) -> None:
        """Refuse calls with this status; `retry_after` is the header's text (seconds or a date)."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        self.add(Fault(status=status, headers=headers, path=path), count=count)

    def hang(
        self, seconds: float, *, path: str = "", count: int | None = 1, keep_alive: bool = False
    ) -> None:
        """Delay calls, then answer as usual; `clear()` releases the waiting ones.

        Callers that get signs of life (`keep_alive`) wait just as long, whatever their own timeout is.
        """
        self.add(Fault(hang_seconds=seconds, path=path, keep_alive=keep_alive), count=count)

    def redirect(self, location: str, *, path: str = "", count: int | None = 1, status: int = 302) -> None:
        """Send callers elsewhere, as a portal does whose files are in an object storage."""
        self.add(Fault(status=status, headers={"Location": location}, path=path), count=count)

    def spoil(self, body: BodyFault, *, path: str = "", count: int | None = 1) -> None:
        """Answer as usual, with a body that does not come as it should; `clear()` lets slow ones end."""
        self.add(Fault(body=body, path=path), count=count)

    def drop(self, *, path: str = "", count: int | None = 1) -> None:
        """Close the connection without an answer."""
        self.add(Fault(drop=True, path=path), count=count)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._released.set()

    @property
    def released(self) -> threading.Event:
        """What is set by the next `clear()`."""
        with self._lock:
            return self._released

    def note(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def take(self, call: Call, *, send_keep_alive: Callable[[], None] = lambda: None) -> Fault | None:
        """Use up the first fault that matches the call; where it hangs, wait here and `send_keep_alive`."""
        with self._lock:
            fault, released = self._matching(call), self._released
        if fault is not None and fault.hang_seconds:
            until = time.monotonic() + fault.hang_seconds
            while (remaining := until - time.monotonic()) > 0:
                if released.wait(min(remaining, KEEP_ALIVE_SECONDS)):
                    break
                if fault.keep_alive:
                    send_keep_alive()
        return fault

    def calls(self, path: str = "") -> list[Call]:
        """Return the calls received so far whose path contains `path`."""
        with self._lock:
            return [call for call in self._calls if path in call.path]

    def counts(self) -> Counter[str]:
        """Count the calls of each endpoint, under names such as `GET /api/2.0/files/file/<file_id>`."""
        with self._lock:
            return Counter(f"{call.method} {call.endpoint}" for call in self._calls)

    def forget_calls(self) -> None:
        with self._lock:
            self._calls.clear()

    def _matching(self, call: Call) -> Fault | None:
        for index, (fault, times) in enumerate(self._faults):
            if fault.path in call.path:
                if times is not None and times <= 1:
                    del self._faults[index]
                elif times is not None:
                    self._faults[index] = (fault, times - 1)
                return fault
        return None
