"""Cleaning of the places where a database keeps what was deleted: free pages and the write-ahead log."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.erasure.table_rules import TABLES
from store.locks import is_lock_timeout

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_WAIT_SECONDS = 60
_TRY_SECONDS = 1.0
# ANALYZE leaves the statistics of a table that has no rows. Those of a column go when it is given a type, its
# own as well, which the owner of the table may do on all versions. A column that a view, a trigger or the
# like names can't be; our own triggers are on words of ours. One of a foreign key, which is a key of ours,
# would lock the other table too.
_COLUMNS_WITH_STATISTICS = sa.text(
    """
    SELECT quote_ident(attname) AS name, format_type(atttypid, atttypmod) AS type,
        CASE WHEN attcollation <> typcollation THEN CAST(CAST(attcollation AS regcollation) AS text) END
            AS collation,
        EXISTS (
            SELECT FROM pg_depend
            WHERE refclassid = CAST('pg_class' AS regclass) AND refobjid = attrelid AND refobjsubid = attnum
                AND (
                    CAST(CAST(classid AS regclass) AS text)
                        IN ('pg_rewrite', 'pg_policy', 'pg_proc', 'pg_publication_rel', 'pg_trigger')
                    OR classid = CAST('pg_attrdef' AS regclass)
                    AND objid IN (SELECT oid FROM pg_attrdef WHERE adrelid = attrelid AND adnum <> attnum)
                )
        ) AS is_used
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
                    AND objid IN (SELECT oid FROM pg_trigger WHERE tgname = ANY (:our_triggers))
                    OR classid = CAST('pg_constraint' AS regclass)
                    AND objid IN (SELECT oid FROM pg_constraint WHERE contype = 'f')
                )
        )
    """
)


_OUR_TRIGGERS = ["cards_change", "events_change", "reviews_change", "reviews_move", "reviews_sums_change"]
"""Those that name columns."""
_OF_OTHERS = sa.text(
    "SELECT count(*) FROM pg_class WHERE oid = ANY (CAST(CAST(:names AS text[]) AS regclass[])) "
    "AND NOT pg_has_role(relowner, 'USAGE')"
)


class SpaceInUse(Exception):
    """Other processes use the database, so that what was deleted may still be in its free pages."""


class NotOwner(Exception):
    """The tables belong to another role of the database, and only that may clean them."""


class StatisticsInUse(Exception):
    """Statistics of tables without rows still hold values, since something else names their columns.

    That is a view, a trigger or the like that someone has added to the database.
    """

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tables


def clean_free_space(
    engine: sa.Engine, *, max_wait: float = MAX_WAIT_SECONDS, try_seconds: float = _TRY_SECONDS
) -> None:
    """Leave nothing in the database's files but what its rows say.

    Raises `SpaceInUse` after `max_wait` seconds, `NotOwner` and `StatisticsInUse`. On SQLite a try waits
    `try_seconds` for others; on PostgreSQL a tenth of that, since those who come meanwhile wait behind it.

    SQLite writes the whole file anew, which takes as much room again for a while, and empties its log.
    PostgreSQL frees the room of deleted rows in the tables that were changed, which the server writes over
    later, and samples them anew: its statistics hold values of rows. Those of a table without rows go.
    """
    if engine.dialect.name == "sqlite":
        _clean_sqlite(engine, max_wait=max_wait, try_seconds=try_seconds)
    else:
        _vacuum_postgresql(engine, max_wait=max_wait, try_seconds=try_seconds)


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


def _vacuum_postgresql(engine: sa.Engine, *, max_wait: float, try_seconds: float) -> None:
    deadline = time.monotonic() + max_wait
    names = [
        name for name, rule in sorted(TABLES.items()) if rule.searched or rule.with_ledger or rule.ends_all
    ]
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(_OF_OTHERS, {"names": names}).scalar_one():
            raise NotOwner  # VACUUM only warns, and does nothing
        try:
            for name in names:
                connection.exec_driver_sql(f"VACUUM (ANALYZE) {name}")
        except sa.exc.OperationalError as error:
            if is_lock_timeout(error.orig):
                raise SpaceInUse from error
            raise
    tables_in_use = []
    for name in names:
        while (is_used := _try_dropping_statistics(engine, name, seconds=try_seconds / 10)) is None:
            if time.monotonic() >= deadline:
                raise SpaceInUse
            time.sleep(try_seconds)
        if is_used:
            tables_in_use.append(name)
    if tables_in_use:
        raise StatisticsInUse(tables_in_use)


def _try_dropping_statistics(engine: sa.Engine, name: str, *, seconds: float) -> bool | None:
    """Leave a table without rows no statistics, and return whether something else keeps those of a column.

    The table is locked for a moment; `None` if others kept it locked for so many seconds.
    """
    table = sa.table(name)
    has_rows = sa.select(sa.exists(sa.select(sa.text("1")).select_from(table)))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(seconds * 1000, 1):.0f}")
            if connection.execute(has_rows).scalar_one():
                return False
            parameters = {"name": name, "our_triggers": _OUR_TRIGGERS}
            columns = connection.execute(_COLUMNS_WITH_STATISTICS, parameters).all()
            changes = [_build_change(each) for each in columns if not each.is_used]
            if changes:
                connection.exec_driver_sql(f"ALTER TABLE {name} {', '.join(changes)}")
    except sa.exc.OperationalError as error:
        if is_lock_timeout(error.orig):
            return None
        raise
    return any(each.is_used for each in columns)


def _build_change(column: sa.Row[Any]) -> str:
    collation = f" COLLATE {column.collation}" if column.collation else ""
    return f"ALTER COLUMN {column.name} TYPE {column.type}{collation}"
