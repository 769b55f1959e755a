"""Work that a worker of an earlier release has left behind is done, with the real engine at work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
import sqlalchemy as sa
from dbos import DBOS
from dbos._serialization import DefaultSerializer

from reviews.intake import intake
from runtime.capacity import MAX_FORMER_QUEUE_JOBS, Lane
from runtime.worker.durable import FORMER_QUEUE
from runtime.worker.job_names import get_job_name
from runtime.worker.workflows import PROCESS_EVENT
from store import handover
from store.workers import WorkerRegistry
from tests.databases import make_patient_engine
from tests.journeys.processes import eventually
from tests.reviews.samples import event
from tests.runtime.engine_at_work import portal_with_one_file, receive_change, run_worker, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dbos import EnqueueOptions

    from runtime.wiring.wiring import Wiring

LONG_ENOUGH = 300.0  # seconds on a busy machine


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    with wire_worker(database_url, portal_with_one_file()) as wiring:
        yield wiring


def test_an_attempt_that_a_worker_of_an_earlier_release_left_half_done_goes_on(wiring: Wiring) -> None:
    with make_patient_engine(wiring.engine) as engine:
        receive_change(engine)
    with run_worker(wiring):
        [again] = eventually(lambda: DBOS.list_workflows(status="DELAYED"))
    job, attempt = get_job_name(again.workflow_id), int(again.workflow_id.rpartition("-")[2])
    before = f"{job}-{attempt - 1}"
    leave_half_done(wiring, before, seconds=3600.0)

    with run_worker(wiring):
        workflows = eventually(lambda: DBOS.list_workflows(status="DELAYED"), within=LONG_ENOUGH)
        assert [each.workflow_id for each in workflows] == [again.workflow_id]
        eventually(lambda: DBOS.list_workflows(workflow_ids=[before], status="SUCCESS"))


def test_what_an_earlier_release_stored_of_a_step_is_read() -> None:
    """The engine pickles what a step returns, with the path of a class; these are the bytes of 0.4.0."""
    stored = "gASVNgAAAAAAAABHQBQAAAAAAACMEHJ1bnRpbWUuY2FwYWNpdHmUjARMYW5llJOUjAdyZWRyYXdzlIWUUpSGlC4="

    assert DefaultSerializer().deserialize(stored) == (5.0, Lane.REDRAWS)


def test_what_an_earlier_release_left_in_its_queue_is_done(wiring: Wiring) -> None:
    gone = event(file_id="7", parent_id="999999", trigger="file.deleted")
    intake.receive_events(wiring.transactions, [gone], now=datetime.now(UTC))
    handover.mark_events_handed_over(wiring.engine, [(1, 1)])
    with run_worker(wiring):
        DBOS.register_queue(FORMER_QUEUE, worker_concurrency=16)

    with run_worker(wiring):
        options = {"workflow_name": PROCESS_EVENT, "queue_name": FORMER_QUEUE, "workflow_id": "event-1-1-2"}
        DBOS.enqueue_workflow_with_options(cast("EnqueueOptions", options), 1, 1, 2)

        eventually(lambda: DBOS.list_workflows(status="SUCCESS"))
        queue = DBOS.retrieve_queue(FORMER_QUEUE)
        assert queue is not None
        assert queue.worker_concurrency == MAX_FORMER_QUEUE_JOBS


def leave_half_done(wiring: Wiring, workflow_id: str, *, seconds: float) -> None:
    """Have an attempt end where a worker of release 0.3 died that had only written down when to go on."""
    schema = None if wiring.engine.dialect.name == "sqlite" else "dbos"
    columns = ("workflow_uuid", "status", "executor_id", "output", "function_name")
    attempts, steps = (
        sa.table(name, *map(sa.column, columns), schema=schema)
        for name in ("workflow_status", "operation_outputs")
    )
    dead = "host-1-dead"
    with make_patient_engine(wiring.engine) as engine, engine.begin() as connection:
        for statement in (
            sa.delete(attempts).where(attempts.c.status == "DELAYED"),
            sa.delete(steps).where(steps.c.workflow_uuid == workflow_id, steps.c.function_name != "work"),
            sa.update(steps)
            .where(steps.c.workflow_uuid == workflow_id)
            .values(output=DefaultSerializer().serialize(seconds)),
            sa.update(attempts)
            .where(attempts.c.workflow_uuid == workflow_id)
            .values(status="PENDING", executor_id=dead, output=None),
        ):
            assert connection.execute(statement).rowcount == 1, statement
    with make_patient_engine(wiring.engine) as engine:
        roll = WorkerRegistry(engine)
        roll.register_again(dead)
        roll.retire(dead)
