"""Claims of rounds that one process at a time may make, such as those that ask a remote service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import insert_into
from store.schema import round_claims

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

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
    return _claim_until(connection, table, key=key, lease=lease) is not None


def _claim_until(
    connection: sa.Connection, table: sa.Table, *, key: Mapping[str, Any], lease: timedelta
) -> datetime | None:
    """Claim the row and return what its `taken_until` says now; `None` while another process has it."""
    at = read_database_time(connection)
    end = at + lease
    first = insert_into(connection, table).values({**key, "taken_until": end})
    insert_if_missing = first.on_conflict_do_nothing().returning(table.c.taken_until)
    if connection.execute(insert_if_missing).first() is not None:
        return end
    until = table.c.taken_until
    is_free = sa.or_(until <= at, until > end + MAX_WAIT)
    is_row = [table.c[name] == value for name, value in key.items()]
    update = sa.update(table).where(*is_row, is_free).values(taken_until=end)
    return end if connection.execute(update).rowcount == 1 else None


class SqlRoundClaimRepository:
    """Implements the product's port `RoundClaimRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def claim(self, name: str, *, lease: timedelta) -> bool:
        return claim_row(self._connection, round_claims, key={"name": name}, lease=lease)


@dataclass(frozen=True)
class RoundClaim:
    """The only row of a table, whose column `taken_until` says until when a process makes the round."""

    table: sa.Table

    def claim(self, engine: sa.Engine, lease: timedelta) -> datetime | None:
        """Claim the round, for at most so long; return until when, `None` while another process has it."""
        with engine.begin() as connection:
            return _claim_until(connection, self.table, key=_ONLY_ROW, lease=lease)

    def release(self, engine: sa.Engine, claimed_until: datetime) -> None:
        """Let any process make the round, unless another one has it since this claim was over."""
        until = self.table.c.taken_until
        with engine.begin() as connection:
            at = read_database_time(connection)
            connection.execute(sa.update(self.table).where(until == claimed_until).values(taken_until=at))
