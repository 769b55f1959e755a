"""What the engine leaves behind, with the real engine at work."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from structlog.testing import capture_logs

from demo import ALICE, COMPLIANCE, Portal, running
from reviews import codes, intake, sessions
from reviews.model import CardState, EventState
from reviews.quotas import LIMITS
from reviews.reminders import AT_ONCE
from reviews.repeats import KEPT
from runtime.durable import VERSION
from runtime.housekeeping import REMEMBERED, SETTLED
from runtime.settings import Settings
from runtime.wiring import Wiring
from runtime.worker import Worker
from runtime.workflows import KILLS
from store import handover
from store.schema import workers
from store.unit_of_work import UnitOfWork
from store.workers import Roll
from tests.databases import patient
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.reviews.samples import START, event, review

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND, LONG_AGO = timedelta(seconds=1), timedelta(minutes=30)
DEADLY = "status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'"
ROUTES = (
    f'[[route]]\nwatch = ["{COMPLIANCE}"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
    'quiet_period = "1h"\nmax_wait = "1h"\n'
)


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
def portal() -> Portal:
    portal = Portal(lambda: datetime.now(UTC))
    portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7)
    return portal


@pytest.fixture
def engine_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    engine = logging.getLogger("dbos")
    engine.addHandler(caplog.handler)
    yield caplog
    engine.removeHandler(caplog.handler)


@pytest.fixture
def wiring(database_url: str, portal: Portal) -> Iterator[Wiring]:
    """Beside a portal with one file, whose route waits for an hour."""
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


@pytest.fixture
def worker(wiring: Wiring) -> Iterator[Worker]:
    worker = Worker(wiring)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def beside(wiring: Wiring) -> Iterator[sa.Engine]:
    """The test's own connections, beside those of the worker."""
    with patient(wiring.engine) as engine:
        yield engine


def keep_house(worker: Worker, *, now: datetime) -> None:
    """Have a worker look until it gets through: where SQLite is busy, its next round is there to do it."""

    def gets_through() -> bool:
        try:
            worker.keep_house(now=now)
        except sa.exc.OperationalError:
            return False
        return True

    eventually(gets_through)


def run(engine: sa.Engine, statements: dict[str, tuple[str, ...]]) -> None:
    with engine.begin() as connection:
        for statement in statements[connection.dialect.name]:
            connection.execute(sa.text(statement))


def waiting() -> list[str]:
    return [found.workflow_id for found in DBOS.list_workflows(status=["DELAYED", "ENQUEUED"])]


def receive_change(engine: sa.Engine, *, ago: timedelta = timedelta()) -> None:
    """Receive a change for which its route waits for an hour."""
    changed = event(file_id="7", parent_id=str(COMPLIANCE))
    intake.receive(partial(UnitOfWork, engine), [changed], now=datetime.now(UTC) - ago)


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


@pytest.mark.usefixtures("worker")
def test_a_worker_looks_after_the_webhook() -> None:
    assert "webhook" in {thread.name for thread in threading.enumerate()}


def test_what_runs_for_long_is_left_alone(beside: sa.Engine, worker: Worker, portal: Portal) -> None:
    portal.faults.hang(300, alive=True)
    receive_change(beside)
    eventually(portal.faults.calls)

    keep_house(worker, now=datetime.now(UTC) + timedelta(hours=1))

    [running] = DBOS.list_workflows()
    assert (running.workflow_id, running.status) == ("event-1-1-1", "PENDING")
    portal.faults.clear()
    eventually(lambda: waiting() == ["event-1-1-2"])


def test_work_that_broke_off_is_handed_over_again(beside: sa.Engine, worker: Worker) -> None:
    receive_change(beside)
    [delayed] = eventually(waiting)
    DBOS.cancel_workflow(delayed)

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    assert eventually(waiting) == ["event-1-2-2"]
    assert DBOS.list_workflows(workflow_ids=[delayed]) == []


def change_waiting(engine: sa.Engine, changes: str) -> bool:
    """Change the engine's row of the one workflow that waits; `False` where none does just now."""
    table = "workflow_status" if engine.dialect.name == "sqlite" else "dbos.workflow_status"
    update = f"UPDATE {table} SET {changes} WHERE status = 'DELAYED'"  # noqa: S608 - our own words
    with engine.begin() as connection:
        return connection.execute(sa.text(update)).rowcount == 1


def test_work_of_a_kind_that_a_newer_release_knows_is_left_to_it(beside: sa.Engine, worker: Worker) -> None:
    receive_change(beside)
    eventually(waiting)
    eventually(lambda: change_waiting(beside, "workflow_uuid = 'dream-of-7', status = 'ERROR'"))

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    assert [left.workflow_id for left in DBOS.list_workflows(status="ERROR")] == ["dream-of-7"]


def test_an_event_that_kills_its_worker_again_and_again_is_given_up(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    receive_change(beside)
    eventually(lambda: change_waiting(beside, DEADLY))

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    with wiring.transactions(reading=True) as work:
        [stored] = work.events.recent(10)
    assert (stored.state, stored.reason) == (EventState.DEAD, KILLS)
    eventually(lambda: waiting() == [])


def test_a_card_that_kills_its_worker_again_and_again_is_given_up(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    with UnitOfWork(beside) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("console", "")])
        [card] = work.cards.recent(1)
        assert work.cards.claim(card.id, "dead:card")  # nobody else takes it meanwhile
        work.commit()
    eventually(lambda: change_waiting(beside, DEADLY))
    handover.let_go(beside, "dead:card")

    keep_house(worker, now=datetime.now(UTC) + SETTLED + SECOND)

    with wiring.transactions(reading=True) as work:
        [card] = work.cards.recent(1)
    assert (card.state, card.error) == (CardState.DEAD, KILLS)
    eventually(lambda: waiting() == [])


def test_mailed_codes_and_counts_are_stored_for_an_hour(beside: sa.Engine, worker: Worker) -> None:
    now = datetime.now(UTC)
    with UnitOfWork(beside) as work:
        for name, age in (("old", codes.KEPT + SECOND), ("young", codes.KEPT - SECOND * 60)):
            sent = now - age
            work.quotas.take(name, LIMITS.mailed, now=sent)
            work.codes.add(
                codes.MailedCode(
                    id=name, browser=name, email="o@company.com", digest="", sent_at=sent, good_until=sent
                )
            )
        work.commit()

    keep_house(worker, now=now)

    with UnitOfWork(beside) as work:
        left = [name for name in ("old", "young") if work.codes.newest_of(name)]
        counts = [work.quotas.forget(before=now + SECOND), work.quotas.forget(before=now + SECOND)]
    assert (left, counts) == (["young"], [1, 0])


def test_sessions_are_kept_for_as_long_as_they_can_count(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    now = datetime.now(UTC)
    ages = {"old": sessions.LONGEST + SECOND, "young": sessions.LONGEST - SECOND * 60}
    with UnitOfWork(beside) as work:
        for key, age in ages.items():
            work.sessions.begin(key, at=now - age)
        work.commit()

    keep_house(worker, now=now)

    with wiring.transactions(reading=True) as work:
        left = [key for key in ages if work.sessions.is_open(key, since=now - 2 * sessions.LONGEST)]
    assert left == ["young"]


def known(roll: Roll) -> list[str]:
    with roll.engine.connect() as connection:
        return list(connection.execute(sa.select(workers.c.id)).scalars())


@pytest.mark.usefixtures("worker")
def test_a_take_over_that_failed_is_tried_again(
    beside: sa.Engine, engine_log: pytest.LogCaptureFixture
) -> None:
    receive_change(beside)
    eventually(waiting)
    roll, dead = Roll(beside), "host-1-dead"
    left = f"status = 'PENDING', application_version = '{VERSION}', executor_id = '{dead}'"
    eventually(lambda: change_waiting(beside, left))
    run(beside, REFUSING)

    # Only now, since whoever is on the roll and does not beat is soon taken for dead.
    roll.enlist_again(dead)
    roll.retire(dead)

    eventually(lambda: engine_log.text.count("Exception encountered when recovering workflow") > 1)
    run(beside, WILLING)
    eventually(lambda: waiting() == ["event-1-1-3"])
    eventually(lambda: dead not in known(roll))


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
    with UnitOfWork(beside) as work:
        for number in range(2 * AT_ONCE + 1):
            work.reviews.add(review(id=f"rev-{number}", file_id=str(number), remind_at=START))
        work.commit()
    worker.wake()

    def none_is_ripe() -> bool:
        with wiring.transactions(reading=True) as work:
            return not work.reviews.to_remind(datetime.now(UTC), 1)

    eventually(none_is_ripe)


def test_finished_work_is_forgotten_after_a_day_and_not_before(beside: sa.Engine, worker: Worker) -> None:
    elsewhere = event(file_id="7", parent_id="999999", trigger="file.deleted")
    intake.receive(partial(UnitOfWork, beside), [elsewhere], now=datetime.now(UTC))
    eventually(lambda: DBOS.list_workflows(status="SUCCESS"))

    keep_house(worker, now=datetime.now(UTC))
    kept = DBOS.list_workflows(status="SUCCESS")
    keep_house(worker, now=datetime.now(UTC) + REMEMBERED + timedelta(minutes=1))

    assert [found.workflow_id for found in kept] == ["event-1-1-1"]
    assert DBOS.list_workflows(status="SUCCESS") == []


def test_a_request_is_remembered_for_longer_than_any_chat_takes_it(beside: sa.Engine, worker: Worker) -> None:
    now = datetime.now(UTC)

    def is_new(*, after: timedelta) -> bool:
        keep_house(worker, now=now + after)
        with UnitOfWork(beside) as work:
            first = work.told.first("teams:1", at=now)
            work.commit()
        return first

    assert is_new(after=timedelta())
    assert not is_new(after=KEPT)
    assert is_new(after=KEPT + SECOND)
    assert timedelta(hours=28) < KEPT  # the longest life of a token of Microsoft


def test_an_event_whose_job_was_lost_is_handed_over_again(beside: sa.Engine, worker: Worker) -> None:
    receive_change(beside, ago=LONG_AGO)
    eventually(lambda: waiting() == ["event-1-1-2"])
    keep_house(worker, now=datetime.now(UTC))
    with_a_job = waiting()
    DBOS.delete_workflows(["event-1-1-1", "event-1-1-2"])

    keep_house(worker, now=datetime.now(UTC))

    assert with_a_job == ["event-1-1-2"]
    eventually(lambda: waiting() == ["event-1-2-2"])


def test_what_another_event_s_job_works_on_is_left_alone(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    """The job of the first event handles all of its file; it goes on after that event is settled."""
    receive_change(beside, ago=LONG_AGO)
    eventually(lambda: waiting() == ["event-1-1-2"])
    receive_change(beside, ago=LONG_AGO)

    def is_led() -> bool:
        return not handover.due(wiring.engine, handover.Room(redraws=10, posts=10, events=10)).events

    eventually(is_led)
    with UnitOfWork(beside) as work:
        work.events.settle([1], EventState.IGNORED, "for the test")
        work.commit()

    keep_house(worker, now=datetime.now(UTC))

    assert is_led()
    assert waiting() == ["event-1-1-2"]


def test_a_replay_of_what_waits_starts_another_job_and_the_change_is_one_review(
    wiring: Wiring, beside: sa.Engine, worker: Worker, portal: Portal
) -> None:
    """Both jobs work on it at the same time; the second event is handled by the first one's."""
    for _ in range(2):
        receive_change(beside, ago=timedelta(hours=2))
    portal.faults.hang(1)

    def all_done() -> bool:
        with wiring.transactions(reading=True) as work:
            return {each.state for each in work.events.recent(9)} == {EventState.DONE}

    assert handover.event_again(beside, 2)
    worker.wake()
    eventually(all_done)
    eventually(
        lambda: DBOS.list_workflows(status=["PENDING", "DELAYED", "ENQUEUED"], name="process-event") == []
    )
    with wiring.transactions(reading=True) as work:
        assert [found.revision for found in work.reviews.recent(9)] == [1]
