"""Installations that the journeys share; what starts here ends here, also when a test fails.

They end with the folder's tests, not with the process: a product without work asks its database all the time.
Each test changes a file of its own, so that it need not know what the others did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.installation import SPLIT
from tests.journeys.running_installation import (
    RunningInstallation,
    make_missing_sqlite_address,
    route,
    run_installation,
)
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases


@pytest.fixture(scope="package")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    """Return an installation whose product is `serve` on SQLite, started as an operator starts it."""
    folder = tmp_path_factory.mktemp("serve")
    settings = {"SECRET_KEY": SECRET_KEY}
    with run_installation(
        make_missing_sqlite_address(folder), folder, routes=route(), settings=settings, loaded=False
    ) as opened:
        yield opened


@pytest.fixture(scope="package")
def split(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningInstallation]:
    """Return an installation whose product is a web server and a worker on PostgreSQL."""
    folder = tmp_path_factory.mktemp("split")
    with run_installation(postgres_databases.new(), folder, names=SPLIT, routes=route()) as opened:
        yield opened


@pytest.fixture(params=["sqlite, serve", "postgresql, web and worker"])
def on_both_set_ups(request: pytest.FixtureRequest) -> RunningInstallation:
    """Return an installation on each of the two ways to run the product."""
    name = "serving" if request.param.startswith("sqlite") else "split"
    installation: RunningInstallation = request.getfixturevalue(name)
    return installation
