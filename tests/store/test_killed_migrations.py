"""A migration whose process is killed, at whichever statement: the next one finishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from store.engine import create_engine
from store.migrate import migrate, require_current
from tests.store.earlier_schemas import use_old_database
from tests.store.killed_migrations import Killed, killing_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases, SqliteDatabases


@pytest.fixture
def old_postgresql(postgres_databases: PostgresDatabases) -> Iterator[sa.Engine]:
    with use_old_database(postgres_databases) as engine:
        yield engine


@pytest.fixture
def old_sqlite(sqlite_databases: SqliteDatabases) -> Iterator[sa.Engine]:
    with use_old_database(sqlite_databases) as engine:
        yield engine


def test_a_migration_that_is_killed_anywhere_is_finished_by_the_next(old_postgresql: sa.Engine) -> None:
    """Each attempt comes a statement further, from wherever the one before has left the tables."""
    address = old_postgresql.url.render_as_string(hide_password=False)
    for most in range(1000):
        with killing_after(address, most) as migrating:
            try:
                migrate(migrating)
            except Killed:
                continue
        break

    require_current(old_postgresql)
    migrate(old_postgresql)


def test_a_migration_that_is_killed_anywhere_leaves_sqlite_as_it_was(
    old_sqlite: sa.Engine, sqlite_databases: SqliteDatabases
) -> None:
    """Even killed at its last statement it has committed nothing; so it has at none before."""
    address = old_sqlite.url.render_as_string(hide_password=False)
    before = dump(old_sqlite)
    old_sqlite.dispose()
    statements = count_statements(sqlite_databases.copy(address))

    for most in (0, statements // 2, statements - 1):
        with killing_after(address, most) as migrating, pytest.raises(Killed):
            migrate(migrating)
        assert dump(old_sqlite) == before

    migrate(old_sqlite)
    require_current(old_sqlite)


def count_statements(address: str) -> int:
    """Return how many statements a whole migration has."""
    migrating = create_engine(address)
    statements: list[str] = []

    @sa.event.listens_for(migrating, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    migrate(migrating)
    migrating.dispose()
    return len(statements)


def dump(engine: sa.Engine) -> list[str]:
    """Return all statements that would make an SQLite database with the same content."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return list(driver.iterdump())
