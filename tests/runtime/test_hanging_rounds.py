"""What hangs in the database holds up neither the beats nor anything else that a worker does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from dbos import DBOS

from demo import COMPLIANCE, Portal, running
from reviews import intake
from runtime.settings import Settings
from runtime.wiring import Wiring
from runtime.worker import Worker
from store.schema import workers
from tests.journeys.processes import eventually
from tests.journeys.test_stop import locked
from tests.keys import SECRET_KEY
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = f'[[route]]\nwatch = ["{COMPLIANCE}"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite locks the whole file or nothing."""


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    portal = Portal(lambda: datetime.now(UTC))
    with running(portal) as address:
        values = {
            "sweep_minutes": 0,
            "database_url": database_url,
            "routes": ROUTES,
            "secret_key": SECRET_KEY,
            "docspace_api_host": address,
            "docspace_api_key": portal.api_key,
        }
        wiring = Wiring(Settings.model_validate(values))
        yield wiring
        wiring.engine.dispose()


def last_beat(wiring: Wiring) -> datetime:
    with wiring.engine.connect() as connection:
        seen_at: datetime = connection.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar_one()
    return seen_at


@ON_POSTGRESQL
@pytest.mark.parametrize("hanging", ["digest_lines", "alarms", "codes"])
def test_a_round_that_hangs_stops_neither_the_hand_over_nor_the_beats(
    wiring: Wiring, database_url: str, hanging: str
) -> None:
    worker = Worker(wiring)
    with locked(database_url, hanging) as holder:
        worker.start()
        eventually(lambda: waits_for(holder, hanging))
        before = last_beat(wiring)

        gone = event(file_id="7", parent_id="999999", trigger="file.deleted")
        intake.receive(wiring.transactions, [gone], now=datetime.now(UTC))

        eventually(lambda: DBOS.list_workflows(status="SUCCESS"))
        eventually(lambda: last_beat(wiring) > before)
    worker.stop()


@ON_POSTGRESQL
def test_a_hand_over_that_hangs_does_not_stop_the_beats(wiring: Wiring, database_url: str) -> None:
    worker = Worker(wiring)
    with locked(database_url, "events") as holder:
        worker.start()
        eventually(lambda: waits_for(holder, "events"))
        before = last_beat(wiring)

        eventually(lambda: last_beat(wiring) > before)
    worker.stop()


def waits_for(holder: sa.Connection, table: str) -> bool:
    waiting = sa.text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:name AS regclass)"
    )
    return bool(holder.execute(waiting, {"name": table}).scalar_one())
