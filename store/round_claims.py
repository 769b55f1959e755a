"""Claims of rounds that one process at a time may make, such as those that ask a remote service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import insert_into

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_WAIT = timedelta(minutes=5)
"""Longer than a process waits for the lock on a claim."""
_ONLY_ROW = {"only": 1}


def claim_row(
    connection: sa.Connection, table: sa.Table, *, key: Mapping[str, Any], lease: timedelta
) -> bool:
    """Claim the row with this key, for at most so long; `False` while another process has it.

    Its column `taken_until` says until when. One that ends long after that, by a wrong clock, is ignored: a
    process that waited for another one has read the clock earlier than that one.
    """
    at = read_database_time(connection)
    first = insert_into(connection, table).values({**key, "taken_until": at + lease})
    insert_if_missing = first.on_conflict_do_nothing().returning(table.c.taken_until)
    if connection.execute(insert_if_missing).first() is not None:
        return True
    until = table.c.taken_until
    is_free = sa.or_(until <= at, until > at + lease + MAX_WAIT)
    is_row = [table.c[name] == value for name, value in key.items()]
    update = sa.update(table).where(*is_row, is_free).values(taken_until=at + lease)
    return connection.execute(update).rowcount == 1


@dataclass(frozen=True)
class RoundClaim:
    """The only row of a table, whose column `taken_until` says until when a process makes the round."""

    table: sa.Table

    def claim(self, engine: sa.Engine, lease: timedelta) -> bool:
        """Claim the round, for at most so long; `False` while another process has it."""
        with engine.begin() as connection:
            return claim_row(connection, self.table, key=_ONLY_ROW, lease=lease)

    def release(self, engine: sa.Engine) -> None:
        """Let any process make the round."""
        with engine.begin() as connection:
            at = read_database_time(connection)
            connection.execute(sa.update(self.table).values(taken_until=at))
