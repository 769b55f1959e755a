"""Connections to PostgreSQL that are used again and again: checked if idle, with prepared statements."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.limits import READING

if TYPE_CHECKING:
    from collections.abc import Callable

PREPARE_AFTER = 1
"""So often a connection executes a statement before that is prepared: most are needed again and again."""
UNCHECKED_SECONDS = 1.0
"""For how long after its last use a connection is used again without a check."""
NOT_SUPPORTED = "0A000"
"""PostgreSQL's code for what it does not support: a prepared statement may not change its result, say."""
RETURNED_AT = "returned at"
"""When a connection was last used, by the monotonic clock."""


def check_idle_connections(engine: sa.Engine, *, monotonic: Callable[[], float] = time.monotonic) -> None:
    """Have each connection checked before its use if it was idle: the server may have closed it meanwhile.

    A check costs as much as a statement, so a connection that was just used is not checked.
    """

    @sa.event.listens_for(engine, "checkin")
    def note_time(_connection: Any, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info[RETURNED_AT] = monotonic()

    @sa.event.listens_for(engine, "checkout")
    def check(connection: Any, record: sa.pool.ConnectionPoolEntry, _proxy: Any) -> None:
        returned_at = record.info.get(RETURNED_AT)
        if returned_at is None or monotonic() - returned_at < UNCHECKED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise sa.exc.InvalidatePoolError from error


def replace_outdated_connections(engine: sa.Engine) -> None:
    """Count connections as gone if a column's type was changed since they prepared a statement that reads it.

    The server refuses such a statement, each time: only a rollback would have psycopg prepare it anew.
    """

    @sa.event.listens_for(engine, "handle_error")
    def check(context: sa.ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == NOT_SUPPORTED:
            context.is_disconnect = True


def plan_by_values(connection: sa.Connection) -> None:
    """Have each statement of this transaction planned for its own values, also a prepared one.

    Otherwise PostgreSQL may make one plan for all values after five executions, which knows neither how
    frequent a mark is nor how far a range of numbers reaches.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


def end_reading(connection: sa.Connection) -> None:
    """Commit a read-only transaction: after a rollback psycopg forgets the statements that it has prepared.

    Then the server would plan each statement anew. A failure is left to the rollback that follows. With a
    connection that was dropped the attempt would raise an error that hides the first one.
    """
    if connection.get_execution_options().get(READING, False) and not connection.invalidated:
        with suppress(connection.dialect.loaded_dbapi.Error):
            connection.connection.commit()
