"""What a worker forgets in its rounds.

All tests on a database have one worker: each leaves there what no other looks for.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.absences.resolution import ABSENCE_RETENTION
from reviews.identity import Reviewer
from reviews.model import LastReassignment
from reviews.monitoring.owner_accounts import OWNER_RETENTION, list_duties
from reviews.people import mailed_codes, sessions
from reviews.ports.absences import Absence, AbsenceSource
from reviews.ports.owner_accounts import OwnerState
from reviews.ports.people import MailedCode
from reviews.ports.quotas import DEFAULT_CODE_QUOTAS
from reviews.repeated_requests import REQUEST_RETENTION
from runtime.worker.maintenance import delete_expired
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed
from store.unit_of_work import SqlUnitOfWork
from tests.databases import make_patient_engine
from tests.reviews.samples import review
from tests.runtime.worker_at_work import keep_house, portal_with_one_file, run_worker, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from runtime.wiring.wiring import Wiring
    from runtime.worker.worker import Worker
    from tests.databases import PostgresDatabases, SqliteDatabases

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def wiring(request: pytest.FixtureRequest) -> Iterator[Wiring]:
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    made: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    with wire_worker(made.new(), portal_with_one_file()) as wiring:
        yield wiring


@pytest.fixture(scope="module")
def worker(wiring: Wiring) -> Iterator[Worker]:
    with run_worker(wiring) as worker:
        yield worker


@pytest.fixture
def beside(wiring: Wiring) -> Iterator[sa.Engine]:
    """The test's own connections, beside those of the worker."""
    with make_patient_engine(wiring.engine) as engine:
        yield engine


@pytest.mark.usefixtures("worker")
def test_a_worker_looks_after_the_webhook_and_its_memory() -> None:
    assert {thread.name for thread in threading.enumerate()} >= {"webhook", "memory"}


def test_mailed_codes_and_counts_are_stored_for_an_hour(beside: sa.Engine, worker: Worker) -> None:
    now = datetime.now(UTC)
    with SqlUnitOfWork(beside) as work:
        for name, age in (
            ("old", mailed_codes.CODE_RETENTION + SECOND),
            ("young", mailed_codes.CODE_RETENTION - SECOND * 60),
        ):
            sent = now - age
            work.quotas.take(name, DEFAULT_CODE_QUOTAS.mails_per_address, now=sent)
            work.codes.add(
                MailedCode(
                    id=name, browser=name, email="o@company.com", digest="", sent_at=sent, good_until=sent
                )
            )
        work.commit()

    keep_house(worker, now=now)

    with SqlUnitOfWork(beside) as work:
        left = [name for name in ("old", "young") if work.codes.find_newest(name)]
        counts = [work.quotas.forget(before=now + SECOND), work.quotas.forget(before=now + SECOND)]
    assert (left, counts) == (["young"], [1, 0])


def test_sessions_are_kept_for_as_long_as_they_can_count(
    wiring: Wiring, beside: sa.Engine, worker: Worker
) -> None:
    now = datetime.now(UTC)
    ages = {"old": sessions.MAX_SESSION_AGE + SECOND, "young": sessions.MAX_SESSION_AGE - SECOND * 60}
    with SqlUnitOfWork(beside) as work:
        for key, age in ages.items():
            work.sessions.begin(key, at=now - age)
        work.commit()

    keep_house(worker, now=now)

    with wiring.transactions(reading=True) as work:
        left = [key for key in ages if work.sessions.is_open(key, since=now - 2 * sessions.MAX_SESSION_AGE)]
    assert left == ["young"]


def test_the_states_of_owners_stay_however_long_docspace_does_not_answer(
    wiring: Wiring, worker: Worker
) -> None:
    [named, *_] = list_duties(wiring.routes)
    addresses = [named, "reassigned@example.com", "no-longer@example.com"]
    now = datetime.now(UTC)
    reassigned = LastReassignment(by=Reviewer(name="Dana"), to=Reviewer(name="Juris"), at=now)
    with wiring.transactions() as work:
        work.reviews.add(review(owners=(addresses[1],), last_reassignment=reassigned))
        for address in addresses:
            asked_at = now - OWNER_RETENTION - SECOND
            work.owner_states.save(OwnerState(address=address, asked_at=asked_at, lookups=1))
        work.commit()

    keep_house(worker, now=datetime.now(UTC))

    with wiring.transactions(reading=True) as work:
        assert set(work.owner_states.find(addresses)) == {named, addresses[1]}


def test_an_absence_is_forgotten_a_year_after_its_end(wiring: Wiring, worker: Worker) -> None:
    now = datetime.now(UTC)
    ends = {"old": now - ABSENCE_RETENTION - SECOND, "young": now - ABSENCE_RETENTION + timedelta(hours=1)}
    with wiring.transactions() as work:
        for person, end in ends.items():
            work.absences.add(
                Absence(
                    person=person,
                    starts_at=end - SECOND,
                    ends_at=end,
                    stand_in=None,
                    source=AbsenceSource.PAGE,
                    made_at=end,
                )
            )
        work.commit()

    keep_house(worker, now=now)

    with wiring.transactions(reading=True) as work:
        left = work.absences.list_of_people(ends, not_ended_by=now - 2 * ABSENCE_RETENTION)
    assert [each.person for each in left] == ["young"]


def test_an_absence_in_effect_without_a_next_check_gets_one(wiring: Wiring, worker: Worker) -> None:
    now = datetime.now(UTC)
    with wiring.transactions() as work:
        lost = work.absences.add(
            Absence(
                person="a@example.com",
                starts_at=now - SECOND,
                ends_at=now + ABSENCE_RETENTION,
                stand_in=None,
                source=AbsenceSource.CALENDAR,
                made_at=now,
            )
        )
        work.commit()

    keep_house(worker, now=now)

    with wiring.transactions(reading=True) as work:
        absence = work.absences.get(lost.id)
    assert absence is not None
    assert absence.check_at is not None  # now, or later where the worker has gone through the reviews since


def test_what_can_not_be_forgotten_keeps_nothing_else(wiring: Wiring, beside: sa.Engine) -> None:
    now, edges = datetime.now(UTC), RoundIsolation("forgetting")
    with refused(beside, "sign_in_links"):
        with SqlUnitOfWork(beside) as work:
            work.idempotency_keys.add_if_new("teams:2", at=now - REQUEST_RETENTION - SECOND)
            work.commit()
        with pytest.raises(ItemsFailed, match="1 failed, among them sign-ins"):
            forget_each(wiring, edges, now)

    with SqlUnitOfWork(beside) as work:
        assert work.idempotency_keys.add_if_new("teams:2", at=now)
    forget_each(wiring, edges, now)


def forget_each(wiring: Wiring, edges: RoundIsolation, now: datetime) -> None:
    """Forget what has had its time, as a worker does."""
    with edges.isolate_round() as edge:
        delete_expired(wiring.transactions, wiring.routes, now=now, isolation=edge)


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


def test_a_request_is_remembered_for_longer_than_any_chat_takes_it(beside: sa.Engine, worker: Worker) -> None:
    now = datetime.now(UTC)

    def is_new(*, after: timedelta) -> bool:
        keep_house(worker, now=now + after)
        with SqlUnitOfWork(beside) as work:
            first = work.idempotency_keys.add_if_new("teams:1", at=now)
            work.commit()
        return first

    assert is_new(after=timedelta())
    assert not is_new(after=REQUEST_RETENTION)
    assert is_new(after=REQUEST_RETENTION + SECOND)
    assert timedelta(hours=28) < REQUEST_RETENTION  # the longest life of a token of Microsoft
