"""Two workers share what waits, and neither takes the other for dead after an outage that both have seen."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from runtime.worker.capacity import MAX_JOBS, Lane
from store.claims import get_worker
from store.engine import create_engine
from store.schema import events, workers
from tests.journeys.channels import CHANNELS, assert_each_has_one_card, many_channels
from tests.journeys.crash import SEVERAL
from tests.journeys.processes import eventually
from tests.journeys.table_locks import lock_table, writers_waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import PostgresDatabases

LONG = 3600.0  # seconds; no test waits for them
SHORT = timedelta(seconds=30)
OUTAGE = sa.text("UPDATE workers SET seen_at = seen_at - interval '1 minute'")
ROOM = MAX_JOBS[Lane.EVENTS]
CHANGES = 4 * ROOM


def test_two_workers_share_a_backlog_and_begin_as_much_of_it_as_they_have_room_for(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    url = postgres_databases.new()
    with many_channels(url, tmp_path, count=CHANNELS, names=SEVERAL) as opened, looking_at(url) as engine:
        opened.portal.faults.hang(LONG, path="/files/file", count=None, keep_alive=True)
        opened.change_all("Shared", CHANGES)
        eventually(lambda: sorted(count_claimed(engine).values()) == [ROOM, ROOM])
        opened.portal.faults.clear()

        assert_each_has_one_card(opened, count=CHANGES, within=240)


def test_after_an_outage_of_the_database_no_worker_takes_over_the_living(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    url = postgres_databases.new()
    with many_channels(url, tmp_path, count=1, names=SEVERAL) as opened, looking_at(url) as engine:
        before = eventually(lambda: registered if len(registered := roll(engine)) == 2 else None)
        with lock_table(url, "workers") as holder:
            eventually(lambda: writers_waiting(holder, "workers") == 2)
            opened.product.processes.suspend("worker-2")
            holder.execute(OUTAGE)

        # One is back long before the other.
        wait_for_beat(engine)
        wait_for_beat(engine)
        opened.product.processes.resume("worker-2")

        eventually(lambda: longest_silence(engine) < SHORT)
        assert roll(engine) == before
        opened.change_all("Afterwards", 2)
        assert_each_has_one_card(opened, count=2, within=240)
    assert "worker_believed_dead" not in opened.product.output()


@contextmanager
def looking_at(url: str) -> Iterator[sa.Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def count_claimed(engine: sa.Engine) -> Counter[str]:
    """Return how many events each worker has."""
    owners = sa.select(events.c.claimed_by).where(events.c.claimed_by.is_not(None))
    with engine.connect() as connection:
        return Counter(map(get_worker, connection.execute(owners).scalars()))


def roll(engine: sa.Engine) -> set[tuple[str, object]]:
    """Return who has beaten, and since when each is on the roll: one who was struck off comes back anew."""
    have_beaten = sa.select(workers).where(workers.c.seen_at > workers.c.started_at)
    with engine.connect() as connection:
        return {(row.id, row.started_at) for row in connection.execute(have_beaten)}


def wait_for_beat(engine: sa.Engine) -> None:
    def last() -> object:
        with engine.connect() as connection:
            return connection.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar_one()

    before = last()
    eventually(lambda: last() != before)


def longest_silence(engine: sa.Engine) -> timedelta:
    """Return for how long the one who was heard of first was silent."""
    with engine.connect() as connection:
        silence = sa.func.clock_timestamp() - sa.func.min(workers.c.seen_at)
        silence_length: timedelta = connection.execute(sa.select(silence)).scalar_one()
    return silence_length
