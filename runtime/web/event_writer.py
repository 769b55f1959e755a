"""The receiver's writer: events that arrive together are committed together.

On SQLite a commit costs one wait for the disk, and threads that wait for the write lock sleep and poll. One
thread that writes for all avoids both, with durability unchanged: an event's sender gets its answer after the
commit that holds the event.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

import sqlalchemy as sa

from reviews.intake import intake
from reviews.model import ChangeEvent
from runtime.observe import event_log
from runtime.web.shared_timeout import SharedTimeout
from webhook.receiver import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.wiring.wiring import Wiring

Item = TypeVar("Item")
Result = TypeVar("Result")

COMMIT_SECONDS = 1.5
"""How long a sender waits for the commit of its event."""
MAX_GROUP_SIZE = 256


class EventWriter:
    """Stores each event that the receiver verified; raises `StoreUnavailable` where that is not possible."""

    def __init__(self, wiring: Wiring, wake: Callable[[], None]) -> None:
        """`wake` is called after a new event, for a worker in the same process."""
        self._wiring, self._wake = wiring, wake
        self._group = GroupCommit[ChangeEvent, bool](self._commit)
        self._async_group = AsyncCommit(self._group)
        self._timeout = SharedTimeout(COMMIT_SECONDS)

    def receive(self, event: ChangeEvent) -> bool:
        """Commit an event; return whether it is new."""
        try:
            is_new = self._group.submit(event, timeout=COMMIT_SECONDS)
        except (sa.exc.SQLAlchemyError, TimeoutError) as error:
            raise StoreUnavailable(type(error).__name__) from error
        self._announce(event, is_new=is_new)
        return is_new

    async def receive_async(self, event: ChangeEvent) -> bool:
        """Commit an event while the loop goes on; return whether it is new."""
        try:
            with self._timeout.limit():
                is_new = await self._async_group.submit(event)
        except (sa.exc.SQLAlchemyError, TimeoutError) as error:
            raise StoreUnavailable(type(error).__name__) from error
        self._announce(event, is_new=is_new)
        return is_new

    def _commit(self, events: list[ChangeEvent]) -> list[bool]:
        """Commit a group; retry once if the connection was dropped. Events written already are harmless."""
        try:
            return self._store(events)
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._store(events)

    def _store(self, events: list[ChangeEvent]) -> list[bool]:
        return intake.receive_events(self._wiring.receiving_transactions, events, report=event_log.write)

    def _announce(self, event: ChangeEvent, *, is_new: bool) -> None:
        if is_new:
            event_log.log_ignored_event(event)
            self._wake()


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


class _QueuedItem(NamedTuple, Generic[Item, Result]):
    """An item that waits for its commit, and the callback for its outcome."""

    item: Item
    on_settled: Callable[[ItemOutcome[Result]], object]


class GroupCommit(Generic[Item, Result]):
    """A writer that gathers items from threads; `write` commits a group and returns a result an item."""

    def __init__(self, write: Callable[[list[Item]], list[Result]]) -> None:
        self._write = write
        self._waiting: queue.SimpleQueue[_QueuedItem[Item, Result]] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._started = False

    def submit_nowait(self, item: Item, on_settled: Callable[[ItemOutcome[Result]], object]) -> None:
        """Hand an item to the writer, whose thread calls `on_settled` once it is committed or has failed.

        `on_settled` must neither raise nor wait: all others wait for the same thread.
        """
        self._ensure_writer()
        self._waiting.put(_QueuedItem(item, on_settled))

    def submit(self, item: Item, *, timeout: float) -> Result:
        """Return the item's result once it is committed.

        Raises what `write` raised for it, or `TimeoutError` after `timeout` seconds. The item may still be
        written then, so repeating it must be harmless.
        """
        # A bare lock wakes this thread at a fraction of what a future costs.
        committed, outcomes = threading.Lock(), list[ItemOutcome[Result]]()
        committed.acquire()

        def on_settled(outcome: ItemOutcome[Result]) -> None:
            outcomes.append(outcome)
            committed.release()

        self.submit_nowait(item, on_settled)
        if not committed.acquire(timeout=timeout):
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

    def _settle(self, group: list[_QueuedItem[Item, Result]]) -> None:
        try:
            results = self._write([queued.item for queued in group])
        except Exception as error:  # noqa: BLE001 - the edge of the thread: the submitter gets the error
            if len(group) == 1:
                group[0].on_settled(ItemOutcome(error=error))
                return
            # One item may have spoiled the whole group: each is written alone.
            for queued in group:
                self._settle([queued])
            return
        for queued, result in zip(group, results, strict=True):
            queued.on_settled(ItemOutcome(result))


class AsyncCommit(Generic[Item, Result]):
    """Waits in one event loop for a writer; one call into the loop settles a whole group."""

    def __init__(self, writer: GroupCommit[Item, Result]) -> None:
        self._writer = writer
        self._settled: deque[tuple[asyncio.Future[ItemOutcome[Result]], ItemOutcome[Result]]] = deque()

    async def submit(self, item: Item) -> Result:
        """Return an item's result once it is committed; raises what the writer raised for it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ItemOutcome[Result]] = loop.create_future()

        def on_settled(outcome: ItemOutcome[Result]) -> None:
            self._settled.append((future, outcome))
            if len(self._settled) > 1:
                return  # the call for an earlier one is on its way
            try:
                loop.call_soon_threadsafe(self._set_outcomes)
            except RuntimeError:  # the loop has ended, and the waiting tasks with it
                self._settled.clear()

        self._writer.submit_nowait(item, on_settled)
        return (await future).get()

    def _set_outcomes(self) -> None:
        while self._settled:
            future, outcome = self._settled.popleft()
            if not future.done():
                future.set_result(outcome)
