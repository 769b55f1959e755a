"""What the engine leaves undone, with the real engine at work. Of what is forgotten see `test_forgetting`."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from structlog.testing import capture_logs

from reviews.answers.reminders import MAX_REVIEWS_AT_ONCE
from reviews.kinds import CardState, EventState
from runtime.worker.durable import VERSION
from runtime.worker.maintenance import BATCH_SIZE as BROKEN_AT_ONCE
from runtime.worker.maintenance import SETTLED
from runtime.worker.rounds import ItemsFailed
from runtime.worker.workflows import KILLS
from store import handover
from store.schema import workers
from store.unit_of_work import SqlUnitOfWork
from store.workers import WorkerRegistry
from tests.databases import make_patient_engine
from tests.journeys.processes import eventually
from tests.reviews.samples import START, review
from tests.runtime.engine_at_work import (
    keep_house,
    portal_with_one_file,
    receive_change,
    run_worker,
    waiting,
    wire_worker,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo import DemoPortal
    from runtime.wiring.wiring import Wiring
    from runtime.worker.worker import Worker

SECOND, LONG_AGO = timedelta(seconds=1), timedelta(minutes=30)
OF_NO_EVENT = f"event-{10**20}-1-1"
"""No database takes a number that large."""
DEADLY = "status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'"
# The engine's tables refuse to be told how a workflow went on, as they do on a full disk.
REFUSING = {
    "sqlite": (
        "CREATE TRIGGER no_step BEFORE INSERT ON operation_outputs BEGIN SELECT RAISE(ABORT, 'full'); END",
        "CREATE TRIGGER no_end BEFORE UPDATE ON workflow_status BEGIN SELECT RAISE(ABORT, 'full'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$",
        "CREATE TRIGGER no_step BEFORE INSERT ON dbos.operation_outputs FOR EACH ROW EXECUTE FUNCTION no()",
        "CREATE TRIGGER no_end BEFORE UPDATE ON dbos.workflow_status FOR EACH ROW EXECUTE FUNCTION no()",
    ),
}
WILLING = {
    "sqlite": ("DROP TRIGGER no_step", "DROP TRIGGER no_end"),
    "postgresql": ("DROP FUNCTION no() CASCADE",),
}


@pytest.fixture
def engine_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    engine = logging.getLogger("dbos")
    engine.addHandler(caplog.handler)
    yield caplog
    engine.removeHandler(caplog.handler)


@pytest.fixture
def portal() -> DemoPortal:
    return portal_with_one_file()


@pytest.fixture
def wiring(database_url: str, portal: DemoPortal) -> Iterator[Wiring]:
    with wire_worker(database_url, portal) as wiring:
        yield wiring


@pytest.fixture
def worker(wiring: Wiring) -> Iterator[Worker]:
    with run_worker(wiring) as worker:
        yield worker


@pytest.fixture
def beside(wiring: Wiring) -> Iterator[sa.Engine]:
    """The test's own connections, beside those of the worker."""
    with make_patient_engine(wiring.engine) as engine:
        yield engine


def run(engine: sa.Engine, statements: dict[str, tuple[str, ...]]) -> None:
    with engine.begin() as connection:
        for statement in statements[connection.dialect.name]:
            connection.execute(sa.text(statement))


def looked_after(logs: list[Any]) -> list[str]:
    """Return the work that was resumed or handed over again."""
    return [line["work"] for line in logs if line["event"] in {"work_resumed", "work_broken_off"}]


def test_what_the_engine_could_not_write_the_end_of_is_done_again(
    beside: sa.Engine, worker: Worker, engine_log: pytest.LogCaptureFixture
) -> None:
    run(beside, REFUSING)
    receive_change(beside)
    eventually(lambda: "Exception encountered in background workflow" in engine_log.text)
    run(beside, WILLING)

    [stranded] = DBOS.list_workflows(status="PENDING")
    assert stranded.updated_at is not None
    broke_off = datetime.fromtimestamp(stranded.updated_at / 1000, UTC)

    with capture_logs() as logs:
        keep_house(worker, now=broke_off + SETTLED - SECOND)
        assert not looked_after(logs)
        keep_house(worker, now=broke_off + SETTLED + SECOND)

    assert looked_after(logs) == ["event-1-1-1"]
    eventually(lambda: waiting() == ["event-1-1-2"])
    eventually(lambda: DBOS.list_workflows(status="PENDING") == [])


def test_what_runs_for_long_is_left_alone(beside: sa.Engine, worker: Worker, portal: DemoPortal) -> None:
    portal.faults.hang(300, keep_alive=True)
    receive_change(beside)
    eventually(portal.faults.calls)

    keep_house(worker, now=datetime.now(UTC) + timedelta(hours=1))

    [running] = DBOS.list_workflows()
    assert (running.workflow_id, running.status) == ("event-1-1-1", "PENDING")
    portal.faults.clear()
    eventually(lambda: waiting() == ["event-1-1-2"])


def receive_and_wait(engine: sa.Engine) -> str:
    """Have a change come in; return the work that waits, once the engine has ended what came before."""
    receive_change(engine)
    [delayed] = eventually(waiting)
    eventually(lambda: DBOS.list_workflows(status="PENDING") == [])
    return delayed


def is_handed_over_again() -> bool:
    """Return whether another run of the first event has come to wait.

    By a clock that runs ahead, a job that has just ended is taken for stranded, and resumed; and a look that
    found SQLite busy hands over once more.
    """
    return any(re.fullmatch(r"event-1-[23456789]-2", name) for name in waiting())


def test_work_that_broke_off_is_handed_over_again(beside: sa.Engine, worker: Worker) -> None:
    delayed = receive_and_wait(beside)
    DBOS.cancel_workflow(delayed)

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    eventually(is_handed_over_again)
    assert DBOS.list_workflows(workflow_ids=[delayed]) == []


def change_waiting(engine: sa.Engine, changes: str) -> bool:
    """Change the engine's row of the one workflow that waits; `False` where none does just now."""
    table = "workflow_status" if engine.dialect.name == "sqlite" else "dbos.workflow_status"
    update = f"UPDATE {table} SET {changes} WHERE status = 'DELAYED'"  # noqa: S608 - our own words
    with engine.begin() as connection:
        return connection.execute(sa.text(update)).rowcount == 1


def test_work_of_a_kind_that_a_newer_release_knows_is_left_to_it(beside: sa.Engine, worker: Worker) -> None:
    receive_and_wait(beside)
    eventually(lambda: change_waiting(beside, "workflow_uuid = 'dream-of-7', status = 'ERROR'"))

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    assert [left.workflow_id for left in DBOS.list_workflows(status="ERROR")] == ["dream-of-7"]


def test_however_much_a_newer_release_left_what_broke_off_here_is_handed_over_again(
    beside: sa.Engine, worker: Worker
) -> None:
    delayed = receive_and_wait(beside)
    DBOS.cancel_workflow(delayed)
    copy_workflow(beside, delayed, names=[f"dream-of-{number}" for number in range(BROKEN_AT_ONCE)])

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    eventually(is_handed_over_again)
    assert len(DBOS.list_workflows(workflow_id_prefix="dream-of-")) == BROKEN_AT_ONCE


def test_a_job_that_fails_once_more_holds_up_none_of_those_that_broke_off_later(
    beside: sa.Engine, worker: Worker
) -> None:
    delayed = receive_and_wait(beside)
    DBOS.cancel_workflow(delayed)
    copy_workflow(beside, delayed, names=[OF_NO_EVENT])

    def is_looked_after() -> bool:
        with suppress(ItemsFailed):
            worker.run_maintenance(now=datetime.now(UTC) + SETTLED + SECOND)
        return DBOS.list_workflows(workflow_ids=[delayed]) == []

    eventually(is_looked_after)
    # By the clock that runs ahead here, a job that has just ended may be taken for stranded, and is resumed.
    eventually(is_handed_over_again)
    assert len(DBOS.list_workflows(workflow_ids=[OF_NO_EVENT])) == 1


def copy_workflow(engine: sa.Engine, workflow_id: str, *, names: list[str]) -> None:
    """Copy the engine's row of a workflow under other names, each older than the row."""
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    table = sa.Table("workflow_status", sa.MetaData(), schema=schema, autoload_with=engine)
    with engine.begin() as connection:
        row = (
            connection.execute(sa.select(table).where(table.c.workflow_uuid == workflow_id)).mappings().one()
        )
        older = {**row, "created_at": row["created_at"] - 1000}
        copies = [{**older, "workflow_uuid": name} for name in names]
        connection.execute(sa.insert(table), copies)


def test_an_event_that_kills_its_worker_again_and_again_is_given_up(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    receive_change(beside)
    eventually(lambda: change_waiting(beside, DEADLY))

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    with wiring.transactions(reading=True) as work:
        [stored] = work.events.list_recent(10)
    assert (stored.state, stored.reason) == (EventState.DEAD, KILLS)
    eventually(lambda: waiting() == [])


def test_a_card_that_kills_its_worker_again_and_again_is_given_up(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    with SqlUnitOfWork(beside) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("console", "")])
        [card] = work.cards.list_recent(1)
        assert work.cards.claim(card.id, "dead:card")  # no other takes it meanwhile
        work.commit()
    eventually(lambda: change_waiting(beside, DEADLY))
    handover.release_claims(beside, "dead:card")

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    with wiring.transactions(reading=True) as work:
        [card] = work.cards.list_recent(1)
    assert (card.state, card.error) == (CardState.DEAD, KILLS)
    eventually(lambda: waiting() == [])


def list_workers(roll: WorkerRegistry) -> list[str]:
    with roll.engine.connect() as connection:
        return list(connection.execute(sa.select(workers.c.id)).scalars())


@pytest.mark.usefixtures("worker")
def test_a_take_over_that_failed_is_tried_again(
    beside: sa.Engine, engine_log: pytest.LogCaptureFixture
) -> None:
    receive_change(beside)
    eventually(waiting)
    roll, dead = WorkerRegistry(beside), "host-1-dead"
    left = f"status = 'PENDING', application_version = '{VERSION}', executor_id = '{dead}'"
    eventually(lambda: change_waiting(beside, left))
    run(beside, REFUSING)

    # Only now, since a worker on the roll that does not beat is soon taken for dead.
    roll.register_again(dead)
    roll.retire(dead)

    eventually(lambda: engine_log.text.count("Exception encountered when recovering workflow") > 1)
    run(beside, WILLING)
    eventually(lambda: waiting() == ["event-1-1-3"])
    eventually(lambda: dead not in list_workers(roll))


def test_what_a_worker_began_that_is_on_the_roll_no_more_is_done_by_another(
    beside: sa.Engine, worker: Worker
) -> None:
    receive_change(beside)
    eventually(waiting)
    left = f"status = 'PENDING', application_version = '{VERSION}', executor_id = 'host-1-struck'"
    eventually(lambda: change_waiting(beside, left))

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    eventually(lambda: waiting() == ["event-1-1-3"])


def test_a_worker_that_was_away_for_long_looks_at_all_whose_time_has_come(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    with SqlUnitOfWork(beside) as work:
        for number in range(2 * MAX_REVIEWS_AT_ONCE + 1):
            work.reviews.add(review(id=f"rev-{number}", file_id=str(number), remind_at=START))
        work.commit()
    worker.wake()

    def none_is_ripe() -> bool:
        with wiring.transactions(reading=True) as work:
            return not work.reviews.list_due_ids(datetime.now(UTC), 1)

    eventually(none_is_ripe)


def test_an_event_whose_job_was_lost_is_handed_over_again(beside: sa.Engine, worker: Worker) -> None:
    receive_change(beside, ago=LONG_AGO)
    eventually(lambda: waiting() == ["event-1-1-2"])
    keep_house(worker, now=datetime.now(UTC))
    with_a_job = waiting()
    DBOS.delete_workflows(["event-1-1-1", "event-1-1-2"])

    keep_house(worker, now=datetime.now(UTC))

    assert with_a_job == ["event-1-1-2"]
    eventually(lambda: waiting() == ["event-1-2-2"])


def test_a_job_that_a_newer_release_named_keeps_no_event_from_being_handed_over_again(
    beside: sa.Engine, worker: Worker
) -> None:
    receive_change(beside, ago=LONG_AGO)
    eventually(lambda: waiting() == ["event-1-1-2"])
    eventually(lambda: change_waiting(beside, "workflow_uuid = 'dream-of-7'"))

    keep_house(worker, now=datetime.now(UTC))

    eventually(lambda: "event-1-2-2" in waiting())


def test_what_another_event_s_job_works_on_is_left_alone(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    """The job of the first event handles all of its file; it goes on after that event is settled."""
    receive_change(beside, ago=LONG_AGO)
    eventually(lambda: waiting() == ["event-1-1-2"])
    receive_change(beside, ago=LONG_AGO)

    def is_led() -> bool:
        return not handover.find_due(
            wiring.engine, handover.FreeSlots(redraws=10, posts=10, events=10)
        ).events

    eventually(is_led)
    with SqlUnitOfWork(beside) as work:
        work.events.settle([1], EventState.IGNORED, "for the test")
        work.commit()

    keep_house(worker, now=datetime.now(UTC))

    assert is_led()
    assert waiting() == ["event-1-1-2"]


def test_a_replay_of_what_waits_starts_another_job_and_the_change_is_one_review(
    wiring: Wiring, beside: sa.Engine, worker: Worker, portal: DemoPortal
) -> None:
    """Both jobs work on it at the same time; the second event is handled by the first one's."""
    portal.faults.hang(300, count=None, keep_alive=True)
    for _ in range(2):
        receive_change(beside, ago=timedelta(hours=2))
    eventually(portal.faults.calls)

    def all_done() -> bool:
        with wiring.transactions(reading=True) as work:
            return {each.state for each in work.events.list_recent(9)} == {EventState.DONE}

    assert handover.request_event_rerun(beside, 2)
    worker.wake()
    eventually(lambda: len(DBOS.list_workflows(status="PENDING", name="process-event")) == 2)
    portal.faults.clear()
    eventually(all_done)
    eventually(
        lambda: DBOS.list_workflows(status=["PENDING", "DELAYED", "ENQUEUED"], name="process-event") == []
    )
    with wiring.transactions(reading=True) as work:
        assert [review.revision for review in work.reviews.list_recent(9)] == [1]
