"""The roll of workers, written and read without a worker."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from store.clock import read_database_time
from store.schema import workers
from store.workers import WorkerHealth, WorkerRegistry, find_worker_health


def enlist(roll: WorkerRegistry, *, host: str, pid: int) -> str:
    name = f"{host}-{pid}"
    with roll.engine.begin() as connection:
        row = {
            "id": name,
            "host": host,
            "pid": pid,
            "started_at": read_database_time(connection),
            "seen_at": read_database_time(connection),
        }
        connection.execute(sa.insert(workers).values(row))
    return name


def be_silent(roll: WorkerRegistry, *, seconds: float, name: str | None = None) -> None:
    """Let a worker, or everybody, have been heard of so long ago, however long the test has taken."""
    some = sa.update(workers) if name is None else sa.update(workers).where(workers.c.id == name)
    with roll.engine.begin() as connection:
        connection.execute(some.values(seen_at=read_database_time(connection) - timedelta(seconds=seconds)))


def seen_at(roll: WorkerRegistry, name: str) -> datetime:
    """Return when a worker was heard of last, as the roll has it."""
    with roll.engine.connect() as connection:
        at: datetime = connection.execute(
            sa.select(workers.c.seen_at).where(workers.c.id == name)
        ).scalar_one()
    return at


def worker_health(engine: sa.Engine) -> WorkerHealth:
    with engine.connect() as connection:
        return find_worker_health(connection, read_database_time(connection))
