"""Writers of one process take turns at SQLite's lock, and a commit returns when it is on the disk."""

from __future__ import annotations

import os
import resource
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from store.engine import connect, create_engine
from store.locks import is_lock_timeout
from store.shared_flush import share_flush
from store.unit_of_work import SqlUnitOfWork
from tests.databases import PATIENCE
from tests.store.traced_writes import write_traced
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

INSERT = (
    "INSERT INTO conversations (notifier, address, said, seen_at) VALUES ('n', '{}', '{{}}', '2026-03-09')"
)


@pytest.fixture
def engine(sqlite_databases: SqliteDatabases) -> Iterator[sa.Engine]:
    address = sqlite_databases.new()
    engine = create_engine(address, lock_timeout=PATIENCE)
    yield engine
    engine.dispose()
    sqlite_databases.give_back(address)


def insert(engine: sa.Engine, address: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(INSERT.format(address))


def remove_log(engine: sa.Engine) -> None:
    """Take away the write-ahead log as a failing disk does: it can't be flushed any more."""
    Path(f"{engine.url.database}-wal").unlink()


def count_looks_of_a_waiting_writer(engine: sa.Engine) -> int:
    """Return how often a writer tried to begin that had to wait for another of the process."""
    statements: list[str] = []

    with engine.connect() as holder:
        holder.begin()
        late = threading.Thread(target=write_traced, args=(engine, statements))
        late.start()
        late.join(0.3)  # long enough for several looks
        assert statements == []
        holder.rollback()
        late.join(60)
    return statements.count("BEGIN IMMEDIATE")


def test_who_waits_for_a_writer_of_the_same_process_is_called_and_does_not_look_again_and_again(
    engine: sa.Engine,
) -> None:
    assert count_looks_of_a_waiting_writer(engine) == 1


def test_a_turn_that_does_not_come_is_a_lock_timeout(engine: sa.Engine) -> None:
    impatient = create_engine(engine.url.render_as_string(), lock_timeout=0.1)

    with engine.begin(), pytest.raises(sa.exc.OperationalError) as failure, impatient.begin():
        pass

    assert is_lock_timeout(failure.value.orig)
    insert(impatient, "afterwards")
    impatient.dispose()


@pytest.mark.parametrize("end", ["rollback", "close", "invalidate"])
def test_however_a_transaction_ends_the_next_writer_has_its_turn(engine: sa.Engine, end: str) -> None:
    connection = engine.connect()
    connection.begin()
    connection.exec_driver_sql(INSERT.format("lost"))
    getattr(connection, end)()

    insert(engine, "next")

    with engine.connect() as reads:
        addresses = reads.exec_driver_sql("SELECT address FROM conversations").scalars().all()
    connection.close()
    assert addresses == ["next"]


def test_after_a_commit_that_failed_writers_take_turns_as_before(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        )

    with SqlUnitOfWork(engine) as work:
        work.connection.exec_driver_sql("INSERT INTO child VALUES (1)")
        with pytest.raises(sa.exc.IntegrityError):
            work.commit()

    assert count_looks_of_a_waiting_writer(engine) == 1
    with engine.connect() as reads:
        assert reads.exec_driver_sql("SELECT count(*) FROM child").scalar_one() == 0


def fail_to_commit(engine: sa.Engine, statement: str, *, denied: tuple[int, str]) -> None:
    """Execute a statement in a transaction whose commit fails, because SQLite denies a part of it."""
    with SqlUnitOfWork(engine) as work:
        driver: Any = work.connection.connection.driver_connection
        work.connection.exec_driver_sql(statement)
        driver.set_authorizer(lambda *what: sqlite3.SQLITE_DENY if what[:2] == denied else sqlite3.SQLITE_OK)
        with pytest.raises(sa.exc.DatabaseError, match="not authorized"):
            work.commit()
        driver.set_authorizer(None)


def test_a_commit_that_fails_before_it_is_asked_for_gives_its_turn_back(engine: sa.Engine) -> None:
    fail_to_commit(engine, "SELECT 1", denied=(sqlite3.SQLITE_PRAGMA, "schema_version"))

    assert count_looks_of_a_waiting_writer(engine) == 1


def test_a_change_of_tables_that_is_repeated_after_a_failed_commit_waits_for_the_disk(
    engine: sa.Engine,
) -> None:
    shared_flush = share_flush(os.path.realpath(str(engine.url.database)))
    before = shared_flush.committed
    change = "CREATE TABLE added (id INTEGER)"

    fail_to_commit(engine, change, denied=(sqlite3.SQLITE_TRANSACTION, "COMMIT"))
    with engine.begin() as connection:
        connection.exec_driver_sql(change)

    assert shared_flush.committed == before + 1


def test_a_change_of_tables_alone_waits_for_the_disk_and_no_change_does_not(engine: sa.Engine) -> None:
    shared_flush = share_flush(os.path.realpath(str(engine.url.database)))
    before = shared_flush.committed

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE added (id INTEGER)")
    assert shared_flush.committed == before + 1

    with engine.begin():
        pass
    assert shared_flush.committed == before + 1


def test_writers_of_many_threads_lose_nothing(engine: sa.Engine) -> None:
    def insert_ten(number: int) -> None:
        for each in range(10):
            insert(engine, f"{number}:{each}")

    run_in_threads(8, insert_ten)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar_one() == 80


def test_a_commit_that_can_not_be_flushed_fails_and_nothing_is_written_after_it(engine: sa.Engine) -> None:
    insert(engine, "flushed")
    remove_log(engine)

    for address in ("not flushed", "after it"):
        with pytest.raises(sa.exc.OperationalError, match="the disk failed"):
            insert(engine, address)

    with connect(engine, reading=True) as connection:
        addresses = connection.exec_driver_sql("SELECT address FROM conversations").scalars().all()
    assert addresses == ["flushed", "not flushed"]


def test_a_process_without_a_free_descriptor_writes_again_once_it_has_one(engine: sa.Engine) -> None:
    insert(engine, "flushed")

    with no_descriptor_left(), pytest.raises(sa.exc.OperationalError, match="the disk is not reached"):
        insert(engine, "not flushed")
    insert(engine, "after it")

    with connect(engine, reading=True) as connection:
        addresses = connection.exec_driver_sql("SELECT address FROM conversations").scalars().all()
    assert sorted(addresses) == ["after it", "flushed", "not flushed"]


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """Let no file be opened: the limit is the number of the lowest descriptor that is free."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_transaction_that_writes_nothing_waits_for_no_disk(engine: sa.Engine) -> None:
    insert(engine, "flushed")
    remove_log(engine)

    with engine.begin() as connection:
        assert connection.exec_driver_sql("DELETE FROM conversations WHERE address = '-'").rowcount == 0


def test_a_commit_does_not_wait_for_the_disk_while_it_has_the_lock(engine: sa.Engine) -> None:
    normal = 1

    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == normal


def test_what_is_written_outside_of_a_turn_waits_in_its_commit_as_ever(engine: sa.Engine) -> None:
    def read_mode() -> int:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver: Any = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            return int(driver.execute("PRAGMA synchronous").fetchone()[0])

    full = 2
    assert read_mode() == full
    insert(engine, "one")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(read_mode).result() == full
