"""What becomes of work that a worker could not end. Of what is forgotten see `test_forgetting`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from reviews.kinds import CardState, EventState
from reviews.ladder.reminders import MAX_REVIEWS_AT_ONCE
from runtime.worker.jobs import KILLS, MAX_DEATHS
from store import due_work
from store.due_work import DueKind
from store.schema import cards, events, workers
from store.unit_of_work import SqlUnitOfWork
from store.workers import WorkerRegistry
from tests.databases import make_patient_engine
from tests.journeys.processes import eventually
from tests.reviews.samples import START, review
from tests.runtime.worker_at_work import (
    count_claimed,
    keep_house,
    list_waiting,
    portal_with_one_file,
    receive_change,
    run_worker,
    wire_worker,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo import DemoPortal
    from runtime.wiring.wiring import Wiring
    from runtime.worker.worker import Worker

HOUR, LONG_AGO = timedelta(hours=1), timedelta(hours=2)
DEAD = "host-1-dead"
# The database refuses to put an event off, and to release it, as it does on a full disk.
REFUSING = {
    "sqlite": [
        """CREATE TRIGGER no_end BEFORE UPDATE OF claimed_by ON events WHEN NEW.claimed_by IS NULL
        BEGIN SELECT RAISE(ABORT, 'full'); END"""
    ],
    "postgresql": [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$",
        """CREATE TRIGGER no_end BEFORE UPDATE OF claimed_by ON events FOR EACH ROW
        WHEN (NEW.claimed_by IS NULL) EXECUTE FUNCTION no()""",
    ],
}
WILLING = {"sqlite": ["DROP TRIGGER no_end"], "postgresql": ["DROP FUNCTION no() CASCADE"]}


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


def run(engine: sa.Engine, statements: dict[str, list[str]]) -> None:
    with engine.begin() as connection:
        for statement in statements[connection.dialect.name]:
            connection.execute(sa.text(statement))


def change(engine: sa.Engine, table: sa.Table, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(sa.update(table).values(values))


def test_what_the_database_took_no_end_of_is_done_again(beside: sa.Engine, worker: Worker) -> None:
    run(beside, REFUSING)
    with capture_logs() as lines:
        receive_change(beside)
        eventually(
            lambda: [line for line in lines if line["event"] in {"job_failed", "database_not_available"}]
        )
        run(beside, WILLING)

        def is_put_off() -> bool:
            keep_house(worker, now=datetime.now(UTC))
            return list_waiting(beside) == [1]

        eventually(is_put_off)
    assert count_claimed(beside) == 0


def test_what_runs_for_long_is_left_alone(beside: sa.Engine, worker: Worker, portal: DemoPortal) -> None:
    portal.faults.hang(300, keep_alive=True)
    receive_change(beside)
    eventually(portal.faults.calls)

    for _ in range(3):
        keep_house(worker, now=datetime.now(UTC) + HOUR)

    assert count_claimed(beside) == 1
    assert len(portal.faults.calls()) == 1
    portal.faults.clear()
    eventually(lambda: list_waiting(beside) == [1])


def test_an_event_that_kills_its_worker_again_and_again_is_given_up(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    receive_change(beside)
    eventually(lambda: list_waiting(beside) == [1])

    change(beside, events, deaths=MAX_DEATHS - 1, due_at=START)
    worker.wake()
    eventually(lambda: list_waiting(beside) == [1])
    change(beside, events, deaths=MAX_DEATHS, due_at=START)
    worker.wake()

    def stored() -> tuple[str, str | None]:
        with wiring.transactions(reading=True) as work:
            [event] = work.events.list_recent(10)
        return event.state, event.reason

    eventually(lambda: stored() == (EventState.DEAD, KILLS))


def test_a_card_that_kills_its_worker_again_and_again_is_given_up(wiring: Wiring, beside: sa.Engine) -> None:
    with SqlUnitOfWork(beside) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("console", "")])
        work.commit()
    change(beside, cards, deaths=MAX_DEATHS)

    with run_worker(wiring):

        def state() -> tuple[str, str | None]:
            with wiring.transactions(reading=True) as work:
                [card] = work.cards.list_recent(1)
            return card.state, card.error

        eventually(lambda: state() == (CardState.DEAD, KILLS))


def list_workers(roll: WorkerRegistry) -> list[str]:
    with roll.engine.connect() as connection:
        return list(connection.execute(sa.select(workers.c.id)).scalars())


def leave_to(owner: str, engine: sa.Engine) -> None:
    """Have an owner claim the event that waits, as a worker that died or was believed dead."""
    eventually(lambda: list_waiting(engine) == [1])
    change(engine, events, claimed_by=owner)


@pytest.mark.usefixtures("worker")
def test_a_take_over_that_failed_is_tried_again(beside: sa.Engine) -> None:
    receive_change(beside)
    roll = WorkerRegistry(beside)
    leave_to(f"{DEAD}:7", beside)
    run(beside, REFUSING)

    with capture_logs() as lines:
        # Only now, since a worker on the roll that does not beat is soon taken for dead.
        roll.register_again(DEAD)
        roll.retire(DEAD)
        eventually(lambda: [line for line in lines if line.get("round") == "take-over"])
        assert (list_waiting(beside), DEAD in list_workers(roll)) == ([], True)
        run(beside, WILLING)

        eventually(lambda: list_waiting(beside) == [1])
        eventually(lambda: DEAD not in list_workers(roll))


@pytest.mark.parametrize("owner", ["host-1-struck:7", "host-1-struck:event-1-1", "{worker}:0"])
def test_what_no_job_works_on_is_due_again_after_a_second_look(
    wiring: Wiring, beside: sa.Engine, worker: Worker, owner: str
) -> None:
    """It was claimed by a worker that is on the roll no more, or by this one, which lost the job."""
    receive_change(beside)
    [name] = list_workers(wiring.worker_registry)
    leave_to(owner.format(worker=name), beside)

    def is_free() -> bool:
        keep_house(worker, now=datetime.now(UTC))
        return list_waiting(beside) == [1]

    eventually(is_free)
    with beside.connect() as connection:
        assert connection.execute(sa.select(events.c.deaths)).scalar_one() == 0


def test_a_claim_that_is_there_at_one_look_only_stays(beside: sa.Engine, worker: Worker) -> None:
    """A worker that was believed dead is registered again with its next beat."""
    receive_change(beside)
    leave_to("host-1-struck:7", beside)
    keep_house(worker, now=datetime.now(UTC))
    before = count_claimed(beside)
    change(beside, events, claimed_by="host-1-struck:8")
    keep_house(worker, now=datetime.now(UTC))

    assert (before, count_claimed(beside)) == (1, 1)


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


def test_a_replay_of_what_waits_runs_it_now_and_the_change_is_one_review(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    """The second event is handled by the first one's job."""
    for _ in range(2):
        receive_change(beside)
    eventually(lambda: 1 in list_waiting(beside))
    with beside.begin() as connection:
        connection.execute(sa.update(events).values(received_at=datetime.now(UTC) - LONG_AGO))

    def all_done() -> bool:
        with wiring.transactions(reading=True) as work:
            return {each.state for each in work.events.list_recent(9)} == {EventState.DONE}

    assert due_work.request_event_rerun(beside, 2, now=datetime.now(UTC))
    worker.wake()
    eventually(all_done)
    with wiring.transactions(reading=True) as work:
        assert [review.revision for review in work.reviews.list_recent(9)] == [1]


def test_two_jobs_of_one_file_settle_each_event_once(
    wiring: Wiring, beside: sa.Engine, worker: Worker, portal: DemoPortal
) -> None:
    """A worker that was believed dead works on while another one has taken its event."""
    portal.faults.hang(300, count=None, keep_alive=True)
    receive_change(beside, ago=LONG_AGO)
    eventually(portal.faults.calls)
    change(beside, events, claimed_by=None)
    worker.wake()
    eventually(lambda: len(portal.faults.calls()) == 2)

    portal.faults.clear()

    def is_settled() -> bool:
        first = due_work.find_first_due(beside, now=datetime.now(UTC) + HOUR)
        return count_claimed(beside) == 0 and DueKind.EVENTS not in first

    eventually(is_settled)
    with wiring.transactions(reading=True) as work:
        assert [review.revision for review in work.reviews.list_recent(9)] == [1]


UNREADABLE_TIME = {"sqlite": "'yesterday'", "postgresql": "'infinity'"}


def test_a_card_that_can_not_be_read_hides_no_other(wiring: Wiring, beside: sa.Engine) -> None:
    with SqlUnitOfWork(beside) as work:
        for number in range(2):
            work.reviews.add(review(id=f"rev-{number}", file_id=str(number)))
            work.cards.owe(f"rev-{number}", [("console", "")])
        work.commit()
    unreadable = sa.text(UNREADABLE_TIME[beside.dialect.name])
    with beside.begin() as connection:
        connection.execute(sa.update(cards).where(cards.c.id == 1).values(due_since=unreadable))

    def other_state() -> str:
        with beside.connect() as connection:
            state: str = connection.execute(sa.select(cards.c.state).where(cards.c.id == 2)).scalar_one()
        return state

    with run_worker(wiring):
        eventually(lambda: other_state() == CardState.POSTED)


def test_what_was_put_off_by_a_clock_that_was_ahead_is_looked_at(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    receive_change(beside)
    eventually(lambda: list_waiting(beside) == [1])
    change(
        beside, events, due_at=datetime.now(UTC) + timedelta(days=1), received_at=datetime.now(UTC) - LONG_AGO
    )

    def is_done() -> bool:
        keep_house(worker, now=datetime.now(UTC))
        with wiring.transactions(reading=True) as work:
            return {each.state for each in work.events.list_recent(9)} == {EventState.DONE}

    eventually(is_done)
