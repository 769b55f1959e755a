"""A worker takes what it has room for, and no job waits behind those of another lane: the real engine."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from dbos import DBOS

from demo import ALICE, COMPLIANCE, DemoPortal, run_portal
from reviews.intake import intake
from reviews.kinds import CardState, EventState
from runtime.capacity import MAX_JOBS, MAX_TAKEN_OVER_JOBS, Lane
from runtime.settings.settings import Settings
from runtime.wiring.wiring import Wiring
from runtime.worker.worker import HAND_OVER_POLL, Worker
from store import handover
from store.engine import read_only
from store.limits import POOLS, WorkKind
from store.schema import cards, events
from store.unit_of_work import SqlUnitOfWork
from store.workers import WorkerRegistry
from tests.databases import make_patient_engine
from tests.edge.fake_slack import FakeSlack
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.reviews.samples import event, review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


HOUR = timedelta(hours=1)
FLOOD = 50
"""More than a worker begins at once, and no more than DocSpace may be asked about at once."""
FIRST = 1000
FEW = 3
A_WHILE = 1.0  # seconds
LONG = 3600.0  # seconds; no test waits for them
LONG_ENOUGH = 300.0  # seconds for a hundred events on a busy machine
MOST_SESSIONS = sum(
    POOLS[work].size + POOLS[work].max_overflow for work in (WorkKind.WORKER, WorkKind.ENGINE, WorkKind.BEAT)
)
INTERNAL = "_dbos_internal_queue"
HANGING_POSTS = 3
ROUTES = (
    f'[[route]]\nwatch = ["{COMPLIANCE}"]\nowners = ["o@company.com"]\nnotify = ["console", "slack:C1"]\n'
    'quiet_period = "{quiet}"\nmax_wait = "1h"\n'
)


@pytest.fixture
def portal() -> DemoPortal:
    portal = DemoPortal(lambda: datetime.now(UTC))
    for number in range(FLOOD):
        portal.add_file(f"Paper {number}.docx", COMPLIANCE, by=ALICE.id, file_id=FIRST + number)
    return portal


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(rate_limit=False) as fake:
        fake.add_channel("C1", "compliance")
        yield fake


@pytest.fixture
def quiet() -> str:
    return "0s"


@pytest.fixture
def wiring(database_url: str, portal: DemoPortal, slack: FakeSlack, quiet: str) -> Iterator[Wiring]:
    with run_portal(portal) as address:
        values = {
            "sweep_minutes": 0,
            "database_url": database_url,
            "routes": ROUTES.format(quiet=quiet),
            "secret_key": SECRET_KEY,
            "docspace_api_host": address,
            "docspace_api_key": portal.api_key,
            "slack_bot_token": slack.token,
            "slack_api_url": slack.api_url,
        }
        wiring = Wiring(Settings.model_validate(values), WorkKind.WORKER)
        yield wiring
        portal.faults.clear()
        wiring.engine.dispose()


@contextmanager
def running_worker(wiring: Wiring, *, poll: float = HAND_OVER_POLL) -> Iterator[Worker]:
    worker = Worker(wiring, poll=poll)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


@pytest.fixture
def worker(wiring: Wiring, portal: DemoPortal, slack: FakeSlack) -> Iterator[Worker]:
    with running_worker(wiring) as worker:
        yield worker
        portal.faults.clear()
        slack.let_go()


def receive_flood(wiring: Wiring, numbers: Iterable[int] = range(FIRST, FIRST + FLOOD)) -> None:
    changed = [event(file_id=str(number), parent_id=str(COMPLIANCE)) for number in numbers]
    with make_patient_engine(wiring.engine) as engine:
        assert all(intake.receive_events(partial(SqlUnitOfWork, engine), changed, now=datetime.now(UTC)))


def list_pending() -> list[str]:
    return [workflow.workflow_id for workflow in DBOS.list_workflows(status="PENDING")]


def owe(wiring: Wiring, name: str, *, count: int = 1, target: tuple[str, str] = ("console", "")) -> list[int]:
    """Owe the card of so many new reviews; return the ids of the cards."""
    with make_patient_engine(wiring.engine) as engine, SqlUnitOfWork(engine) as work:
        for number in range(count):
            work.reviews.add(review(id=f"{name}-{number}", file_id=f"{name}-{number}"))
            work.cards.owe(f"{name}-{number}", [target])
        work.commit()
        return [card.id for card in work.cards.list_recent(count)]


def redraw(wiring: Wiring, name: str) -> None:
    """Have the card drawn anew, as a click does."""
    with make_patient_engine(wiring.engine) as engine, SqlUnitOfWork(engine) as work:
        work.cards.redraw(f"{name}-0")
        work.commit()


def drawn(wiring: Wiring, card: int) -> int:
    with read_only(wiring.engine).connect() as connection:
        count: int = connection.execute(sa.select(cards.c.drawn).where(cards.c.id == card)).scalar_one()
    return count


@pytest.mark.usefixtures("worker")
def test_in_a_flood_a_worker_begins_as_many_events_as_it_has_room_for_and_cards_go_on(
    wiring: Wiring, portal: DemoPortal
) -> None:
    [stands] = owe(wiring, "stands")
    eventually(lambda: drawn(wiring, stands) == 1)
    portal.faults.hang(LONG, count=None, keep_alive=True)
    receive_flood(wiring)
    eventually(lambda: len(portal.faults.calls()) >= MAX_JOBS[Lane.EVENTS])

    redraw(wiring, "stands")
    eventually(lambda: drawn(wiring, stands) == 2)
    [posted] = owe(wiring, "posted")
    eventually(lambda: drawn(wiring, posted) == 1)

    with read_only(wiring.engine).connect() as connection:
        taken = sa.select(sa.func.count()).where(events.c.handed_over > 0)
        assert connection.execute(taken).scalar_one() == MAX_JOBS[Lane.EVENTS]
    assert len([name for name in list_pending() if name.startswith("event-")]) == MAX_JOBS[Lane.EVENTS]


@pytest.mark.usefixtures("worker")
def test_what_is_handed_over_again_while_it_runs_counts_once(wiring: Wiring, portal: DemoPortal) -> None:
    def marked() -> int:
        with read_only(wiring.engine).connect() as connection:
            taken = sa.select(sa.func.count()).where(events.c.handed_over > 0)
            count: int = connection.execute(taken).scalar_one()
        return count

    portal.faults.hang(LONG, count=None, keep_alive=True)
    receive_flood(wiring, range(FIRST, FIRST + FEW))
    eventually(lambda: marked() == FEW)
    with make_patient_engine(wiring.engine) as engine, engine.begin() as connection:
        connection.execute(sa.update(events).values(handed_over=0))
    eventually(lambda: marked() == FEW)

    receive_flood(wiring, range(FIRST + FEW, FIRST + FLOOD))

    eventually(lambda: marked() >= MAX_JOBS[Lane.EVENTS])
    assert len([name for name in list_pending() if name.startswith("event-")]) == MAX_JOBS[Lane.EVENTS]


def give_up_many_cards(wiring: Wiring) -> None:
    """Owe as many cards as a worker posts at once, and give them up before they were handed over."""
    owe(wiring, "dead", count=MAX_JOBS[Lane.POSTS])
    with make_patient_engine(wiring.engine) as engine, engine.begin() as connection:
        connection.execute(sa.update(cards).values(state=CardState.DEAD))


def receive_many_of_a_file(wiring: Wiring) -> None:
    """Receive as many events as are looked at at once, of a file of which a job has begun already."""
    receive_flood(wiring, repeat(FIRST, 1 + handover.MAX_EVENTS))
    handover.mark_events_handed_over(wiring.engine, [(1, 1)])


def count_waiting(wiring: Wiring, table: sa.Table) -> int:
    """Return how many rows are not marked as handed over."""
    with read_only(wiring.engine).connect() as connection:
        waits = sa.select(sa.func.count()).where(table.c.handed_over < table.c.wanted)
        count: int = connection.execute(waits).scalar_one()
    return count


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("prepare", "table"), [(give_up_many_cards, cards), (receive_many_of_a_file, events)]
)
def test_what_another_transaction_holds_is_not_tried_again_at_once(
    wiring: Wiring, prepare: Callable[[Wiring], None], table: sa.Table
) -> None:
    """The job of none of them has anything to do. SQLite has one writer, for which all wait."""
    tries: list[str] = []

    def note_try(*call: object) -> None:
        statement = str(call[2])
        if statement.split()[:2] == ["UPDATE", table.name] and "SET handed_over=" in statement:
            tries.append(statement)

    prepare(wiring)
    sa.event.listen(wiring.engine, "before_cursor_execute", note_try)
    with make_patient_engine(wiring.engine) as engine, engine.connect() as holder:
        # With a parameter this would hold up the engine, which builds an index at its first start.
        holder.execute(sa.select(table.c.id).with_for_update(key_share=True))
        with running_worker(wiring, poll=LONG) as worker:
            eventually(lambda: tries)
            time.sleep(A_WHILE)
            tried, held = len(tries), count_waiting(wiring, table)
            holder.rollback()
            worker.wake()
            eventually(lambda: count_waiting(wiring, table) == 0)

    assert (tried <= FEW, held > 0) == (True, True)


@pytest.mark.usefixtures("worker")
def test_what_had_no_room_is_done_when_there_is(wiring: Wiring, portal: DemoPortal) -> None:
    portal.faults.hang(LONG, count=None, keep_alive=True)
    receive_flood(wiring)
    eventually(lambda: len(portal.faults.calls()) >= MAX_JOBS[Lane.EVENTS])

    portal.faults.clear()

    def states() -> list[str]:
        with read_only(wiring.engine).connect() as connection:
            return list(connection.execute(sa.select(events.c.state).distinct()).scalars())

    eventually(lambda: EventState.RECEIVED not in states(), within=LONG_ENOUGH)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_redraw_passes_first_posts_that_hang_in_its_own_channel(wiring: Wiring, slack: FakeSlack) -> None:
    [stands] = owe(wiring, "stands", target=("slack", "C1"))
    eventually(lambda: drawn(wiring, stands) == 1)
    slack.hang_seconds = LONG
    slack.fail("chat.postMessage", "hang_alive", times=FLOOD)
    owe(wiring, "hangs", count=10, target=("slack", "C1"))
    eventually(lambda: len(slack.calls("chat.postMessage")) == 1 + HANGING_POSTS)

    redraw(wiring, "stands")

    eventually(lambda: slack.calls("chat.update"))
    with read_only(wiring.engine).connect() as connection:
        ended = sa.select(cards.c.error).where(cards.c.error.is_not(None))
        assert connection.execute(ended).all() == []


@pytest.mark.usefixtures("worker")
def test_a_redraw_that_comes_again_stays_in_its_lane_and_any_release_can_do_it(
    wiring: Wiring, slack: FakeSlack
) -> None:
    [stands] = owe(wiring, "stands", target=("slack", "C1"))
    eventually(lambda: drawn(wiring, stands) == 1)
    slack.fail("chat.update", "500_before", times=FLOOD)

    redraw(wiring, "stands")

    [again] = eventually(lambda: DBOS.list_workflows(status="DELAYED"))
    assert again.queue_partition_key == Lane.REDRAWS
    assert again.input is not None
    *what, attempt = again.input["args"]
    assert what == [stands, 2]
    assert attempt > 1
    assert steps_of(f"card-{stands}-2-1") == ["work"], "each step is a transaction more"


@pytest.mark.parametrize("quiet", ["1h"])
@pytest.mark.usefixtures("worker")
def test_of_the_work_of_the_dead_a_worker_begins_as_much_as_it_has_room_for(
    wiring: Wiring, portal: DemoPortal
) -> None:
    receive_flood(wiring)
    eventually(lambda: len(DBOS.list_workflows(status="DELAYED")) == FLOOD, within=LONG_ENOUGH)
    portal.faults.hang(LONG, count=None, keep_alive=True)
    dead = leave_to_the_dead(wiring)

    def full() -> list[str] | None:
        workflows = taken_over(dead)
        return workflows if len(workflows) >= MAX_TAKEN_OVER_JOBS else None

    assert len(eventually(full, within=LONG_ENOUGH)) == MAX_TAKEN_OVER_JOBS
    assert sessions(wiring) <= MOST_SESSIONS
    portal.faults.clear()
    unfinished = ["ENQUEUED", "PENDING"]
    eventually(lambda: not DBOS.list_workflows(status=unfinished, queue_name=INTERNAL), within=LONG_ENOUGH)


def steps_of(workflow_id: str) -> list[str]:
    """Return what an attempt did in steps of its own."""
    steps = DBOS.list_workflow_steps(workflow_id)
    return [step["function_name"] for step in steps if step["child_workflow_id"] is None]


def leave_to_the_dead(wiring: Wiring) -> str:
    """Have all that waits be what a process had begun that has ended since; return its id.

    It has waited for as long as its route wants, so that each job asks the portal.
    """
    dead = "host-1-dead"
    table = "workflow_status" if wiring.engine.dialect.name == "sqlite" else "dbos.workflow_status"
    pending = f"status = 'PENDING', executor_id = '{dead}', queue_name = NULL, queue_partition_key = NULL"
    version = "application_version = '1'"
    update = f"UPDATE {table} SET {pending}, {version} WHERE status = 'DELAYED'"  # noqa: S608 - our own words
    with make_patient_engine(wiring.engine) as engine:
        with engine.begin() as connection:
            connection.execute(sa.update(events).values(received_at=datetime.now(UTC) - 2 * HOUR))
            assert connection.execute(sa.text(update)).rowcount == FLOOD
        # Only now, since a worker on the roll that does not beat is soon taken for dead.
        roll = WorkerRegistry(engine)
        roll.register_again(dead)
        roll.retire(dead)
    return dead


def sessions(wiring: Wiring) -> int:
    """Return how many connections a worker has; to a file of SQLite none are counted."""
    if wiring.engine.dialect.name == "sqlite":
        return 0
    of_worker = "datname = current_database() AND application_name LIKE 'docspace-review %'"
    count = sa.text(f"SELECT count(*) FROM pg_stat_activity WHERE {of_worker}")  # noqa: S608 - our own words
    with read_only(wiring.engine).connect() as connection:
        session_count: int = connection.execute(count).scalar_one()
    return session_count


def taken_over(dead: str) -> list[str]:
    """Return what was the dead one's and is done here now; what comes again later has a queue of its own."""
    workflows = DBOS.list_workflows(status="PENDING", queue_name=INTERNAL)
    return [each.workflow_id for each in workflows if each.executor_id != dead]
