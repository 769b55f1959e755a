"""Migration of the database to this version's schema, and the check that it has it.

Alembic is loaded only when there is something to do: it would take a tenth of the start time of any command
and any process.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.engine import read_only
from store.limits import WorkKind, limit_session
from store.locks import is_lock_timeout
from store.statistics import write_statistics

if TYPE_CHECKING:
    from collections.abc import Callable

MIGRATION_TIMEOUT = timedelta(hours=1)
PAUSE_SECONDS = 1.0
_DEADLOCK = "40P01"
_NO_SUCH_TABLE = "42P01"
_IDLE_TIMEOUT = "25P03"  # the server ended a session that was idle in its transaction for too long
# Any number; all that migrate the same PostgreSQL database must use the same.
_ADVISORY_LOCK = 7_201_226
MIN_POSTGRESQL_VERSION = 13
_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = sa.text("SELECT version_num FROM alembic_version")


class UnusableTables(Exception):
    """The database lacks this version's tables; the message says what to do about it."""


def migrate(
    engine: sa.Engine,
    *,
    timeout: timedelta = MIGRATION_TIMEOUT,
    on_wait: Callable[[str], None] = lambda _: None,
) -> None:
    """Apply the missing migrations, or raise `UnusableTables`.

    It raises for a database of a newer version, for a server that is too old, and if others hold a needed
    lock for longer than `timeout`; `on_wait` gets the reason of each wait. Several processes may call it at
    once: one does the work. If one was killed in the middle, it is called again. A process that was suspended
    in a PostgreSQL transaction has lost its locks, and starts that migration again by itself.
    """
    apply = _apply_on_postgresql if engine.dialect.name == "postgresql" else _apply_on_sqlite
    deadline = time.monotonic() + timeout.total_seconds()
    while True:
        try:
            apply(engine)
        except (_Busy, sa.exc.DBAPIError) as error:
            reason = _explain_wait(error)
            if reason is None:
                raise
            if time.monotonic() > deadline:
                raise UnusableTables(f"{reason}: run docspace-review migrate again") from error
            on_wait(reason)
            time.sleep(PAUSE_SECONDS)
        else:
            return


class _Busy(Exception):
    """Another process is migrating the same database."""


def _apply_on_sqlite(engine: sa.Engine) -> None:
    """Apply all in one transaction: there is only one writer at a time anyway."""
    with engine.begin() as connection:
        revisions = _read_revisions(connection)
        _refuse_newer(revisions)
        if not _is_current(revisions):
            _upgrade(connection)
            write_statistics(connection)


def _apply_on_postgresql(engine: sa.Engine) -> None:
    """Apply each migration in a transaction of its own, so that locks are held for that one only.

    The lock that excludes others belongs to the connection. No statement waits for it: building an index
    concurrently waits for all statements that began before, and would wait for that one for ever.
    """
    with engine.connect() as connection:
        try:
            limit_session(connection.connection.driver_connection, WorkKind.MIGRATION)
            _apply_alone(connection)
        finally:
            connection.invalidate()  # the connection ends, and with it the lock and the limits


def _apply_alone(connection: sa.Connection) -> None:
    version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    refuse_old_server(int(version) // 10_000)
    has_lock = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_LOCK))).scalar_one()
    revisions = _read_revisions(connection)
    connection.commit()
    _refuse_newer(revisions)
    if _is_current(revisions):
        return
    if not has_lock:
        raise _Busy
    _upgrade(connection)


def _explain_wait(error: _Busy | sa.exc.DBAPIError) -> str | None:
    """Return why a migration has to wait; `None` if waiting does not help."""
    if isinstance(error, _Busy):
        return "another process migrates the database"
    code = getattr(error.orig, "sqlstate", None)
    if code == _IDLE_TIMEOUT:
        return "this process paused for so long that the server released its locks"
    if is_lock_timeout(error.orig) or code == _DEADLOCK:
        return "the migration waits for a lock that other sessions hold"
    return None


def require_current(engine: sa.Engine) -> None:
    """Raise `UnusableTables` if the database has another schema than this version's."""
    with read_only(engine).connect() as connection:
        refuse_other_schema(connection)


def refuse_other_schema(connection: sa.Connection) -> None:
    """Raise `UnusableTables` if the database has another schema than this version's.

    If there are no tables at all, the transaction can't be used any more.
    """
    try:
        revisions = set(connection.execute(_VERSIONS).scalars())
    except sa.exc.DBAPIError as error:
        if not _is_table_missing(error):
            raise
        revisions = set[str]()
    _refuse_newer(revisions)
    if not _is_current(revisions):
        raise UnusableTables("migrations are missing: run docspace-review migrate")


def find_mismatch(engine: sa.Engine) -> str:
    """Return why the database does not have this version's schema; empty if it has.

    It can change while a process runs: a newer release migrates it, or a backup is restored.
    """
    try:
        require_current(engine)
    except UnusableTables as error:
        return str(error)
    return ""


def refuse_old_server(version: int) -> None:
    """Raise `UnusableTables` for a PostgreSQL version in which the tables can't be created."""
    if version < MIN_POSTGRESQL_VERSION:
        raise UnusableTables(f"PostgreSQL {version} is too old: {MIN_POSTGRESQL_VERSION} or newer is needed")


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _read_revisions(connection: sa.Connection) -> set[str]:
    """Return the revisions that Alembic has stored."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(_VERSIONS).scalars())


def _is_table_missing(error: sa.exc.DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    return code == _NO_SUCH_TABLE or str(error.orig).startswith("no such table")


def _is_current(revisions: set[str]) -> bool:
    return revisions == {_list_revisions()[-1]}


def _refuse_newer(revisions: set[str]) -> None:
    if not revisions <= set(_list_revisions()):
        raise UnusableTables("the database belongs to a newer version of docspace-review: run that one")


@cache
def _list_revisions() -> list[str]:
    """Return this version's migrations in their order: a file's name begins with its revision."""
    return sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
