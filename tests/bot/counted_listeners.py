"""Bolt's listeners, counted: a test goes on when all that a request has started is done."""

from __future__ import annotations

from threading import Condition
from typing import TYPE_CHECKING, Any

from bot.slack.listener_threads import ListenerThreads

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future


class CountedListeners(ListenerThreads):
    """Threads for listeners that tell when all their tasks are done.

    The pool's own count of idle threads does not tell it: a new thread may have done its task before the pool
    has listed it, and then counts in place of the listener that started it and is still at work.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed = Condition()
        self._unfinished = 0

    def run_later(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._count(1)
        try:
            future = super().run_later(task, *args, **kwargs)
        except RuntimeError:  # the pool is closed
            self._count(-1)
            raise
        future.add_done_callback(lambda _done: self._count(-1))
        return future

    def wait_until_done(self, timeout: float) -> bool:
        """Return whether all tasks are done, once they are or `timeout` seconds have passed."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._unfinished, timeout)

    def _count(self, more: int) -> None:
        with self._changed:
            self._unfinished += more
            self._changed.notify_all()
