"""What every test may use. Nothing here stands in for our own code."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.databases import PostgresDatabases, SqliteDatabases

# How fast an example is says nothing while another worker of the suite kills and starts processes.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


# These wait most of the time, for minutes: beside them, others have the processors.
LONGEST = (
    "test_crash.py",
    "test_stop.py",
    "test_hidden_outcomes.py",
    "test_housekeeping.py",
    "test_thread.py",
    "test_take_over.py",
    "test_history_page.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest, so that the workers end at about the same time."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """What has been loaded stays to the end: nobody looks through it for what may go, a thousand times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    with databases.sqlite_databases() as made:
        yield made


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    with databases.postgres_databases() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a new, migrated database; the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        files: SqliteDatabases = request.getfixturevalue("sqlite_databases")
        yield files.new()
        return
    made: PostgresDatabases = request.getfixturevalue("postgres_databases")
    address = made.new()
    yield address
    made.give_back(address)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = databases.engine_on(database_url)
    yield engine
    engine.dispose()
