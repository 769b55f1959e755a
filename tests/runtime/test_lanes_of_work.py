"""A worker takes what it has room for, and no job waits behind those of another lane."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, DemoPortal, run_portal
from reviews.intake import intake
from reviews.kinds import EventState
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.capacity import MAX_JOBS, Lane
from runtime.worker.worker import POLL_SECONDS, Worker
from store import due_work
from store.due_work import DueKind
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
from tests.runtime.worker_at_work import count_claimed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


HOUR = timedelta(hours=1)
FLOOD = 50
"""More than a worker begins at once, and no more than DocSpace may be asked about at once."""
FIRST = 1000
FEW = 3
A_WHILE = 1.0  # seconds
LONG = 3600.0  # seconds; no test waits for them
LONG_ENOUGH = 300.0  # seconds for a hundred events on a busy machine
MOST_SESSIONS = sum(POOLS[work].size + POOLS[work].max_overflow for work in (WorkKind.WORKER, WorkKind.BEAT))
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
        wiring = Wiring(parse_settings(values), WorkKind.WORKER)
        yield wiring
        portal.faults.clear()
        wiring.engine.dispose()


@contextmanager
def running_worker(wiring: Wiring, *, poll: float = POLL_SECONDS) -> Iterator[Worker]:
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

    assert count_claimed(wiring.engine) == MAX_JOBS[Lane.EVENTS]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", [cards, events])
def test_what_another_transaction_holds_is_not_tried_again_at_once(wiring: Wiring, table: sa.Table) -> None:
    """SQLite has one writer, for which all wait."""
    tries: list[str] = []

    def note_try(*call: object) -> None:
        if ("UPDATE", table.name) in pairwise(str(call[2]).split()):
            tries.append(str(call[2]))

    if table is cards:
        owe(wiring, "held")
    else:
        receive_flood(wiring, [FIRST])
    sa.event.listen(wiring.engine, "before_cursor_execute", note_try)
    with make_patient_engine(wiring.engine) as engine, engine.connect() as holder:
        holder.execute(sa.select(table.c.id).with_for_update())
        with running_worker(wiring, poll=LONG) as worker:
            eventually(lambda: tries)
            time.sleep(A_WHILE)
            tried, held = len(tries), is_due(wiring, table)
            holder.rollback()
            worker.wake()
            eventually(lambda: not is_due(wiring, table))

    assert (tried <= FEW, held) == (True, True)


def is_due(wiring: Wiring, table: sa.Table) -> bool:
    kind = DueKind.POSTS if table is cards else DueKind.EVENTS
    return kind in due_work.find_first_due(wiring.engine, now=datetime.now(UTC))


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
    eventually(lambda: len(slack.calls("chat.postMessage")) > 1)

    redraw(wiring, "stands")

    eventually(lambda: slack.calls("chat.update"))
    with read_only(wiring.engine).connect() as connection:
        ended = sa.select(cards.c.error).where(cards.c.error.is_not(None))
        assert connection.execute(ended).all() == []


@pytest.mark.usefixtures("worker")
def test_a_redraw_that_comes_again_stays_in_its_lane(wiring: Wiring, slack: FakeSlack) -> None:
    [stands] = owe(wiring, "stands", target=("slack", "C1"))
    eventually(lambda: drawn(wiring, stands) == 1)
    slack.fail("chat.update", "500_before", times=FLOOD)

    redraw(wiring, "stands")

    def put_off() -> datetime | None:
        due_at = due_work.find_first_due(wiring.engine, now=datetime.now(UTC) + HOUR).get(DueKind.REDRAWS)
        return due_at if due_at and due_at > datetime.now(UTC) else None

    eventually(put_off)
    slack.heal()
    eventually(lambda: drawn(wiring, stands) == 2)


@pytest.mark.usefixtures("worker")
def test_work_of_dead_workers_is_started_as_far_as_there_is_room(wiring: Wiring, portal: DemoPortal) -> None:
    portal.faults.hang(LONG, count=None, keep_alive=True)
    leave_to_the_dead(wiring)

    eventually(lambda: len(portal.faults.calls()) >= MAX_JOBS[Lane.EVENTS], within=LONG_ENOUGH)
    time.sleep(A_WHILE)

    assert count_claimed(wiring.engine) == MAX_JOBS[Lane.EVENTS]
    assert sessions(wiring) <= MOST_SESSIONS
    portal.faults.clear()
    eventually(lambda: not is_anything_due(wiring), within=LONG_ENOUGH)


def is_anything_due(wiring: Wiring) -> bool:
    return bool(due_work.find_first_due(wiring.engine, now=datetime.now(UTC) + HOUR))


def leave_to_the_dead(wiring: Wiring) -> None:
    """Have a flood of events be what a process had claimed that has ended since."""
    dead = "host-1-dead"
    with make_patient_engine(wiring.engine) as engine:
        with SqlUnitOfWork(engine) as work:
            changed = [
                event(file_id=str(FIRST + number), parent_id=str(COMPLIANCE)) for number in range(FLOOD)
            ]
            work.events.add([(each, None) for each in changed], at=datetime.now(UTC) - HOUR)
            work.connection.execute(sa.update(events).values(claimed_by=f"{dead}:1"))
            work.commit()
        # Only now, since a worker on the roll that does not beat is soon taken for dead.
        roll = WorkerRegistry(engine)
        roll.register_again(dead)
        roll.retire(dead)


def sessions(wiring: Wiring) -> int:
    """Return how many connections a worker has; to a file of SQLite none are counted."""
    if wiring.engine.dialect.name == "sqlite":
        return 0
    of_worker = "datname = current_database() AND application_name LIKE 'docspace-review %'"
    count = sa.text(f"SELECT count(*) FROM pg_stat_activity WHERE {of_worker}")  # noqa: S608 - our own words
    with read_only(wiring.engine).connect() as connection:
        session_count: int = connection.execute(count).scalar_one()
    return session_count
