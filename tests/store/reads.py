"""How much a database reads to answer a question, counted by the database itself: no clock matters."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY = 10
"""Steps of SQLite's machine between two counts."""
# What this transaction has read: rows of tables that were read through, and entries of indexes.
_READ = sa.text(
    "SELECT (SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables) + (SELECT "
    "coalesce(sum(pg_stat_get_xact_tuples_returned(indexrelid)), 0) FROM pg_stat_user_indexes)"
)


def list_statements(engine: sa.Engine, ask: Callable[[], object]) -> list[tuple[str, Any]]:
    """Return the statements by which a question was asked, with their parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return [each for each in asked if not each[0].startswith("BEGIN")]


def count_reads(engine: sa.Engine, statements: list[tuple[str, Any]]) -> int:
    """Run the statements again, without any effect, and return how many rows they read or steps they took."""
    with engine.connect() as connection:
        counting = _steps if engine.dialect.name == "sqlite" else _rows
        with counting(connection) as steps:
            for statement, parameters in statements:
                result = connection.exec_driver_sql(statement, parameters)
                if result.returns_rows:
                    result.all()
        connection.rollback()
    return steps[0]


@contextmanager
def _rows(connection: sa.Connection) -> Iterator[list[int]]:
    counts: list[int] = []
    before = int(connection.execute(_READ).scalar_one())
    yield counts
    counts.append(int(connection.execute(_READ).scalar_one()) - before)


@contextmanager
def _steps(connection: sa.Connection) -> Iterator[list[int]]:
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    connection.begin()
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, EVERY)
    yield steps
    driver.set_progress_handler(None, 0)
