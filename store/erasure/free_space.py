"""Cleaning of the places where a database keeps what was deleted: free pages and the write-ahead log."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import sqlalchemy as sa

from reviews.erasure.table_rules import TABLES
from store.locks import is_lock_timeout

MAX_WAIT_SECONDS = 60.0
_TRY_SECONDS = 1.0
# ANALYZE leaves the statistics of a table that has no rows. Those of a column go when it is given a type, its
# own as well, which the owner of the table may do on all versions. A column that a trigger names can't be;
# one of a foreign key, which is a key of ours, would lock the other table too.
_COLUMNS_WITH_STATISTICS = sa.text(
    """
    SELECT quote_ident(attname), format_type(atttypid, atttypmod),
        CASE WHEN attcollation <> typcollation THEN CAST(CAST(attcollation AS regcollation) AS text) END
    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND NOT attisdropped
        AND attname IN (
            SELECT attname FROM pg_stats
            WHERE (schemaname, tablename) = (
                SELECT nspname, relname
                FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE pg_class.oid = attrelid
            )
        )
        AND NOT EXISTS (
            SELECT FROM pg_depend
            WHERE refclassid = CAST('pg_class' AS regclass) AND refobjid = attrelid AND refobjsubid = attnum
                AND (
                    classid = CAST('pg_trigger' AS regclass)
                    OR classid = CAST('pg_constraint' AS regclass)
                    AND objid IN (SELECT oid FROM pg_constraint WHERE contype = 'f')
                )
        )
    """
)


class SpaceInUse(Exception):
    """Other processes use the database, so that what was deleted may still be in its free pages."""


def clean_free_space(
    engine: sa.Engine, *, max_wait: float = MAX_WAIT_SECONDS, try_seconds: float = _TRY_SECONDS
) -> None:
    """Leave nothing in the database's files but what its rows say.

    Raises `SpaceInUse` after `max_wait` seconds; a try waits `try_seconds` for others.

    SQLite writes the whole file anew, which takes as much room again for a while, and empties its log.
    PostgreSQL frees the room of deleted rows in the tables that were changed, which the server writes over
    later, and samples them anew: its statistics hold values of rows. Those of a table without rows go.
    """
    if engine.dialect.name == "sqlite":
        _clean_sqlite(engine, max_wait=max_wait, try_seconds=try_seconds)
    else:
        _vacuum_postgresql(engine)


def _clean_sqlite(engine: sa.Engine, *, max_wait: float, try_seconds: float) -> None:
    deadline = time.monotonic() + max_wait
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout={min(max_wait, try_seconds) * 1000:.0f}")
        for clean in (_try_vacuum, _try_emptying_log):  # each until it has succeeded once
            while not clean(driver):
                if time.monotonic() >= deadline:
                    raise SpaceInUse
                time.sleep(try_seconds / 10)
    finally:
        connection.invalidate()  # its settings are not those of the others
        connection.close()


def _try_vacuum(driver: sqlite3.Connection) -> bool:
    """Return whether the file was written anew, into its log at first."""
    try:
        driver.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if is_lock_timeout(error):
            return False
        raise
    return True


def _try_emptying_log(driver: sqlite3.Connection) -> bool:
    """Return whether the log was written into the file and emptied; readers hold up its end."""
    try:
        return int(driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) == 0
    except sqlite3.OperationalError as error:
        if is_lock_timeout(error):
            return False
        raise


def _vacuum_postgresql(engine: sa.Engine) -> None:
    names = [
        name for name, rule in sorted(TABLES.items()) if rule.searched or rule.with_ledger or rule.ends_all
    ]
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            for name in names:
                connection.exec_driver_sql(f"VACUUM (ANALYZE) {name}")
                _drop_statistics_if_empty(connection, name)
        except sa.exc.OperationalError as error:
            if is_lock_timeout(error.orig):
                raise SpaceInUse from error
            raise


def _drop_statistics_if_empty(connection: sa.Connection, name: str) -> None:
    """Leave a table without rows no statistics; it is locked for a moment."""
    table = sa.table(name)
    if connection.execute(sa.select(sa.exists(sa.select(sa.text("1")).select_from(table)))).scalar_one():
        return
    changes = [
        f"ALTER COLUMN {column} TYPE {type_}{f' COLLATE {collation}' if collation else ''}"
        for column, type_, collation in connection.execute(_COLUMNS_WITH_STATISTICS, {"name": name})
    ]
    if changes:
        connection.exec_driver_sql(f"ALTER TABLE {name} {', '.join(changes)}")
