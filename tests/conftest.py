"""What every test may use. Nothing here stands in for our own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.engine import create_engine
from tests import databases
from tests.databases import PostgresDatabases, SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    with databases.postgres_databases() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a new, migrated database; the test runs on SQLite and on PostgreSQL."""
    name = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    made: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    return made.new()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()
