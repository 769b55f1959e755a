"""Long database checks, in turn or by several processes, with the same findings either way.

Python computes on one processor at a time. Each process has connections of its own.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Protocol, TypeVar

from runtime.ledger_verification.processes import MAX_PROCESSES, prepare_process
from store.engine import create_engine
from store.limits import WorkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from multiprocessing.queues import SimpleQueue

    import sqlalchemy as sa

    from runtime.ledger_verification.processes import Progress

    CountRows = Callable[[int], None]

MIN_PARALLEL_ROWS = 80_000
"""Reviews and entries. With fewer, starting another process takes longer than it saves."""
_SHOW_EVERY = 0.2  # seconds

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)


class CheckTask(Protocol[ResultT_co]):
    """A check of one part of the database; it reports through `count_rows` how many more rows it has read."""

    def __call__(self, engine: sa.Engine, count_rows: CountRows, /) -> ResultT_co: ...


class ProgressCounter:
    """Counter of the rows that all tasks have read together; it shows the sum."""

    def __init__(self, progress: Progress | None, *, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        if progress is not None:
            progress.begin("Checking the ledger", unit="entries and reviews")

    def add_rows(self, rows: int) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress.update(self._done, max(self._done, self._total))

    def finish(self) -> None:
        self._total = self._done
        self.add_rows(0)


def run_in_turn(
    engine: sa.Engine, tasks: Sequence[CheckTask[ResultT]], counter: ProgressCounter
) -> list[ResultT]:
    results = [task(engine, counter.add_rows) for task in tasks]
    counter.finish()
    return results


def run_in_parallel(
    engine: sa.Engine, tasks: Sequence[CheckTask[ResultT]], counter: ProgressCounter
) -> list[ResultT]:
    """Return the result of each task, in their order; run in turn if there is only one processor.

    Processes are spawned, not forked: a fork would share connections. If one of them dies, for example for
    lack of memory, all tasks run in turn. An interrupt ends the processes at once.
    """
    processes = min(os.cpu_count() or 1, MAX_PROCESSES)
    if processes == 1:
        return run_in_turn(engine, tasks, counter)
    context = multiprocessing.get_context("spawn")
    progress_queue: SimpleQueue[int] = context.SimpleQueue()
    address = engine.url.render_as_string(hide_password=False)
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(address, progress_queue))
    try:
        futures = [pool.submit(_run_task, task) for task in tasks]
        _show(futures, progress_queue, counter)
        results = [future.result() for future in futures]
    except BrokenProcessPool:
        return run_in_turn(engine, tasks, ProgressCounter(None, total=0))
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    counter.finish()
    return results


def _show(
    futures: Sequence[Future[ResultT]], progress_queue: SimpleQueue[int], counter: ProgressCounter
) -> None:
    """Show the progress of the processes until all tasks are done or one has failed."""
    open_ones = set(futures)
    while open_ones:
        finished, open_ones = wait(open_ones, timeout=_SHOW_EVERY)
        while not progress_queue.empty():
            counter.add_rows(progress_queue.get())
        for future in finished:
            future.result()


class _ProcessState:
    """State of a spawned process: its engine, and the queue for its progress."""

    engine: sa.Engine
    progress_queue: SimpleQueue[int]


def _begin(address: str, progress_queue: SimpleQueue[int]) -> None:
    prepare_process()
    _ProcessState.engine, _ProcessState.progress_queue = (
        create_engine(address, work_kind=WorkKind.COMMAND),
        progress_queue,
    )


def _run_task(task: CheckTask[ResultT]) -> ResultT:
    return task(_ProcessState.engine, _ProcessState.progress_queue.put)
