"""Threads that begin together, and waits for those that are held up by a lock."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def run_in_threads(count: int, work: Callable[[int], T]) -> list[T]:
    """Run `work` in so many threads that begin together."""
    barrier = threading.Barrier(count)

    def run(number: int) -> T:
        barrier.wait(timeout=60)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def wait_for_locks(connection: sa.Connection, count: int) -> None:
    """Return when so many others wait for locks of this database."""
    waiting = "datname = current_database() AND wait_event_type = 'Lock'"
    query = sa.text(f"SELECT count(*) FROM pg_stat_activity WHERE {waiting}")  # noqa: S608 - our own words
    pause, tries = threading.Event(), 3_000
    while connection.execute(query).scalar_one() < count:
        tries -= 1
        assert tries, "no one waits"
        connection.execute(sa.text("SELECT pg_stat_clear_snapshot()"))
        pause.wait(0.01)
