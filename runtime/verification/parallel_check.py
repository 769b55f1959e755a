"""Long looks at the database, one after the other or by several processes: what they find is the same.

Python calculates on one processor at a time. Each process has connections of its own.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeVar

from store.engine import create_engine
from store.limits import WorkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from multiprocessing.queues import SimpleQueue

    import sqlalchemy as sa

    CountRows = Callable[[int], None]

MIN_PARALLEL_ROWS = 80_000
"""Reviews and entries; with fewer, starting another process takes longer than it saves."""
MAX_PROCESSES = 4
"""More take connections and processors from those that serve."""
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""What is read makes no circles: to look for some after each two thousand takes a tenth of the time."""
_SHOW_EVERY = 0.2  # seconds

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)


class CheckTask(Protocol[ResultT_co]):
    """Looks at a part of the database, and says by `step` how many more rows it has seen."""

    def __call__(self, engine: sa.Engine, step: CountRows, /) -> ResultT_co: ...


class Progress(Protocol):
    """Is shown how far a check has come."""

    def begin(self, title: str, *, unit: str) -> None: ...

    def update(self, done: int, total: int) -> None: ...


class ProgressCounter:
    """Counts what all looks have seen together, and shows it."""

    def __init__(self, progress: Progress | None, *, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        if progress is not None:
            progress.begin("Checking the ledger", unit="entries and reviews")

    def step(self, more: int) -> None:
        self._done += more
        if self._progress is not None:
            self._progress.update(self._done, max(self._done, self._total))

    def finish(self) -> None:
        self._total = self._done
        self.step(0)


def run_in_turn(
    engine: sa.Engine, looks: Sequence[CheckTask[ResultT]], tally: ProgressCounter
) -> list[ResultT]:
    found = [look(engine, tally.step) for look in looks]
    tally.finish()
    return found


def run_in_parallel(
    engine: sa.Engine, looks: Sequence[CheckTask[ResultT]], tally: ProgressCounter
) -> list[ResultT]:
    """Return what each look found, in their order; in turn where there is but one processor.

    Processes are started anew, not forked: a fork would share connections. When one of them is gone, as for
    want of memory, all is looked at in turn. An interrupt ends them at once.
    """
    processes = min(os.cpu_count() or 1, MAX_PROCESSES)
    if processes == 1:
        return run_in_turn(engine, looks, tally)
    context = multiprocessing.get_context("spawn")
    seen: SimpleQueue[int] = context.SimpleQueue()
    address = engine.url.render_as_string(hide_password=False)
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(address, seen))
    try:
        futures = [pool.submit(_run_task, look) for look in looks]
        _show(futures, seen, tally)
        found = [future.result() for future in futures]
    except BrokenProcessPool:
        return run_in_turn(engine, looks, ProgressCounter(None, total=0))
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    tally.finish()
    return found


def _show(futures: Sequence[Future[ResultT]], seen: SimpleQueue[int], tally: ProgressCounter) -> None:
    """Show how far the processes have come, until all looks are done or one has failed."""
    open_ones = set(futures)
    while open_ones:
        done, open_ones = wait(open_ones, timeout=_SHOW_EVERY)
        while not seen.empty():
            tally.step(seen.get())
        for future in done:
            future.result()


class _ProcessState:
    """What a process that was started for looking has: its engine, and where it says how far it is."""

    engine: sa.Engine
    seen: SimpleQueue[int]


def _begin(address: str, seen: SimpleQueue[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    _ProcessState.engine, _ProcessState.seen = create_engine(address, work=WorkKind.COMMAND), seen


def _end_with_parent() -> NoReturn:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(os.EX_SOFTWARE)


def _run_task(look: CheckTask[ResultT]) -> ResultT:
    return look(_ProcessState.engine, _ProcessState.seen.put)
