"""The connections to the database."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from store.engine import create_engine, create_statement_engine
from store.limits import SESSION_LIMITS, WorkKind
from tests.databases import make_patient_engine
from tests.journeys.processes import eventually

if TYPE_CHECKING:
    import sqlalchemy as sa

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


def test_who_waits_for_the_lock_of_sqlite_begins_to_wait_anew_again_and_again(
    sqlite_databases: SqliteDatabases,
) -> None:
    """Who has waited for long looks seldom, and all that come later would get the lock before."""
    engine = create_engine(sqlite_databases.new())
    statements: list[str] = []

    with make_patient_engine(engine) as waiting, engine.connect() as holder:
        holder.begin()
        late = threading.Thread(target=write, args=(waiting, statements))
        late.start()
        eventually(lambda: statements.count("BEGIN IMMEDIATE") >= 3)
        holder.rollback()
        eventually(lambda: statements[-1] == "COMMIT")
        late.join()
    engine.dispose()


def write(engine: sa.Engine, statements: list[str]) -> None:
    """Write once; the statements that the driver begins are noted."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(statements.append)
        with connection.begin():
            pass
        driver.set_trace_callback(None)
