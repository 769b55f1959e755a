"""Writes that arrive together are committed together.

On SQLite a commit costs one wait for the disk, and threads that wait for the write lock sleep and look again.
One thread that writes for all of them takes both away, with durability unchanged: whoever submits an item is
answered after the commit that holds it.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")
Result = TypeVar("Result")

LARGEST_GROUP = 256


class GroupCommit(Generic[Item, Result]):
    """Gathers what threads submit and writes it in groups; `write` commits and returns a result an item."""

    def __init__(self, write: Callable[[list[Item]], list[Result]]) -> None:
        self._write = write
        self._waiting: queue.SimpleQueue[tuple[Item, Future[Result]]] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._writer: threading.Thread | None = None

    def submit(self, item: Item, *, within: float) -> Result:
        """Return the item's result once it is committed.

        Raises what `write` raised for it, or `TimeoutError` after so many seconds; it may still be written
        then, which a repetition of the same item has to bear.
        """
        self._ensure_writer()
        future: Future[Result] = Future()
        self._waiting.put((item, future))
        return future.result(timeout=within)

    def _ensure_writer(self) -> None:
        """Start the writer with the first item, so that a server may fork before."""
        if self._writer is not None:
            return
        with self._start:
            if self._writer is None:
                self._writer = threading.Thread(target=self._run, name="group-commit", daemon=True)
                self._writer.start()

    def _run(self) -> None:
        while True:
            group = [self._waiting.get()]
            while len(group) < LARGEST_GROUP:
                try:
                    group.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._settle(group)

    def _settle(self, group: list[tuple[Item, Future[Result]]]) -> None:
        try:
            results = self._write([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - the edge of the thread: whoever submitted gets the error
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            # One item may have spoilt it for all: each stands for itself.
            for pair in group:
                self._settle([pair])
            return
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)
