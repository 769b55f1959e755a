"""A process whose database was migrated beyond it, or restored from before it, takes no work and says so."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from dbos import DBOS
from structlog.testing import capture_logs

from reviews import intake
from runtime.health import WORKER_MISSED, Health
from runtime.schema_watch import SchemaWatch
from runtime.settings import Settings
from runtime.wiring import Wiring
from runtime.workflows import job_of
from store.engine import create_engine
from store.unit_of_work import UnitOfWork
from store.workers import Roll
from tests.databases import patient
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.reviews.samples import event
from tests.runtime.engine_at_work import at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.worker import Worker
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
    wiring = Wiring(Settings.model_validate(values))
    yield wiring
    wiring.engine.dispose()


@pytest.fixture(scope="module")
def worker(wiring: Wiring) -> Iterator[Worker]:
    """One for all tests on a database: each leaves it a schema that fits, and has a file of its own."""
    with at_work(wiring) as worker:
        yield worker


def migrate_to(engine: sa.Engine, revision: str) -> str:
    """Write down another revision, and return the one that was there; on SQLite a worker may be writing."""
    with patient(engine) as own, own.begin() as connection:
        before: str = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    return before


@contextmanager
def migrated_to(wiring: Wiring, revision: str) -> Iterator[None]:
    """Have the worker find another schema, until the block ends; then it has found that it fits again."""
    before = migrate_to(wiring.engine, revision)
    try:
        eventually(lambda: not wiring.schema.fits())
        yield
    finally:
        migrate_to(wiring.engine, before)
        eventually(wiring.schema.fits)


@pytest.mark.parametrize("revision", [NEWER, OLDER])
def test_a_watch_says_once_what_has_turned(engine: sa.Engine, revision: str) -> None:
    watch = SchemaWatch(lambda: engine)

    with capture_logs() as lines:
        before = migrate_to(engine, revision)
        looks = [watch.look(), watch.look()]
        reason = watch.reason
        migrate_to(engine, before)
        looks += [watch.look(), watch.look()]

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

    assert not watch.look()
    assert watch.reason == SENTENCES[OLDER]


def test_while_the_database_is_away_the_last_look_stands() -> None:
    watch = SchemaWatch(lambda: create_engine("postgresql://nobody@127.0.0.1:1/none"))

    assert watch.look()


def receive(wiring: Wiring, *, file_id: str) -> int:
    """Receive a change that is due; return the event's id."""
    changed = event(file_id=file_id)
    with patient(wiring.engine) as engine:
        intake.receive(partial(UnitOfWork, engine), [changed], now=datetime.now(UTC) - timedelta(hours=1))
    with wiring.transactions(reading=True) as work:
        [found] = [each.id for each in work.events.recent(9) if each.event.file_id == file_id]
    return found


def is_tried(wiring: Wiring, event_id: int) -> bool:
    """Tell whether a worker has tried to handle the event: its portal does not answer."""
    with wiring.transactions(reading=True) as work:
        found = work.events.get(event_id)
    return found is not None and found.attempts > 0


@pytest.mark.parametrize("revision", [NEWER, OLDER])
def test_a_worker_leaves_work_to_the_release_that_fits_and_goes_on_once_it_does(
    wiring: Wiring, worker: Worker, revision: str
) -> None:
    with migrated_to(wiring, revision):
        eventually(lambda: (Roll(wiring.engine).silence() or timedelta()) > WORKER_MISSED)
        received = receive(wiring, file_id=revision)
        worker.wake()

        parts = Health(engine=wiring.engine, clock=wiring.clock).parts()
        assert parts["migrations"] == {"state": "broken", "reason": SENTENCES[revision]}
        assert not is_tried(wiring, received)

    eventually(lambda: is_tried(wiring, received))
    eventually(lambda: Health(engine=wiring.engine, clock=wiring.clock).parts()["worker"]["state"] == "ok")


def test_what_the_engine_gives_to_a_worker_meanwhile_comes_again_later(
    wiring: Wiring, worker: Worker
) -> None:
    with migrated_to(wiring, NEWER):
        received = receive(wiring, file_id="7")

        worker._workflows.start_event(received, 1)  # noqa: SLF001 - as the engine does with what waits in its queue

        def waiting() -> list[str]:
            delayed = DBOS.list_workflows(status="DELAYED")
            return [each.workflow_id for each in delayed if job_of(each.workflow_id) == f"event-{received}-1"]

        eventually(lambda: waiting() == [f"event-{received}-1-2"])
        assert not is_tried(wiring, received)
