"""Claims of workers on events, cards and comparisons: released if the worker died or lost the job."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import read_only
from store.schema import cards, comparisons, events

if TYPE_CHECKING:
    from collections.abc import Collection

SEPARATOR = ":"
MAX_SPREAD_SECONDS = 60.0
_TABLES = (events, cards, comparisons)
_OWNERS = sa.union(
    *(sa.select(table.c.claimed_by).where(table.c.claimed_by.is_not(None)) for table in _TABLES)
)


def name_owner(worker: str, number: int) -> str:
    """Return the name under which a worker takes work; each number is used once."""
    return f"{worker}{SEPARATOR}{number}"


def get_worker(owner: str) -> str:
    return owner.partition(SEPARATOR)[0]


def list_owners(engine: sa.Engine) -> set[str]:
    """Return the owners of all claims."""
    with read_only(engine).connect() as connection:
        return set(connection.execute(_OWNERS).scalars())


def release_claims(engine: sa.Engine, owners: Collection[str], *, died: bool) -> int:
    """Release all that these owners have claimed; return how much that is.

    `died` counts a death for each. From the second death on, what is released together is due at different
    times, so that work which kills its worker is soon taken without the others. One by one: it never waits
    for a row while it holds another.
    """
    count = 0
    for table in _TABLES:
        owned = table.c.claimed_by.in_(sorted(owners))
        with read_only(engine).connect() as connection:
            claimed = connection.execute(sa.select(table.c.id, table.c.deaths).where(owned)).all()
            now = read_database_time(connection)
        for row in claimed:
            changes: dict[str, object] = {"claimed_by": None, "deaths": row.deaths + int(died)}
            if died and row.deaths:
                spread = min(2.0**row.deaths, MAX_SPREAD_SECONDS)
                changes["due_at"] = now + timedelta(seconds=random.uniform(0, spread))  # noqa: S311 - no secret
            with engine.begin() as connection:
                update = sa.update(table).where(owned, table.c.id == row.id).values(changes)
                count += connection.execute(update).rowcount
    return count


def release_claims_of_worker(engine: sa.Engine, worker: str, *, died: bool) -> int:
    """Release all that a process has claimed; return how much that is."""
    owners = {owner for owner in list_owners(engine) if get_worker(owner) == worker}
    return release_claims(engine, owners, died=died) if owners else 0
