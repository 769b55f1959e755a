"""What hangs in the database holds up neither the beats nor anything else that a worker does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.intake import intake
from reviews.kinds import EventState
from runtime.worker.worker import Worker
from store.schema import workers
from tests.journeys.processes import eventually
from tests.journeys.table_locks import lock_table
from tests.reviews.samples import event
from tests.runtime.worker_at_work import portal_with_one_file, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.wiring.wiring import Wiring

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite locks the whole file or nothing."""


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    with wire_worker(database_url, portal_with_one_file(), quiet="0s") as wiring:
        yield wiring


def last_beat(wiring: Wiring) -> datetime:
    with wiring.engine.connect() as connection:
        seen_at: datetime = connection.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar_one()
    return seen_at


@ON_POSTGRESQL
@pytest.mark.parametrize("hanging", ["digest_lines", "alarms", "codes"])
def test_a_round_that_hangs_stops_neither_the_jobs_nor_the_beats(
    wiring: Wiring, database_url: str, hanging: str
) -> None:
    worker = Worker(wiring)
    with lock_table(database_url, hanging) as holder:
        worker.start()
        eventually(lambda: waits_for(holder, hanging))
        before = last_beat(wiring)

        gone = event(file_id="7", parent_id="999999", trigger="file.deleted")
        intake.receive_events(wiring.transactions, [gone], now=datetime.now(UTC))

        eventually(lambda: list_states(wiring) == {EventState.IGNORED})
        eventually(lambda: last_beat(wiring) > before)
    worker.stop()


@ON_POSTGRESQL
def test_a_dispatcher_that_hangs_does_not_stop_the_beats(wiring: Wiring, database_url: str) -> None:
    worker = Worker(wiring)
    with lock_table(database_url, "events") as holder:
        worker.start()
        eventually(lambda: waits_for(holder, "events"))
        before = last_beat(wiring)

        eventually(lambda: last_beat(wiring) > before)
    worker.stop()


def list_states(wiring: Wiring) -> set[str]:
    with wiring.transactions(reading=True) as work:
        return {each.state for each in work.events.list_recent(9)}


def waits_for(holder: sa.Connection, table: str) -> bool:
    waiting = sa.text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:name AS regclass)"
    )
    return bool(holder.execute(waiting, {"name": table}).scalar_one())
