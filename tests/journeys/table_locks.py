"""Locks of whole tables on PostgreSQL, and who waits for them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.engine import create_engine
from store.limits import WorkKind

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def lock_table(url: str, table: str) -> Iterator[sa.Connection]:
    """Have everybody else wait for a table, as for one that is being rebuilt."""
    engine = create_engine(url, work_kind=WorkKind.COMMAND)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = '10min'"))
            connection.execute(sa.text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            yield connection
    finally:
        engine.dispose()


def writers_waiting(holder: sa.Connection, table: str) -> int:
    """Return how many processes hang while they write into a table, or are about to."""
    waiting = sa.text(
        "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
        " AND mode IN ('RowShareLock', 'RowExclusiveLock') AND relation = CAST(:name AS regclass)"
    )
    count: int = holder.execute(waiting, {"name": table}).scalar_one()
    return count
