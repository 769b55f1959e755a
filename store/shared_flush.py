"""One wait for the disk for all commits that arrived while the last one waited (decision 57)."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator


class SharedFlush:
    """Lets the threads of a process wait for the disk together, after each has committed."""

    def __init__(self) -> None:
        self._counting, self._flushing = threading.Lock(), threading.Lock()
        self.committed = 0
        """How many commits have come to wait so far."""
        self._flushed = self._in_doubt = self._writers = 0

    @contextmanager
    def count_writers(self) -> Iterator[int]:
        """Yield how many threads commit or wait for the disk now; this one does until the block ends."""
        with self._counting:
            self._writers += 1
            writers = self._writers
        try:
            yield writers
        finally:
            with self._counting:
                self._writers -= 1

    def wait(self, flush: Callable[[], object]) -> None:
        """Return when what this thread has committed is on the disk.

        `flush` puts there all that was committed before it is called. Its errors are the caller's alone. All
        that wait by then call their own: a later flush may be that of another server, which took over and
        never had what they committed.
        """
        with self._counting:
            self.committed += 1
            own = self.committed
        with self._flushing:
            if self._flushed >= own > self._in_doubt:
                return
            covered = self.committed
            try:
                flush()
            except BaseException:
                self._in_doubt = self.committed
                raise
            self._flushed = covered


@cache
def share_flush(_database: Hashable) -> SharedFlush:
    """Return the one for all connections of this process to a database."""
    return SharedFlush()
