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


class SpaceInUse(Exception):
    """Other processes use the database, so that what was deleted may still be in its free pages."""


def clean_free_space(engine: sa.Engine, *, max_wait: float = MAX_WAIT_SECONDS) -> None:
    """Leave nothing in the database's files but what its rows say.

    Raises `SpaceInUse` after `max_wait` seconds.

    SQLite writes the whole file anew, which takes as much room again for a while, and empties its log.
    PostgreSQL frees the room of deleted rows in the tables that were changed, which the server writes over
    later, and samples them anew: its statistics hold values of rows.
    """
    if engine.dialect.name == "sqlite":
        _clean_sqlite(engine, max_wait)
    else:
        _vacuum_postgresql(engine)


def _clean_sqlite(engine: sa.Engine, max_wait: float) -> None:
    deadline = time.monotonic() + max_wait
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout={min(max_wait, _TRY_SECONDS) * 1000:.0f}")
        for clean in (_try_vacuum, _try_emptying_log):  # each until it has succeeded once
            while not clean(driver):
                if time.monotonic() >= deadline:
                    raise SpaceInUse
                time.sleep(_TRY_SECONDS / 10)
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
        name
        for name, rule in sorted(TABLES.items())
        if rule.deleted_by or rule.rewritten or rule.with_ledger or rule.ends_all
    ]
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            for name in names:
                connection.exec_driver_sql(f"VACUUM (ANALYZE) {name}")
        except sa.exc.OperationalError as error:
            if is_lock_timeout(error.orig):
                raise SpaceInUse from error
            raise
