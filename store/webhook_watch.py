"""State of our webhook on the portal, as a worker last read it: one row for all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import insert_into, read_only
from store.schema import webhook_state

if TYPE_CHECKING:
    from datetime import datetime

UNKNOWN = "unknown"
CLOCK_CHANGE = timedelta(hours=2)
"""The portal's own clock goes back by this much at most: in autumn, or to a nearby time zone."""
_ROW = 1
_LOOKED = sa.select(webhook_state).where(webhook_state.c.checked_at.is_not(None))
_LAST_SUCCESS = sa.select(webhook_state.c.last_success).where(webhook_state.c.id == _ROW)


@dataclass(frozen=True, kw_only=True)
class WebhookCheck:
    """`state` is one of `webhook.webhook_status.WebhookState`; `reason` says what is wrong with it.

    `last_success` is the portal's last delivery, by a clock in its time zone, stored as if that were UTC. The
    other times are by the database's clock: the last check, the last repair. `age` is the age of the
    check.
    """

    state: str
    reason: str
    last_success: datetime | None
    checked_at: datetime
    healed_at: datetime | None
    age: timedelta


def find_last_check(connection: sa.Connection, at: datetime) -> WebhookCheck | None:
    """Return the last check; `None` if there was none yet. `at` is the database's time."""
    row = connection.execute(_LOOKED).one_or_none()
    if row is None:
        return None
    return WebhookCheck(
        state=row.state,
        reason=row.reason,
        last_success=row.last_success,
        checked_at=row.checked_at,
        healed_at=row.healed_at,
        age=at - row.checked_at,
    )


@dataclass(frozen=True)
class WebhookWatch:
    engine: sa.Engine

    def claim_check(self, *, interval: timedelta) -> bool:
        """Claim the next check for this process; `False` if one was claimed less than `interval` ago.

        A claim far in the future, by a wrong clock, is ignored.
        """
        with self.engine.begin() as connection:
            at = read_database_time(connection)
            first = insert_into(connection, webhook_state).values(
                id=_ROW, state=UNKNOWN, reason="", taken_at=at
            )
            insert_if_missing = first.on_conflict_do_nothing().returning(webhook_state.c.id)
            if connection.execute(insert_if_missing).scalar_one_or_none() is not None:
                return True
            last = webhook_state.c.taken_at
            due = sa.or_(last <= at - interval, last > at + interval)
            update = sa.update(webhook_state).where(webhook_state.c.id == _ROW, due).values(taken_at=at)
            return connection.execute(update).rowcount == 1

    def record_check(
        self, state: str, reason: str, *, last_success: datetime | None, healed: bool = False
    ) -> bool:
        """Store the outcome of a check. A value that the portal does not give leaves the last one.

        Return whether the last delivery is earlier than it was before, by more than a clock's change: that
        happens if DocSpace was restored from a backup.
        """
        with self.engine.begin() as connection:
            at = read_database_time(connection)
            before = connection.execute(_LAST_SUCCESS).scalar_one_or_none()
            values = {"state": state, "reason": reason, "checked_at": at}
            if last_success is not None:
                values["last_success"] = last_success
            if healed:
                values["healed_at"] = at
            insert = insert_into(connection, webhook_state).values(id=_ROW, taken_at=at, **values)
            connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))
        return before is not None and last_success is not None and last_success < before - CLOCK_CHANGE

    def get_last_check(self) -> WebhookCheck | None:
        """Return the last check; `None` if there was none yet."""
        with read_only(self.engine).connect() as connection:
            return find_last_check(connection, read_database_time(connection))
