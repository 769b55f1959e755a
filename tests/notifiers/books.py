"""Who people are in a chat, on a database in memory: for channels that are tested without the rest."""

from __future__ import annotations

import atexit
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.people.identification import Directory
from store.schema import accounts, groups, metadata
from store.unit_of_work import SqlUnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.identity import LinkedAccounts


def make_directory(
    people: Mapping[str, LinkedAccounts] | None = None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Directory:
    """Return a directory that knows no person yet; what an earlier one knew is forgotten."""
    with _engine().begin() as connection:
        for table in (accounts, groups):
            connection.execute(sa.delete(table))
    return Directory(transactions=partial(SqlUnitOfWork, _engine()), clock=clock, people=people or {})


@cache
def _engine() -> sa.Engine:
    """Return the one engine of the process: each would leave a connection open."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    metadata.create_all(engine)
    atexit.register(engine.dispose)
    return engine
