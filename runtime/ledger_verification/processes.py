"""The processes that share a long check, and the display of how far it has come."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from typing import NoReturn, Protocol

MAX_PROCESSES = 4
"""More would take connections and processors from the processes that serve."""
_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""What is read makes no reference cycles: a collection after every two thousand objects takes a tenth of the
time."""


class Progress(Protocol):
    """Display of how far a check has come."""

    def begin(self, title: str, *, unit: str) -> None: ...

    def update(self, done: int, total: int) -> None: ...


def prepare_process() -> None:
    """Prepare a process of a pool: an interrupt ends it, and so does the end of its parent."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()


def _end_with_parent() -> NoReturn:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(os.EX_SOFTWARE)
