"""SQLite's connections: writers take turns in a process, and wait for the disk together (decision 57).

SQLite has one lock for all writers. A writer that waits for it sleeps and tries again, while others take it;
and a commit with `synchronous=FULL` holds it until the data is on the disk. So a transaction that writes
waits for its turn among the threads of its process. It commits with `synchronous=NORMAL`, which only adds to
the write-ahead log, releases the lock, and then waits until the log is on the disk; then `commit` returns.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.locks import is_lock_timeout
from store.shared_flush import share_flush

if TYPE_CHECKING:
    from collections.abc import Callable

LOCK_TRY_SECONDS = 0.05
"""Seconds for which a writer tries often for the lock that another process has, before it starts over.

SQLite itself tries less and less often, at last ten times a second. A writer that comes later would get the
lock first, and under load one would wait until its timeout.
"""

_NO_DESCRIPTOR = {errno.EMFILE, errno.ENFILE}
_sync_file: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class DiskFailed(sqlite3.OperationalError):
    """What was committed may not be on the disk. From then on the process can't write to the file."""


class _DatabaseFile:
    """What all connections of this process to one file share."""

    def __init__(self, path: str) -> None:
        self._log = f"{path}-wal"
        self.failure: OSError | None = None
        self.turn, self.shared_flush = threading.Lock(), share_flush(path)

    def require_disk(self) -> None:
        """Raise `DiskFailed` after a failed flush, which the system reports once only.

        What was in the log then may not get to the disk, and what is added after it would be lost with it.
        Closing the file copies the log into the database, so a restart helps.
        """
        if self.failure is not None:
            raise DiskFailed(f"the disk failed, restart: {self.failure}")

    def flush(self) -> None:
        """Put the write-ahead log on the disk; raise `DiskFailed` where that is not possible.

        A process that has no file descriptor free may have one later: then the next flush covers this one.
        """
        self.require_disk()
        try:
            log = os.open(self._log, os.O_RDONLY)
            try:
                _sync_file(log)
            finally:
                os.close(log)
        except OSError as error:
            if error.errno in _NO_DESCRIPTOR:
                raise sqlite3.OperationalError(f"the disk is not reached: {error}") from error
            self.failure = error
            self.require_disk()


@cache
def _share_file(path: str) -> _DatabaseFile:
    return _DatabaseFile(path)


def explain_failed_disk(engine: sa.Engine) -> str:
    """Return why this process can't write to its file, without a path; nothing if it can."""
    if engine.dialect.name != "sqlite":
        return ""
    failure = _share_file(os.path.realpath(str(engine.url.database))).failure
    return f"the disk failed ({failure.strerror}), restart" if failure else ""


class SqliteConnection(sqlite3.Connection):
    """A connection of the driver; `start_turn` comes before BEGIN of a transaction that writes."""

    def __init__(self, database: str, *arguments: Any, **options: Any) -> None:
        super().__init__(database, *arguments, **options)
        self._file = _share_file(os.path.realpath(database))
        self._has_turn = self._is_writing = False
        self._changes_before, self._schema_version = 0, 0

    def start_turn(self, timeout: float) -> None:
        """Wait for the writers of this process, for `timeout` seconds at most; then SQLite's lock decides.

        Raises `DiskFailed` after the disk has failed.
        """
        self._file.require_disk()
        self._has_turn = self._file.turn.acquire(timeout=max(timeout, 0))
        self._is_writing, self._changes_before = True, self.total_changes
        self._schema_version = self._schema_version or self._read_schema_version()
        self.execute("PRAGMA synchronous=NORMAL")

    def end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._file.turn.release()
        if self._is_writing:
            self._is_writing = False
            self.execute("PRAGMA synchronous=FULL")

    def commit(self) -> None:
        try:
            has_written = self._is_writing and self._has_changes()
            super().commit()
        except (sqlite3.Error, MemoryError):  # the driver has no error of its own for memory that ran out
            self._schema_version = 0  # it may be that of the tables that are rolled back
            self.rollback()  # SQLAlchemy rolls nothing back once it has asked for the commit
            raise
        self.end_turn()
        if has_written:
            self._file.shared_flush.wait(self._file.flush)

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.end_turn()

    def close(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._file.turn.release()
        super().close()

    def _has_changes(self) -> bool:
        """Return whether the transaction has changed rows, or tables and triggers, which no count shows."""
        if self.total_changes != self._changes_before:
            return True
        before, self._schema_version = self._schema_version, self._read_schema_version()
        return self._schema_version != before

    def _read_schema_version(self) -> int:
        """Return SQLite's number of the tables, indexes and triggers, which changes with them."""
        return int(self.execute("PRAGMA schema_version").fetchone()[0])


def begin_to_write(connection: sa.Connection, lock_timeout: float) -> None:
    """Begin a transaction with the lock; raise `OperationalError` if the lock times out."""
    driver: Any = connection.connection.driver_connection
    deadline = time.monotonic() + lock_timeout - LOCK_TRY_SECONDS
    try:
        driver.start_turn(lock_timeout - LOCK_TRY_SECONDS)
        _lock(connection, driver, deadline)
    except sqlite3.OperationalError as error:
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, error) from error
    finally:
        if not driver.in_transaction:
            driver.end_turn()
        _set_lock_timeout(driver, lock_timeout)


def _lock(connection: sa.Connection, driver: SqliteConnection, deadline: float) -> None:
    """Take the lock, which another process may have."""
    _set_lock_timeout(driver, LOCK_TRY_SECONDS)
    while time.monotonic() < deadline:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if not is_lock_timeout(error):
                break
        else:
            return
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # a failure of this one is recorded


def _set_lock_timeout(driver: SqliteConnection, seconds: float) -> None:
    driver.execute(f"PRAGMA busy_timeout={seconds * 1000:.0f}")
