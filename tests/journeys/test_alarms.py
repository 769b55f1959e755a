"""A worker alarms its operators of what it finds, and sends the tests that a route wants, by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.kinds import EventState
from store.engine import create_engine
from store.schema import events
from store.unit_of_work import SqlUnitOfWork
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    CHANNEL,
    OPERATORS,
    RunningInstallation,
    route,
    run_installation,
)
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

DAYS = (7, 6, 5)
"""Some times between two tests of a route; no two end within the same hours for months."""


def write_routes() -> str:
    """Return routes of which one is tested when the worker starts, and not again while the test runs.

    Times between tests are counted from the epoch, whenever a worker starts.
    """
    now = datetime.now(UTC) - datetime.fromtimestamp(0, UTC)
    rests = {days: timedelta(days=days) - now % timedelta(days=days) for days in DAYS}
    more = f'canary = "{max(rests, key=lambda days: rests[days])}d"\n'
    return route(more=more) + f'[[route]]\nname = "operators"\nnotify = ["slack:{OPERATORS}"]\n'


def give_up_an_event(database_url: str) -> None:
    engine = create_engine(database_url)
    with SqlUnitOfWork(engine) as work:
        work.events.add([(event(), None)], at=datetime.now(UTC))
        work.commit()
    with engine.begin() as connection:
        connection.execute(sa.update(events).values(state=EventState.DEAD, reason="no such thing"))
    engine.dispose()


@pytest.fixture(scope="module")
def watched(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningInstallation]:
    """An installation with operators, in which an event was given up before the worker started."""
    database_url = sqlite_databases.new()
    give_up_an_event(database_url)
    with run_installation(database_url, tmp_path_factory.mktemp("alarms"), routes=write_routes()) as opened:
        yield opened


def test_the_operators_are_told_of_a_dead_letter(watched: RunningInstallation) -> None:
    [alarm] = eventually(lambda: watched.slack.messages(OPERATORS))

    assert "Alarm: 1 change event is given up, the first because of this: no such thing" in alarm["text"]
    eventually(lambda: '"event": "alarm"' in watched.product.output())  # the log comes after the commit


def test_a_route_is_tested_by_itself(watched: RunningInstallation) -> None:
    [card] = eventually(lambda: watched.slack.messages(CHANNEL))

    assert "Test of the route compliance" in card["text"]
    [arrived] = [each for each in watched.product.json("events", "list") if each["trigger"] == "canary.sent"]
    assert (arrived["state"], arrived["reason"]) == ("done", f"a test, told in slack:{CHANNEL}")


def test_the_routes_are_told_with_their_operators(watched: RunningInstallation) -> None:
    output = watched.product.run("routes", "check").stdout

    assert f"operators: alarms are posted in slack:{OPERATORS}" in output
