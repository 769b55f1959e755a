"""Threads that have committed wait for the disk together, and none returns before its commit is there."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from store.ledger_reading import iterate_entries
from store.shared_flush import SharedFlush, share_flush
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.journeys.processes import eventually
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from tests.databases import PostgresDatabases


class Disk:
    """Records what each flush covers; the first flush waits until it is let go."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.flushes: list[list[int]] = []
        self.started, self.go = threading.Event(), threading.Event()

    def flush(self) -> None:
        covered = list(self.written)
        self.started.set()
        assert self.go.wait(60)
        self.flushes.append(covered)


def commit(disk: Disk, shared: SharedFlush, number: int) -> bool:
    """Write, and return whether that is on the disk once the wait is over."""
    disk.written.append(number)
    shared.wait(disk.flush)
    return any(number in covered for covered in disk.flushes)


def test_commits_that_arrive_during_a_flush_share_the_next_one() -> None:
    disk, shared = Disk(), SharedFlush()

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(commit, disk, shared, 0)
        assert disk.started.wait(60)
        others = [pool.submit(commit, disk, shared, number) for number in range(1, 9)]
        eventually(lambda: shared.committed == 9)
        assert not any(other.done() for other in others)
        disk.go.set()

    assert first.result()
    assert all(other.result() for other in others)
    assert [len(covered) for covered in disk.flushes] == [1, 9]


def test_a_commit_during_a_flush_is_not_covered_by_it() -> None:
    disk, shared = Disk(), SharedFlush()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(commit, disk, shared, 0)
        assert disk.started.wait(60)
        second = pool.submit(commit, disk, shared, 1)
        eventually(lambda: shared.committed == 2)
        disk.go.set()
        assert first.result()
        assert second.result()

    assert disk.flushes == [[0], [0, 1]]


def test_a_commit_alone_is_flushed_by_its_own_thread() -> None:
    shared, threads = SharedFlush(), list[str]()

    for _ in range(3):
        shared.wait(lambda: threads.append(threading.current_thread().name))

    assert threads == [threading.current_thread().name] * 3


def test_after_a_failed_flush_each_that_had_committed_flushes_itself() -> None:
    """The first that succeeds may be on another server than that which has the others' commits."""
    shared, outcomes = SharedFlush(), list[str]()
    started, go = threading.Event(), threading.Event()

    def fail() -> None:
        started.set()
        assert go.wait(60)
        raise OSError("no space")

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(shared.wait, fail)
        assert started.wait(60)
        others = [pool.submit(shared.wait, partial(outcomes.append, "flushed")) for _ in range(2)]
        eventually(lambda: shared.committed == 3)
        go.set()
        with pytest.raises(OSError, match="no space"):
            first.result()
        for other in others:
            other.result()

    assert outcomes == ["flushed", "flushed"]


def test_a_commit_after_a_failed_flush_is_covered_by_that_of_another_again() -> None:
    disk, shared = Disk(), SharedFlush()

    def fail() -> None:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        shared.wait(fail)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(commit, disk, shared, 0)
        assert disk.started.wait(60)
        others = [pool.submit(commit, disk, shared, number) for number in (1, 2)]
        eventually(lambda: shared.committed == 4)
        disk.go.set()
        assert all(each.result() for each in (first, *others))

    assert [len(covered) for covered in disk.flushes] == [1, 3]


def append(engine: sa.Engine, number: int) -> None:
    with SqlUnitOfWork(engine) as work:
        work.ledger.append(build_entry(number))
        work.commit()


def find_shared_flush(engine: sa.Engine) -> SharedFlush:
    is_sqlite = engine.dialect.name == "sqlite"
    return share_flush(os.path.realpath(str(engine.url.database)) if is_sqlite else engine.url)


def test_an_entry_that_waits_for_the_disk_keeps_no_one_from_writing(engine: sa.Engine) -> None:
    """The next writer has the lock meanwhile, and neither has returned before the disk is done."""
    shared, started, go = find_shared_flush(engine), threading.Event(), threading.Event()

    def flush() -> None:
        started.set()
        assert go.wait(60)

    with shared.count_writers(), ThreadPoolExecutor(3) as pool:
        waits: list[Future[None]] = [pool.submit(shared.wait, flush)]
        assert started.wait(60)
        waits += [pool.submit(append, engine, number) for number in (1, 2)]
        eventually(lambda: len(list(iterate_entries(engine))) == 2)
        assert not any(each.done() for each in waits)
        go.set()
        for each in waits:
            each.result()


@pytest.mark.parametrize("others", [0, 1])
def test_an_entry_is_on_the_disk_of_postgresql_when_its_commit_returns(
    postgres_databases: PostgresDatabases, others: int
) -> None:
    address = postgres_databases.new()
    engine = engine_on(address)
    position = sa.text("SELECT pg_current_wal_insert_lsn()")
    is_flushed = sa.text("SELECT pg_current_wal_flush_lsn() >= CAST(:position AS pg_lsn)")

    with ExitStack() as stack, SqlUnitOfWork(engine) as work:
        for _ in range(others):
            stack.enter_context(find_shared_flush(engine).count_writers())
        work.ledger.append(build_entry(1))
        work.ledger.write_waiting()
        written = work.connection.execute(position).scalar_one()
        work.ledger.append(build_entry(2))
        work.commit()
        with engine.connect() as connection:
            assert connection.execute(is_flushed, {"position": written}).scalar_one()
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    engine.dispose()
    postgres_databases.give_back(address)


@pytest.mark.parametrize("others", [0, 1])
def test_a_commit_to_postgresql_leaves_its_wait_to_others_only_if_there_are_any(
    postgres_databases: PostgresDatabases, others: int
) -> None:
    address = postgres_databases.new()
    engine = engine_on(address)
    heads: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FOR UPDATE" in statement:
            heads.append(statement)

    with ExitStack() as stack:
        for _ in range(others):
            stack.enter_context(find_shared_flush(engine).count_writers())
        append(engine, 1)

    assert ["set_config" in head for head in heads] == [others > 0]
    engine.dispose()
    postgres_databases.give_back(address)


@pytest.mark.parametrize("others", [0, 1])
def test_an_entry_that_postgresql_refuses_is_an_error_of_sqlalchemy_and_leaves_a_usable_connection(
    postgres_databases: PostgresDatabases, others: int
) -> None:
    address = postgres_databases.new()
    engine = engine_on(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE ledger ADD CHECK (review_id <> 'rev-1')")

    with ExitStack() as stack:
        for _ in range(others):
            stack.enter_context(find_shared_flush(engine).count_writers())
        with pytest.raises(sa.exc.IntegrityError):
            append(engine, 1)
        append(engine, 2)

    assert [entry["review_id"] for entry in iterate_entries(engine)] == ["rev-2"]
    assert engine.pool.checkedin() == 1  # type: ignore[attr-defined]
    engine.dispose()
    postgres_databases.give_back(address)


def test_a_connection_that_has_waited_for_others_still_rolls_back(
    postgres_databases: PostgresDatabases,
) -> None:
    address = postgres_databases.new()
    engine = engine_on(address)
    with find_shared_flush(engine).count_writers():
        append(engine, 1)

    with SqlUnitOfWork(engine) as work:
        work.ledger.append(build_entry(2))
        work.ledger.write_waiting()

    assert [entry["review_id"] for entry in iterate_entries(engine)] == ["rev-1"]
    assert engine.pool.checkedin() == 1  # type: ignore[attr-defined]
    engine.dispose()
    postgres_databases.give_back(address)
