"""A time limit with one timer for many waits: `asyncio.timeout` starts and stops a timer for each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class SharedTimeout:
    """One limit for waits in one event loop; raises `TimeoutError` as `asyncio.timeout` does.

    All waits have the same length, so they end in the order in which they began, and the timer is for the
    first of them.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waits: dict[LimitedWait, None] = {}  # in the order of their deadlines
        self._has_timer = False

    def limit(self) -> LimitedWait:
        """Return a context manager for one wait."""
        return LimitedWait(self)

    def add(self, wait: LimitedWait) -> None:
        loop = asyncio.get_running_loop()
        wait.deadline = loop.time() + self._seconds
        self._waits[wait] = None
        if not self._has_timer:
            self._has_timer = True
            loop.call_at(wait.deadline, self._end_waits, loop)

    def remove(self, wait: LimitedWait) -> None:
        del self._waits[wait]

    def _end_waits(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the waits whose deadline has passed, and set the timer for the next one."""
        while self._waits:
            wait = next(iter(self._waits))
            if wait.deadline > loop.time():
                loop.call_at(wait.deadline, self._end_waits, loop)
                return
            self.remove(wait)
            wait.end()
        self._has_timer = False


class LimitedWait:
    """One wait of the current task."""

    deadline: float
    _task: asyncio.Task[object]
    _cancel_requests: int

    def __init__(self, timeout: SharedTimeout) -> None:
        self._timeout = timeout
        self._has_ended = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a wait is limited inside a task")
        self._task, self._cancel_requests = task, task.cancelling()
        self._timeout.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if not self._has_ended:
            self._timeout.remove(self)
        elif self._task.uncancel() <= self._cancel_requests and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def end(self) -> None:
        """Cancel the task: the deadline has passed."""
        self._has_ended = True
        self._task.cancel()
