"""Commits to PostgreSQL that append to the ledger: short under the head's lock (decision 57)."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.shared_flush import share_flush

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLUSH = "SELECT pg_logical_emit_message(true, 'docspace-review', '')"


@contextmanager
def share_wait(connection: sa.Connection) -> Iterator[bool]:
    """Yield whether the commit in the block is to release its locks before its data is on the disk.

    It is if other threads of this process append too. The block then ends when the data is on the disk, after
    a wait that is shared. A writer alone waits in its commit, which takes one statement less.
    SQLite's connections share the wait at every commit (`store.sqlite_connection`).
    """
    if connection.dialect.name != "postgresql":
        yield False
        return
    shared_flush = share_flush(connection.engine.url)
    with shared_flush.count_writers() as writers:
        yield writers > 1
        if writers > 1:
            shared_flush.wait(partial(_flush, connection))


@contextmanager
def send_together(connection: sa.Connection) -> Iterator[None]:
    """Send the statements of the block without waiting in between; it ends with the server's answers.

    None may return rows, and none may be the commit: after an error the transaction has to be rolled back.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with _translate_errors(connection), driver.pipeline():
        yield


def _flush(connection: sa.Connection) -> None:
    """Commit a message that no one reads: that waits for the disk, and so for all commits before it."""
    driver: Any = connection.connection.driver_connection
    with _translate_errors(connection):
        driver.autocommit = True
        try:
            driver.execute(_FLUSH)
        finally:
            driver.autocommit = False


@contextmanager
def _translate_errors(connection: sa.Connection) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy's."""
    driver_error: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except driver_error as error:
        raise sa.exc.DBAPIError.instance(None, None, error, driver_error) from error
