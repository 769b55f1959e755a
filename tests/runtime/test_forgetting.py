"""What a worker forgets in its rounds, with the real engine at work.

All tests on a database have one worker: each leaves there what no other looks for.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from dbos import DBOS

from reviews.answers.repeated_requests import KEPT
from reviews.intake import intake
from reviews.people import mailed_codes, sessions
from reviews.ports.people import MailedCode
from reviews.ports.quotas import LIMITS
from runtime.worker.housekeeping import REMEMBERED, forget
from runtime.worker.round_edges import Edges
from runtime.worker.rounds import ItemsFailed
from store.unit_of_work import UnitOfWork
from tests.databases import patient
from tests.journeys.processes import eventually
from tests.reviews.samples import event
from tests.runtime.engine_at_work import at_work, keep_house, portal_with_one_file, wired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.wiring.wiring import Wiring
    from runtime.worker.worker import Worker
    from tests.databases import PostgresDatabases, SqliteDatabases

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def wiring(request: pytest.FixtureRequest) -> Iterator[Wiring]:
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    made: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    with wired(made.new(), portal_with_one_file()) as wiring:
        yield wiring


@pytest.fixture(scope="module")
def worker(wiring: Wiring) -> Iterator[Worker]:
    with at_work(wiring) as worker:
        yield worker


@pytest.fixture
def beside(wiring: Wiring) -> Iterator[sa.Engine]:
    """The test's own connections, beside those of the worker."""
    with patient(wiring.engine) as engine:
        yield engine


@pytest.mark.usefixtures("worker")
def test_a_worker_looks_after_the_webhook() -> None:
    assert "webhook" in {thread.name for thread in threading.enumerate()}


def test_mailed_codes_and_counts_are_stored_for_an_hour(beside: sa.Engine, worker: Worker) -> None:
    now = datetime.now(UTC)
    with UnitOfWork(beside) as work:
        for name, age in (("old", mailed_codes.KEPT + SECOND), ("young", mailed_codes.KEPT - SECOND * 60)):
            sent = now - age
            work.quotas.take(name, LIMITS.mailed, now=sent)
            work.codes.add(
                MailedCode(
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


def test_what_can_not_be_forgotten_keeps_nothing_else(wiring: Wiring, beside: sa.Engine) -> None:
    now, edges = datetime.now(UTC), Edges("forgetting")
    with refused(beside, "sign_in_links"):
        with UnitOfWork(beside) as work:
            work.told.first("teams:2", at=now - KEPT - SECOND)
            work.commit()
        with pytest.raises(ItemsFailed, match="1 failed, among them sign-ins"):
            forget_each(wiring, edges, now)

    with UnitOfWork(beside) as work:
        assert work.told.first("teams:2", at=now)
    forget_each(wiring, edges, now)


def forget_each(wiring: Wiring, edges: Edges, now: datetime) -> None:
    """Forget what has had its time, as a worker does."""
    with edges.round() as edge:
        forget(wiring.transactions, now=now, edge=edge)


@contextmanager
def refused(engine: sa.Engine, table: str) -> Iterator[None]:
    """Have no such table meanwhile."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {table}_away RENAME TO {table}")


def test_finished_work_is_forgotten_after_a_day_and_not_before(beside: sa.Engine, worker: Worker) -> None:
    elsewhere = event(file_id="7", parent_id="999999", trigger="file.deleted")
    intake.receive(partial(UnitOfWork, beside), [elsewhere], now=datetime.now(UTC))
    eventually(lambda: DBOS.list_workflows(status="SUCCESS"))

    keep_house(worker, now=datetime.now(UTC))
    kept = DBOS.list_workflows(status="SUCCESS")
    keep_house(worker, now=datetime.now(UTC) + REMEMBERED + timedelta(minutes=1))

    assert [found.workflow_id for found in kept] == ["event-1-1-1"]
    assert DBOS.list_workflows(status="SUCCESS") == []


def test_housekeeping_that_fails_keeps_no_other_from_being_done(beside: sa.Engine, worker: Worker) -> None:
    elsewhere = event(file_id="8", parent_id="999999", trigger="file.deleted")
    intake.receive(partial(UnitOfWork, beside), [elsewhere], now=datetime.now(UTC))
    eventually(lambda: DBOS.list_workflows(status="SUCCESS"))
    later = datetime.now(UTC) + REMEMBERED + timedelta(minutes=1)

    def is_forgotten() -> bool:
        with pytest.raises((ItemsFailed, sa.exc.SQLAlchemyError)):
            worker.keep_house(now=later)
        return DBOS.list_workflows(status="SUCCESS") == []

    with refused(beside, "workers"):
        eventually(is_forgotten, within=10)


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
