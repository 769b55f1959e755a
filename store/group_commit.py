"""Group commit: writes that arrive together are committed together.

On SQLite a commit costs one wait for the disk, and threads that wait for the write lock sleep and poll. One
thread that writes for all avoids both, with durability unchanged: an item's submitter gets its answer after
the commit that holds the item.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_GROUP_SIZE = 256


class ItemOutcome(Generic[Result]):
    """The outcome of one item: its result, or the error that `write` raised for it."""

    def __init__(self, result: Result | None = None, error: Exception | None = None) -> None:
        self._result = result
        self._error = error

    def get(self) -> Result:
        """Return the result, or raise the error."""
        if self._error is not None:
            raise self._error
        return cast("Result", self._result)


class _Place(NamedTuple, Generic[Item, Result]):
    """A submitted item, and the callback for its outcome."""

    item: Item
    settled: Callable[[ItemOutcome[Result]], object]


class GroupCommit(Generic[Item, Result]):
    """A writer that gathers items from threads; `write` commits a group and returns a result an item."""

    def __init__(self, write: Callable[[list[Item]], list[Result]]) -> None:
        self._write = write
        self._waiting: queue.SimpleQueue[_Place[Item, Result]] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._started = False

    def submit_nowait(self, item: Item, settled: Callable[[ItemOutcome[Result]], object]) -> None:
        """Hand an item to the writer, whose thread calls `settled` once it is committed or has failed.

        `settled` must neither raise nor wait: all others wait for the same thread.
        """
        self._ensure_writer()
        self._waiting.put(_Place(item, settled))

    def submit(self, item: Item, *, within: float) -> Result:
        """Return the item's result once it is committed.

        Raises what `write` raised for it, or `TimeoutError` after `within` seconds. The item may still be
        written then, so repeating it must be harmless.
        """
        # A bare lock wakes this thread at a fraction of what a future costs.
        done, outcomes = threading.Lock(), list[ItemOutcome[Result]]()
        done.acquire()

        def settled(outcome: ItemOutcome[Result]) -> None:
            outcomes.append(outcome)
            done.release()

        self.submit_nowait(item, settled)
        if not done.acquire(timeout=within):
            raise TimeoutError
        return outcomes[0].get()

    def _ensure_writer(self) -> None:
        """Start the writer with the first item, so that a server may fork before."""
        if self._started:
            return
        with self._start:
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, name="group-commit", daemon=True).start()

    def _run(self) -> None:
        while True:
            group = [self._waiting.get()]
            while len(group) < MAX_GROUP_SIZE:
                try:
                    group.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._settle(group)

    def _settle(self, group: list[_Place[Item, Result]]) -> None:
        try:
            results = self._write([place.item for place in group])
        except Exception as error:  # noqa: BLE001 - the edge of the thread: whoever submitted gets the error
            if len(group) == 1:
                group[0].settled(ItemOutcome(error=error))
                return
            # One item may have spoiled the whole group: each is written alone.
            for place in group:
                self._settle([place])
            return
        for place, result in zip(group, results, strict=True):
            place.settled(ItemOutcome(result))
