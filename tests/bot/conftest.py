"""An installation: a fake Slack, our door on Flask, a real database, and cards that stand in a channel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import SlackInstallation
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


@pytest.fixture
def installation(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine))
    yield made
    made.close()
