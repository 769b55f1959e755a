"""An installation: a fake Slack, our door on Flask, a real database, and cards that stand in a channel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import SlackInstallation
from tests.bot.socket_installation import open_way
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_state import PATIENT_TRIGGER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.databases import SqliteDatabases


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """Return a SQLite file: what differs between the databases is tested where the product meets them."""
    return sqlite_databases.new()


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(hang_seconds=0.5, trigger_seconds=PATIENT_TRIGGER_SECONDS) as fake:
        yield fake


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module over each of its `WAYS_IN`, by HTTP or through Socket Mode."""
    ways = getattr(metafunc.module, "WAYS_IN", ())
    if ways and "installation" in metafunc.fixturenames:
        metafunc.parametrize("installation", ways, indirect=True)


@pytest.fixture
def installation(
    slack: FakeSlack, engine: sa.Engine, request: pytest.FixtureRequest
) -> Iterator[SlackInstallation]:
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine))
    with open_way(made, request):
        yield made
    made.close()
