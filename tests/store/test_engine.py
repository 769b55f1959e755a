"""The connections to the database."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from store.connections import PREPARE_AFTER, UNCHECKED_SECONDS, check_idle_connections
from store.engine import connect, create_engine, create_statement_engine, execute_alone
from store.limits import SESSION_LIMITS, WorkKind
from tests.databases import make_patient_engine, run_outside_transaction
from tests.journeys.processes import eventually
from tests.store.traced_writes import write_traced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases, SqliteDatabases


def test_a_server_that_is_not_reached_any_more_counts_as_gone_within_seconds(
    postgres_databases: PostgresDatabases,
) -> None:
    engine = create_engine(postgres_databases.new())
    engines = [engine, create_statement_engine(engine)]

    errors = []
    for each in engines:
        with each.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            errors.append(driver.info.get_parameters())
        each.dispose()

    limits = [(each["tcp_user_timeout"], each["keepalives_idle"]) for each in errors]
    assert limits == [("10000", "5")] * 2


def test_the_columns_of_an_answer_are_described(
    postgres_databases: PostgresDatabases,
) -> None:
    engine = create_engine(postgres_databases.new())

    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SELECT 1 AS one, 'x' AS two")
        description: Any = cursor.description
        assert len(description) == 2
        assert [each.name for each in description] == ["one", "two"]
        assert description[1].name == "two"
        cursor.execute("SET LOCAL lock_timeout = '1s'")
        ended: Any = cursor.description
        assert ended is None
    engine.dispose()


def test_statements_stay_prepared_after_a_transaction_that_only_reads(
    postgres_databases: PostgresDatabases,
) -> None:
    engine = create_engine(postgres_databases.new())
    query = sa.text("SELECT count(*) FROM pg_prepared_statements")

    counts = []
    for _ in range(PREPARE_AFTER + 1):
        with connect(engine, reading=True) as connection:
            counts.append(connection.execute(query).scalar_one())

    assert counts[0] == 0
    assert counts[-1] == 1
    engine.dispose()


def test_a_connection_is_checked_before_its_use_if_it_was_idle(
    postgres_databases: PostgresDatabases,
) -> None:
    """A server that was started again is not noticed by the first statement after a while."""
    address, seconds = postgres_databases.new(), [100.25]
    engine = sa.create_engine(sa.make_url(address).set(drivername="postgresql+psycopg"))
    check_idle_connections(engine, monotonic=lambda: seconds[0])

    read_one(engine)
    end_sessions(address)
    with pytest.raises(sa.exc.OperationalError):
        read_one(engine)
    read_one(engine)
    end_sessions(address)
    seconds[0] += UNCHECKED_SECONDS
    read_one(engine)
    engine.dispose()


def test_a_connection_that_is_dropped_while_it_reads_is_reported_as_that(
    postgres_databases: PostgresDatabases,
) -> None:
    """The end of the transaction raises nothing of its own, which would not say that the server is gone."""
    address = postgres_databases.new()
    engine = create_engine(address)

    def read_in_two_steps() -> None:
        with connect(engine, reading=True) as connection, connection.begin():
            connection.execute(sa.text("SELECT 1"))
            end_sessions(address)
            connection.execute(sa.text("SELECT 1"))

    with pytest.raises(sa.exc.OperationalError) as failure:
        read_in_two_steps()

    assert failure.value.connection_invalidated
    read_one(engine)
    engine.dispose()


@pytest.mark.parametrize("way", ["alone", "reading", "receiving"])
def test_a_statement_that_was_prepared_before_a_type_was_changed_fails_once_and_is_prepared_anew(
    postgres_databases: PostgresDatabases, way: str
) -> None:
    address = postgres_databases.new()
    engine = create_engine(address)
    receiving = create_statement_engine(engine)
    query = sa.text("SELECT number FROM numbers")

    def ask() -> None:
        if way == "alone":
            execute_alone(engine, query, {})
        else:
            with connect(engine, reading=True) if way == "reading" else receiving.connect() as connection:
                connection.execute(query)

    run_outside_transaction(address, "CREATE TABLE numbers (number integer)")
    for _ in range(PREPARE_AFTER + 1):
        ask()
    run_outside_transaction(address, "ALTER TABLE numbers ALTER number TYPE bigint")

    with pytest.raises(sa.exc.DBAPIError) as failure:
        ask()
    ask()
    assert failure.value.connection_invalidated
    for each in (engine, receiving):
        each.dispose()


def read_one(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1


def end_sessions(address: str) -> None:
    """Do what a restart of the server does to the sessions of a database."""
    others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    run_outside_transaction(address, f"SELECT pg_terminate_backend(pid, 10000) FROM {others}")  # noqa: S608 - ours


@pytest.mark.parametrize("work", WorkKind)
def test_a_writer_waits_for_the_lock_of_sqlite_as_long_as_its_kind_of_work_may(
    sqlite_databases: SqliteDatabases, work: WorkKind
) -> None:
    engine = create_engine(sqlite_databases.new(), work_kind=work)

    for _ in range(2):
        with engine.begin() as connection:
            milliseconds = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
            assert milliseconds == SESSION_LIMITS[work].lock * 1000
    engine.dispose()


def test_a_connection_to_sqlite_has_a_small_cache(sqlite_databases: SqliteDatabases) -> None:
    """A process has a dozen of them, and each would grow to two megabytes."""
    engine = create_engine(sqlite_databases.new())

    with engine.connect() as connection:
        size = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()

    assert size == -128  # negative: in kilobytes
    engine.dispose()


def test_who_waits_for_the_lock_of_sqlite_begins_to_wait_anew_again_and_again(
    sqlite_databases: SqliteDatabases,
) -> None:
    """Who has waited for long looks seldom, and all that come later would get the lock before."""
    address = sqlite_databases.new()
    engine = create_engine(address)
    statements: list[str] = []

    with make_patient_engine(engine) as waiting:
        late = threading.Thread(target=write_traced, args=(waiting, statements))
        with lock_from_outside(address):
            late.start()
            eventually(lambda: statements.count("BEGIN IMMEDIATE") >= 3)
        late.join()
    assert "COMMIT" in statements
    engine.dispose()


@contextmanager
def lock_from_outside(address: str) -> Iterator[None]:
    """Hold the lock of a file as another process does, which takes no turns with ours."""
    with closing(sqlite3.connect(str(sa.make_url(address).database))) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.rollback()
