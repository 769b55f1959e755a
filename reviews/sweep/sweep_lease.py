"""The lease for sweeping one folder, and the calls to DocSpace that are made under it."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from reviews.errors import RateLimitReached

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.portal import TreeReader
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.tree import FileState, Place

T = TypeVar("T")

LEASE_DURATION = timedelta(seconds=90)
"""A lease expires after this time without renewal; a call to DocSpace takes less than a minute."""
RENEW_AFTER_SECONDS = 15.0  # seconds
LEASE_RETRY_SECONDS, LEASE_TIMEOUT_SECONDS = 0.5, 300.0
"""Seconds: how often a manual sweep retries a folder that another process sweeps, and for how long."""


class Interrupted(Exception):
    """The process is about to end; events received so far stay, and so does the watermark."""


class LeaseLost(Exception):
    """Another process has taken the folder: this one was silent for too long."""


@dataclass(kw_only=True)
class Lease:
    """The right to sweep a folder, held by one process at a time.

    Its holder renews it during the sweep. It expires by the database's clock when the holder dies.
    """

    transactions: Transactions
    clock: Clock
    folder_id: str
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    monotonic: Callable[[], float] = time.monotonic
    _renewed_at: float = 0.0

    def take(self, *, started_at: datetime | None) -> bool:
        """Take the lease; `False` if another process has it, or if the folder is not due any more.

        Without `started_at`, the time at which this process started, the folder need not be due.
        """
        with self.transactions() as work:
            is_taken = work.baselines.lease(
                self.folder_id, self.owner, duration=LEASE_DURATION, at=self.clock(), started_at=started_at
            )
            work.commit()
        self._renewed_at = self.monotonic()
        return is_taken

    def renew(self) -> None:
        """Renew the lease if that is due; raise `LeaseLost`."""
        if self.monotonic() - self._renewed_at < RENEW_AFTER_SECONDS:
            return
        with self.transactions() as work:
            self.prolong(work)
            work.commit()
        self._renewed_at = self.monotonic()

    def prolong(self, work: UnitOfWork) -> None:
        """Renew the lease in the transaction that writes under it; raise `LeaseLost`.

        Until the transaction ends, no other process can take it.
        """
        due_at = self.clock() + LEASE_DURATION
        if not work.baselines.renew(self.folder_id, self.owner, duration=LEASE_DURATION, due_at=due_at):
            raise LeaseLost

    def release(self, *, due_in: timedelta) -> None:
        """Release the lease; the folder is due again after `due_in`."""
        with self.transactions() as work:
            work.baselines.release(self.folder_id, self.owner, due_at=self.clock() + due_in)
            work.commit()


def take_when_free(
    lease: Lease, pause: Callable[[str, float], object], *, stopping: Callable[[], bool]
) -> bool:
    """Take a lease, waiting for another process; `False` after a timeout. Raise `Interrupted`.

    `pause` is called with the folder and how many seconds to wait.
    """
    waited = 0.0
    while not lease.take(started_at=None):
        if stopping():
            raise Interrupted
        if waited >= LEASE_TIMEOUT_SECONDS:
            return False
        pause(lease.folder_id, LEASE_RETRY_SECONDS)
        waited += LEASE_RETRY_SECONDS
    return True


@dataclass(frozen=True)
class LeasedTree:
    """DocSpace's folders and files; the lease is renewed before each call."""

    tree: TreeReader
    lease: Lease

    def get_place(self, folder_id: str) -> Place:
        self.lease.renew()
        return self.tree.get_place(folder_id)

    def get_file(self, file_id: str) -> FileState | None:
        self.lease.renew()
        return self.tree.get_file(file_id)

    def list_files_beneath(self, folder_id: str, *, start: int) -> tuple[list[FileState], int]:
        self.lease.renew()
        return self.tree.list_files_beneath(folder_id, start=start)

    def list_newest_beneath(self, folder_id: str) -> tuple[list[FileState], int]:
        self.lease.renew()
        return self.tree.list_newest_beneath(folder_id)


@dataclass(frozen=True, kw_only=True)
class LeasedCaller:
    """Calls DocSpace, and waits to stay within the rate limit; `wait` is called with seconds."""

    lease: Lease
    wait: Callable[[float], object]
    stopping: Callable[[], bool]

    def __call__(self, call: Callable[[], T]) -> T:
        """Return the result; raise `Interrupted` if the process is to end, and `LeaseLost`."""
        while True:
            self._check()
            try:
                return call()
            except RateLimitReached as error:
                self._wait(error.retry_after)

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            self.wait(min(seconds, RENEW_AFTER_SECONDS))
            seconds -= RENEW_AFTER_SECONDS
            self._check()

    def _check(self) -> None:
        if self.stopping():
            raise Interrupted
        self.lease.renew()
