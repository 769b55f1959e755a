"""The database connection: SQLite for one machine, PostgreSQL for many processes."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from store.connections import (
    PREPARE_AFTER,
    check_idle_connections,
    end_reading,
    replace_outdated_connections,
)
from store.database_address import close_client, parse_address
from store.limits import (
    POOLS,
    READING,
    SESSION_LIMITS,
    SQLITE_CACHE_KILOBYTES,
    SQLITE_POOL_SIZE,
    Pool,
    WorkKind,
    build_session_name,
    limit_session,
    limit_transaction,
)
from store.private_files import keep_private
from store.sqlite_connection import SqliteConnection, begin_to_write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviews.ledger.entry_macs import MacKey

MAX_PARAMETERS = 1000  # parameters of one statement
ENTRY_KEY = "docspace_review_entry_key"
"""Execution option: a function that returns the key by which entries of the ledger are authenticated."""

_JSON = json.JSONDecoder()

# On PostgreSQL each statement would see later commits; a transaction of SQLite sees one snapshot anyway.
_READING: dict[str, dict[str, Any]] = {
    "sqlite": {READING: True},
    "postgresql": {READING: True, "isolation_level": "REPEATABLE READ"},
}

Insert = postgresql.Insert | sqlite.Insert
"""Both have ON CONFLICT, spelled alike."""

# A server that can't be reached counts as gone within seconds: while connecting, sending a statement or
# waiting for its answer. The system's own limits are hours.
_CONNECTION_TIMEOUTS = {
    "connect_timeout": 2,  # seconds; the shortest that PostgreSQL's client takes
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 5,  # seconds
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


def create_engine(
    address: str, *, lock_timeout: float | None = None, work_kind: WorkKind = WorkKind.SERVE
) -> sa.Engine:
    """Return the engine for a database address, set up so that a commit is durable.

    On PostgreSQL its sessions have the limits of `work_kind`; a transaction may have others (`store.limits`).

    SQLite runs with a write-ahead log that is on the disk when the commit returns: we answer 2xx then, so it
    must survive a power cut (`store.sqlite_connection`). Writers wait for up to `lock_timeout` seconds, then
    `OperationalError` is raised. Without `lock_timeout` the lock timeout of `work_kind` holds.
    """
    url = parse_address(address)
    if url.get_backend_name() == "sqlite":
        return _create_sqlite_engine(
            url, SESSION_LIMITS[work_kind].lock if lock_timeout is None else lock_timeout
        )
    return _create_postgresql_engine(url, work_kind)


def authenticate_entries(engine: sa.Engine, find_key: Callable[[], MacKey | None]) -> None:
    """Give each entry that is appended over this engine a MAC by the key; with `None` it gets none.

    It belongs to the engine, since every way to append an entry begins there, and none can do without.
    """
    engine.update_execution_options(**{ENTRY_KEY: find_key})


def create_statement_engine(engine: sa.Engine) -> sa.Engine:
    """Return an engine on the same PostgreSQL for one thread that runs one statement at a time.

    It needs no round trips to begin, to commit, and to check the connection: the caller reruns a statement
    that fails because the connection is gone.
    """
    statement_engine = sa.create_engine(
        engine.url,
        isolation_level="AUTOCOMMIT",
        **_build_pool_arguments(POOLS[WorkKind.RECEIVE]),
        connect_args=_connect_arguments(engine.url, WorkKind.RECEIVE),
        hide_parameters=True,
    )
    _limit_sessions(statement_engine, WorkKind.RECEIVE)
    replace_outdated_connections(statement_engine)
    return statement_engine


def insert_into(connection: sa.Connection, table: sa.Table) -> Insert:
    """Return the dialect's INSERT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def build_by_dialect(table: sa.Table, add_conflict_clause: Callable[[Insert], Insert]) -> dict[str, Insert]:
    """Return an INSERT by dialect name; `add_conflict_clause` adds what to do on a conflict."""
    return {
        "postgresql": add_conflict_clause(postgresql.insert(table)),
        "sqlite": add_conflict_clause(sqlite.insert(table)),
    }


def find_rows(
    connection: sa.Connection, key: sa.Column[str], keys: Sequence[str]
) -> dict[str, sa.RowMapping]:
    """Return the rows of a table that have one of these keys, by key, without locks."""
    rows_by_key: dict[str, sa.RowMapping] = {}
    query = _build_key_query(key)
    for start in range(0, len(keys), MAX_PARAMETERS):
        parameters = {"wanted": keys[start : start + MAX_PARAMETERS]}
        rows_by_key.update((row[key], row) for row in connection.execute(query, parameters).mappings())
    return rows_by_key


@cache
def _build_key_query(key: sa.Column[str]) -> sa.Select[tuple[Any, ...]]:
    return sa.select(key.table).where(key.in_(sa.bindparam("wanted", expanding=True)))


def read_only(engine: sa.Engine) -> sa.Engine:
    """Return the engine for read-only transactions: they neither wait for writers nor block them.

    All queries of one transaction see the same snapshot.
    """
    return engine.execution_options(**{READING: True})


def connect(engine: sa.Engine, *, reading: bool = False) -> sa.Connection:
    """Return a connection for one transaction.

    With `reading` it is as from the engine that `read_only` returns; making that each time costs a third
    more.
    """
    connection = engine.connect()
    return connection.execution_options(**_READING[engine.dialect.name]) if reading else connection


def execute_alone(
    engine: sa.Engine, statement: sa.Executable, parameters: dict[str, Any], *, reading: bool = False
) -> Sequence[Any]:
    """Return the rows of a statement that is a transaction of its own.

    With PostgreSQL beginning and committing would take as long as a short statement.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            return connection.execute(statement, parameters).all()
    with connect(engine, reading=reading) as connection, connection.begin():
        return connection.execute(statement, parameters).all()


def is_undecodable(error: sa.exc.DBAPIError) -> bool:
    """Return whether a row holds text that is not UTF-8, which SQLite accepts and its driver can't read."""
    return str(error.orig).startswith("Could not decode to UTF-8")


def read_json(text: str | bytes) -> Any:
    """Return the value of a column; bytes, which come from PostgreSQL, are read as UTF-8.

    A whole number of more than 64 bits becomes a float: we write none.
    """
    try:
        return orjson.loads(text)
    except ValueError:  # half a surrogate pair, say, which a title may hold on SQLite
        return _JSON.decode(text.decode() if isinstance(text, bytes) else text)


def _connect_arguments(url: sa.URL, work_kind: WorkKind) -> dict[str, Any]:
    from store.cursor import Cursor  # noqa: PLC0415 - psycopg takes ten megabytes, and SQLite needs none

    application = (
        {} if "application_name" in url.query else {"application_name": build_session_name(work_kind)}
    )
    driver = {"cursor_factory": Cursor, "prepare_threshold": PREPARE_AFTER}
    return {**_CONNECTION_TIMEOUTS, **close_client(url), **application, **driver}


def _build_pool_arguments(pool: Pool) -> dict[str, Any]:
    return {"pool_size": pool.size, "max_overflow": pool.max_overflow, "pool_timeout": pool.timeout}


def _limit_sessions(engine: sa.Engine, work_kind: WorkKind) -> None:
    @sa.event.listens_for(engine, "connect")
    def limit(connection: Any, _record: Any) -> None:
        limit_session(connection, work_kind)


def _create_postgresql_engine(url: sa.URL, work_kind: WorkKind) -> sa.Engine:
    engine = sa.create_engine(
        url,
        **_build_pool_arguments(POOLS[work_kind]),
        pool_use_lifo=True,  # of many connections a few are used, and have the statements prepared
        connect_args=_connect_arguments(url, work_kind),
        hide_parameters=True,
        json_deserializer=read_json,
    )
    _limit_sessions(engine, work_kind)
    check_idle_connections(engine)
    replace_outdated_connections(engine)
    sa.event.listen(engine, "begin", lambda connection: limit_transaction(connection, work_kind))

    @sa.event.listens_for(engine, "engine_connect")
    def prepare(connection: sa.Connection) -> None:
        if connection.get_execution_options().get(READING, False):
            connection.execution_options(**_READING["postgresql"])

    sa.event.listen(engine, "rollback", end_reading)
    return engine


def _create_sqlite_engine(url: sa.URL, lock_timeout: float) -> sa.Engine:
    engine = sa.create_engine(
        url,
        connect_args={"timeout": lock_timeout, "factory": SqliteConnection},
        **_build_pool_arguments(SQLITE_POOL_SIZE),
        hide_parameters=True,  # errors are logged; titles, names and notes are not
        json_deserializer=read_json,
    )
    keep_private(engine)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cache = f"cache_size=-{SQLITE_CACHE_KILOBYTES}"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", cache):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A transaction that reads first can't get the lock after another has written in between: one that
        # will write takes the lock at the start.
        if connection.get_execution_options().get(READING, False):
            connection.exec_driver_sql("BEGIN DEFERRED")
        else:
            begin_to_write(connection, lock_timeout)

    return engine
