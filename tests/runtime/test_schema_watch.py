"""A process whose database was migrated beyond it, or restored from before it, takes no work and says so."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from reviews.intake import intake
from runtime.observe.health import WORKER_MISSED, Health
from runtime.observe.schema_watch import SchemaWatch
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.heartbeats import BEAT_SECONDS
from runtime.worker.worker import POLL_SECONDS
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from store.workers import WorkerRegistry
from tests.databases import make_patient_engine
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.reviews.samples import event
from tests.runtime.worker_at_work import count_claimed, run_worker
from tests.store.roll import seen_at, worker_health

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.worker.worker import Worker
    from tests.databases import PostgresDatabases, SqliteDatabases

ROUTES = '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
NEWER, OLDER = "9999", "0001"
SENTENCES = {
    NEWER: "the database belongs to a newer version of docspace-review: run that one",
    OLDER: "migrations are missing: run docspace-review migrate",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def wiring(request: pytest.FixtureRequest) -> Iterator[Wiring]:
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    made: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    values = {
        "sweep_minutes": 0,
        "database_url": made.new(),
        "routes": ROUTES,
        "secret_key": SECRET_KEY,
        "docspace_api_host": "http://127.0.0.1:1",
        "docspace_api_key": "sk-none",
    }
    wiring = Wiring(parse_settings(values))
    yield wiring
    wiring.engine.dispose()


@pytest.fixture(scope="module")
def worker(wiring: Wiring) -> Iterator[Worker]:
    """One for all tests on a database: each leaves it a schema that fits, and has a file of its own."""
    with run_worker(wiring) as worker:
        yield worker


def migrate_to(engine: sa.Engine, revision: str) -> str:
    """Write down another revision, and return the one that was there; on SQLite a worker may be writing."""
    with make_patient_engine(engine) as own, own.begin() as connection:
        before: str = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    return before


@contextmanager
def migrated_to(wiring: Wiring, revision: str) -> Iterator[None]:
    """Have the worker find another schema, until the block ends; then it has found that it fits again."""
    before = migrate_to(wiring.engine, revision)
    try:
        eventually(lambda: not wiring.schema.is_current())
        yield
    finally:
        migrate_to(wiring.engine, before)
        eventually(wiring.schema.is_current)


@pytest.mark.parametrize("revision", [NEWER, OLDER])
def test_a_watch_says_once_what_has_turned(engine: sa.Engine, revision: str) -> None:
    watch = SchemaWatch(lambda: engine)

    with capture_logs() as lines:
        before = migrate_to(engine, revision)
        looks = [watch.check(), watch.check()]
        reason = watch.mismatch
        migrate_to(engine, before)
        looks += [watch.check(), watch.check()]

    assert looks == [False, False, True, True]
    assert reason == SENTENCES[revision]
    assert [(line["event"], line.get("reason")) for line in lines] == [
        ("schema_does_not_fit", reason),
        ("schema_fits_again", None),
    ]


def test_an_empty_database_is_one_that_was_not_migrated(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    watch = SchemaWatch(lambda: engine)

    assert not watch.check()
    assert watch.mismatch == SENTENCES[OLDER]


def test_while_the_database_is_away_the_last_look_stands() -> None:
    watch = SchemaWatch(lambda: create_engine("postgresql://nobody@127.0.0.1:1/none"))

    assert watch.check()


def receive(wiring: Wiring, *, file_id: str) -> int:
    """Receive a change that is due; return the event's id."""
    changed = event(file_id=file_id)
    with make_patient_engine(wiring.engine) as engine:
        intake.receive_events(
            partial(SqlUnitOfWork, engine), [changed], now=datetime.now(UTC) - timedelta(hours=1)
        )
    with wiring.transactions(reading=True) as work:
        [event_id] = [each.id for each in work.events.list_recent(9) if each.event.file_id == file_id]
    return event_id


def is_tried(wiring: Wiring, event_id: int) -> bool:
    """Return whether a worker has tried to handle the event: its portal does not answer."""
    with wiring.transactions(reading=True) as work:
        stored = work.events.get(event_id)
    return stored is not None and stored.attempts > 0


def wait_for(polls: int, seconds: float) -> None:
    """Give what must not be done the time of so many polls in which it would be."""
    threading.Event().wait(polls * seconds)


def signed_off(wiring: Wiring) -> bool:
    """Return whether no worker counts as one that lives."""
    return (worker_health(wiring.engine).silence or timedelta()) > WORKER_MISSED


def test_a_worker_leaves_work_to_the_release_that_fits_and_goes_on_once_it_does(
    wiring: Wiring, worker: Worker
) -> None:
    with capture_logs() as lines, migrated_to(wiring, NEWER):
        received = receive(wiring, file_id="1")
        eventually(lambda: signed_off(wiring))
        worker.wake()
        wait_for(8, POLL_SECONDS)

        parts = Health(engine=wiring.engine, clock=wiring.clock).check_parts()
        assert parts["migrations"] == {"state": "broken", "reason": SENTENCES[NEWER]}
        assert (is_tried(wiring, received), count_claimed(wiring.engine)) == (False, 0)

    eventually(lambda: is_tried(wiring, received))
    eventually(
        lambda: Health(engine=wiring.engine, clock=wiring.clock).check_parts()["worker"]["state"] == "ok"
    )
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["schema_does_not_fit"]


@pytest.mark.usefixtures("worker")
def test_a_worker_that_waits_takes_nothing_and_comes_back_unmissed(
    wiring: Wiring,
) -> None:
    roll = WorkerRegistry(wiring.engine)
    with capture_logs() as lines:
        with migrated_to(wiring, NEWER):
            eventually(lambda: signed_off(wiring))
            received = receive(wiring, file_id="2")
            strike_off_the_only_one(wiring, roll)  # as another worker does, once it has taken over
            wait_for(8, POLL_SECONDS)

            assert (is_tried(wiring, received), count_claimed(wiring.engine)) == (False, 0)
            assert roll.list_names() == set()
        eventually(lambda: is_tried(wiring, received))
        wait_for(2, BEAT_SECONDS)

    assert len(roll.list_names()) == 1
    assert not {line["event"] for line in lines} & {"beats_missed", "worker_believed_dead", "round_failed"}


def strike_off_the_only_one(wiring: Wiring, roll: WorkerRegistry) -> None:
    [name] = roll.list_names()
    with make_patient_engine(wiring.engine) as engine:
        WorkerRegistry(engine).remove(name, seen_at=seen_at(roll, name))
