"""A worker in the process of a test, beside a portal with one file that changes."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, DemoPortal, run_portal
from reviews.intake import intake
from reviews.kinds import EventState
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.rounds import ItemsFailed
from runtime.worker.worker import Worker
from store.engine import read_only
from store.schema import events
from store.unit_of_work import SqlUnitOfWork
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = (
    f'[[route]]\nwatch = ["{COMPLIANCE}"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
    'quiet_period = "{quiet}"\nmax_wait = "1h"\n'
)


def portal_with_one_file() -> DemoPortal:
    portal = DemoPortal(lambda: datetime.now(UTC))
    portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7)
    return portal


@contextmanager
def wire_worker(
    database_url: str, portal: DemoPortal, *, quiet: str = "1h", **settings: str
) -> Iterator[Wiring]:
    """Yield what a worker is made of, beside a portal; its one route waits until it was quiet for so long.

    `settings` are further ones, or replace these.
    """
    with run_portal(portal) as address:
        values = {
            "sweep_minutes": 0,
            "database_url": database_url,
            "routes": ROUTES.format(quiet=quiet),
            "secret_key": SECRET_KEY,
            "docspace_api_host": address,
            "docspace_api_key": portal.api_key,
            **settings,
        }
        wiring = Wiring(parse_settings(values))
        yield wiring
        wiring.engine.dispose()


@contextmanager
def run_worker(wiring: Wiring) -> Iterator[Worker]:
    """Yield a worker between its start and its stop."""
    worker = Worker(wiring)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def keep_house(worker: Worker, *, now: datetime) -> None:
    """Have a worker look until it gets through: where SQLite is busy, its next round is there to do it."""

    def gets_through() -> bool:
        try:
            worker.run_maintenance(now=now)
        except (sa.exc.OperationalError, ItemsFailed):
            return False
        return True

    eventually(gets_through)


def receive_change(engine: sa.Engine, *, ago: timedelta = timedelta()) -> None:
    """Receive a change for which its route waits for an hour."""
    changed = event(file_id="7", parent_id=str(COMPLIANCE))
    intake.receive_events(partial(SqlUnitOfWork, engine), [changed], now=datetime.now(UTC) - ago)


def list_waiting(engine: sa.Engine) -> list[int]:
    """Return the events that were looked at and wait for their time."""
    waits = sa.and_(events.c.state == EventState.RECEIVED, events.c.claimed_by.is_(None))
    query = sa.select(events.c.id).where(waits, events.c.due_at > datetime.now(UTC)).order_by(events.c.id)
    with read_only(engine).connect() as connection:
        return list(connection.execute(query).scalars())


def count_claimed(engine: sa.Engine, table: sa.Table = events) -> int:
    """Return how many rows a worker has."""
    query = sa.select(sa.func.count()).where(table.c.claimed_by.is_not(None))
    with read_only(engine).connect() as connection:
        count: int = connection.execute(query).scalar_one()
    return count
