"""Scripted trouble: what the REST side does instead of answering, and what it was asked."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEEP_ALIVE_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """One request the REST side received; `path` decoded, query included; `endpoint` the rule it matched."""

    method: str
    path: str
    endpoint: str = ""


@dataclass(frozen=True)
class Fault:
    """What happens to a matching call: it waits `hang` seconds, is dropped, refused, or answered as usual.

    While a call waits that is to be kept `alive`, its caller gets signs of life.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: float = 0
    alive: bool = False
    drop: bool = False
    path: str = ""


class Faults:
    """The next answers' faults, oldest first. Thread-safe.

    `times=None` lasts until `clear()`; `path` is a part of the paths to hit, empty for all.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._faults: list[tuple[Fault, int | None]] = []
        self._calls: list[Call] = []

    def add(self, fault: Fault, *, times: int | None = 1) -> None:
        with self._lock:
            if self._released.is_set():
                self._released = threading.Event()
            self._faults.append((fault, times))

    def answer(
        self, status: int, *, path: str = "", times: int | None = 1, retry_after: str | None = None
    ) -> None:
        """Refuses calls with this status; `retry_after` is the header's text (seconds or a date)."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        self.add(Fault(status=status, headers=headers, path=path), times=times)

    def hang(self, seconds: float, *, path: str = "", times: int | None = 1, alive: bool = False) -> None:
        """Keeps callers waiting, then answers as usual; `clear()` lets the waiting ones go.

        Those who get signs of life (`alive`) wait for as long, whatever their own patience is.
        """
        self.add(Fault(hang=seconds, path=path, alive=alive), times=times)

    def drop(self, *, path: str = "", times: int | None = 1) -> None:
        """Closes the connection without an answer."""
        self.add(Fault(drop=True, path=path), times=times)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._released.set()

    def note(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def take(self, call: Call, *, sign: Callable[[], None] = lambda: None) -> Fault | None:
        """Uses up the first fault that matches the call, waiting here if it hangs; `sign` is one of life."""
        with self._lock:
            fault, released = self._matching(call), self._released
        if fault is not None and fault.hang:
            until = time.monotonic() + fault.hang
            while (left := until - time.monotonic()) > 0:
                if released.wait(min(left, KEEP_ALIVE_SECONDS)):
                    break
                if fault.alive:
                    sign()
        return fault

    def calls(self, path: str = "") -> list[Call]:
        """The calls received so far whose path contains `path`."""
        with self._lock:
            return [call for call in self._calls if path in call.path]

    def counts(self) -> Counter[str]:
        """How many calls each endpoint has received, under names as `GET /api/2.0/files/file/<file_id>`."""
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
