"""Claims of rounds that one process at a time may make, such as those that ask a remote service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import insert_into

if TYPE_CHECKING:
    from datetime import timedelta

_ROW = 1


@dataclass(frozen=True)
class RoundClaim:
    """The only row of a table, whose column `taken_until` says until when a process makes the round."""

    table: sa.Table

    def claim(self, engine: sa.Engine, lease: timedelta) -> bool:
        """Claim the round, for at most so long; `False` while another process has it.

        A claim that ends later than that from now, by a wrong clock, is ignored.
        """
        until = self.table.c.taken_until
        with engine.begin() as connection:
            at = read_database_time(connection)
            first = insert_into(connection, self.table).values(only=_ROW, taken_until=at + lease)
            insert_if_missing = first.on_conflict_do_nothing().returning(self.table.c.only)
            if connection.execute(insert_if_missing).scalar_one_or_none() is not None:
                return True
            is_free = sa.or_(until <= at, until > at + lease)
            update = sa.update(self.table).where(is_free).values(taken_until=at + lease)
            return connection.execute(update).rowcount == 1

    def release(self, engine: sa.Engine) -> None:
        """Let any process make the round."""
        with engine.begin() as connection:
            at = read_database_time(connection)
            connection.execute(sa.update(self.table).values(taken_until=at))
