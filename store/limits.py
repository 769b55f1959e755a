"""Limits of a PostgreSQL session on waiting, working and idling, and pool sizes, by kind of work.

These are the only tables of these limits. Two limits are elsewhere: the lock timeout for building an index
(`store.migrations.steps`), and the timeouts for a server that can't be reached (`store.engine`).

A session's limits are set after connecting, because a pooler such as PgBouncer refuses them as options of the
connection. SQLite has only one of the limits, the lock timeout: its writers queue for its only lock
(`store.engine`).
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

OPTION = "work"
"""The execution option that names a kind of work other than the session's."""
READING = "reading"
"""The execution option of a transaction that only reads."""
MAX_SESSION_NAME_BYTES = 63  # bytes; PostgreSQL cuts longer names


class WorkKind(StrEnum):
    """What a session is for."""

    RECEIVE = "receive"  # one statement that a delivery of DocSpace waits for
    REQUEST = "request"  # a click, a page, a command in chat
    WORKER = "worker"
    SERVE = "serve"  # a worker and a web server in one process
    BEAT = "beat"  # a worker's heartbeat
    COMMAND = "command"  # a command on the command line: exports, checks, listings
    MIGRATION = "migration"


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """Timeouts in seconds, 0 for none: for a lock, for one statement, for an idle transaction.

    `idle_reading` is for a read-only transaction where that may idle longer: it blocks no other.
    """

    lock: float
    statement: float
    idle: float
    idle_reading: float | None = None


SQLITE_CLICK_SECONDS = 2.0
"""Seconds for which a click waits for SQLite's only lock; Slack gives up after three."""
SESSION_LIMITS: Mapping[WorkKind, SessionLimits] = {
    # The receiver answers within 1.5 s, and DocSpace retries.
    WorkKind.RECEIVE: SessionLimits(lock=1, statement=1.5, idle=10),
    # Slack gives up after 3 s. Most clicks wait for one lock, on the ledger's head; a page may read long.
    WorkKind.REQUEST: SessionLimits(lock=1.5, statement=20, idle=10),
    # Work that gave up is retried after five seconds.
    WorkKind.WORKER: SessionLimits(lock=3, statement=60, idle=20),
    WorkKind.SERVE: SessionLimits(lock=3, statement=60, idle=20),
    # A heartbeat that waits for long comes too late; the next one follows in two seconds.
    WorkKind.BEAT: SessionLimits(lock=3, statement=5, idle=10),
    # A person waits at a terminal, and reads what takes minutes to view or to write to a file. A writing
    # command may be stopped with Ctrl-Z like any other.
    WorkKind.COMMAND: SessionLimits(lock=10, statement=1800, idle=20, idle_reading=600),
    # A migration that waits for a lock blocks all that queue behind it, so it gives up soon and retries.
    # Between two statements the longest migration computes for less than a second; an index is built outside
    # of any transaction.
    WorkKind.MIGRATION: SessionLimits(lock=1, statement=0, idle=20),
}


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Connections that stay open, further ones under load, and the seconds to wait for one."""

    size: int
    max_overflow: int
    timeout: float


POOLS: Mapping[WorkKind, Pool] = {
    # One thread of the web process writes what is received.
    WorkKind.RECEIVE: Pool(size=1, max_overflow=0, timeout=1),
    # As many as the web server has threads, so that none waits.
    WorkKind.REQUEST: Pool(size=5, max_overflow=11, timeout=1),
    # Fewer than there are jobs: most of a job is calls to remote services, during which it holds none. A job
    # waits long for a connection, because giving up would only retry it five seconds later.
    WorkKind.WORKER: Pool(size=10, max_overflow=0, timeout=20),
    # People wait for the requests, and jobs must not delay them.
    WorkKind.SERVE: Pool(size=10, max_overflow=20, timeout=1),
    WorkKind.BEAT: Pool(size=2, max_overflow=0, timeout=5),
    WorkKind.COMMAND: Pool(size=2, max_overflow=8, timeout=10),
    WorkKind.MIGRATION: Pool(size=1, max_overflow=0, timeout=10),
}
"""On PostgreSQL. A process opens one more for a moment, to find the holder of the ledger's head."""
SQLITE_POOL_SIZE = Pool(size=10, max_overflow=20, timeout=30)
"""A connection to a file costs next to nothing; waiting is for the lock."""
SQLITE_CACHE_KILOBYTES = 128
"""Pages of the file that a connection has in memory; SQLite's own limit is 2,000, a connection.

A commit on another connection empties the cache, and the system has the file in memory anyway.
"""
_IDLE = "idle_in_transaction_session_timeout"
_KEEPALIVES = {
    "tcp_keepalives_idle": 10,  # seconds
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
}
"""They let the server notice within half a minute that a client is gone, and release its locks."""


def build_session_settings(work_kind: WorkKind) -> dict[str, str]:
    """Return the settings of a session, with PostgreSQL's names and format."""
    return {**_build_limits(work_kind), **{name: str(value) for name, value in _KEEPALIVES.items()}}


def limit_session(connection: Any, work_kind: WorkKind) -> None:
    """Set the limits on a new driver connection; they last as long as it does."""
    settings = ", ".join(
        f"set_config('{name}', '{value}', false)" for name, value in build_session_settings(work_kind).items()
    )
    previous, connection.autocommit = connection.autocommit, True
    try:
        connection.execute(f"SELECT {settings}")
    finally:
        connection.autocommit = previous


def limit_transaction(connection: sa.Connection, session_kind: WorkKind) -> None:
    """Set the limits that differ from the session's, until the transaction ends.

    These are the limits of the work named in the connection's options, and of read-only transactions.
    """
    options = connection.get_execution_options()
    work_kind: WorkKind = options.get(OPTION, session_kind)
    settings = {} if work_kind is session_kind else _build_limits(work_kind)
    idle_timeout = SESSION_LIMITS[work_kind].idle_reading if options.get(READING) else None
    if idle_timeout is not None:
        settings[_IDLE] = _format_milliseconds(idle_timeout)
    if settings:
        calls = (f"set_config('{name}', '{value}', true)" for name, value in settings.items())
        connection.exec_driver_sql(f"SELECT {', '.join(calls)}")


def use_limits_of(engine: sa.Engine, work_kind: WorkKind) -> sa.Engine:
    """Return the engine for transactions with the limits of another kind of work; SQLite ignores them."""
    return engine.execution_options(**{OPTION: work_kind})


def build_session_name(work_kind: WorkKind) -> str:
    """Return the server's name for a session, which shows an operator which process holds a lock."""
    return f"docspace-review {work_kind} {os.getpid()}@{socket.gethostname()}"[:MAX_SESSION_NAME_BYTES]


def _build_limits(work_kind: WorkKind) -> dict[str, str]:
    limits = SESSION_LIMITS[work_kind]
    return {
        "lock_timeout": _format_milliseconds(limits.lock),
        "statement_timeout": _format_milliseconds(limits.statement),
        _IDLE: _format_milliseconds(limits.idle),
    }


def _format_milliseconds(seconds: float) -> str:
    return f"{int(seconds * 1000)}ms"
