"""Migration steps that hold locks only for moments, however many rows a table has.

On PostgreSQL a long step commits what came before it and runs in transactions of its own, while others write.
So a migration may end in the middle, and then runs again from its beginning: a step that is done does
nothing. Other parts of such a migration come after its last step, or can be done twice. On SQLite a migration
is one transaction.

A table that the migration itself creates needs none of this: it is empty.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AT_ONCE = 5000  # rows that one statement changes
# A concurrent build waits for every transaction that began before it, which may be as long as a backup's;
# meanwhile all others read and write.
BUILD_LOCK_SECONDS = 600


def create_index(
    name: str, table: str, columns: Sequence[str | sa.TextClause], *, where: str = "", unique: bool = False
) -> None:
    """Create an index while others write; `where` limits it to some rows, in SQL that both databases take.

    What an interrupted attempt has left is built again.
    """
    some: dict[str, Any] = (
        {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    )
    if not is_postgresql():
        op.create_index(name, table, columns, unique=unique, **some)
        return
    with _outside_transaction(lock_seconds=BUILD_LOCK_SECONDS):
        if _is_valid(name):
            return
        _drop(name)
        try:
            op.create_index(name, table, columns, unique=unique, postgresql_concurrently=True, **some)
        except sa.exc.DBAPIError:
            # An invalid index would be updated at each write, and a unique one would refuse rows, for
            # nothing.
            with suppress(sa.exc.DBAPIError):
                _drop(name)
            raise


def drop_index(name: str, table: str) -> None:
    """Drop an index while others read and write."""
    if not is_postgresql():
        op.drop_index(name, table)
        return
    with _outside_transaction(lock_seconds=BUILD_LOCK_SECONDS):
        _drop(name)


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column that is not there yet; a default must be a constant, else the whole table is rewritten."""
    if column.name not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)}:
        op.add_column(table, column, if_not_exists=is_postgresql() or None)


def fill(table: str, key: str, *, set_: str, where: str) -> None:
    """Change the rows for which `where` holds, some thousand at a time, in the order of the primary key.

    `where` must no longer hold for a changed row, so that nothing is done twice.
    """
    change = f"UPDATE {table} SET {set_} WHERE ({where})"
    with _outside_transaction() if is_postgresql() else nullcontext():
        for part, bounds in _parts(op.get_bind(), table, key):
            op.get_bind().execute(sa.text(f"{change} AND {part}"), bounds)


def execute_alone(statement: str) -> None:
    """Execute a statement of PostgreSQL in a transaction of its own, after what came before is committed."""
    with _outside_transaction():
        op.execute(statement)


def _parts(connection: sa.Connection, table: str, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield conditions that hold for some thousand rows each, and together for all rows."""
    part, bounds = f"{key} <= :last", dict[str, Any]()
    rows = f"SELECT {key} AS key FROM {table}"
    while True:
        some = f"{rows} ORDER BY {key} LIMIT {AT_ONCE}"
        last = connection.execute(sa.text(f"SELECT max(key) FROM ({some}) AS part"), bounds).scalar_one()
        if last is None:
            return
        yield part, {**bounds, "last": last}
        part, bounds = f"{key} > :before AND {key} <= :last", {"before": last}
        rows = f"SELECT {key} AS key FROM {table} WHERE {key} > :before"


def is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


@contextmanager
def _outside_transaction(*, lock_seconds: int | None = None) -> Iterator[None]:
    """Commit what the migration did so far, and let each statement of the block commit by itself."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        before = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
        if lock_seconds is not None:
            connection.exec_driver_sql(f"SET lock_timeout = '{lock_seconds}s'")
        try:
            yield
        finally:
            with suppress(sa.exc.DBAPIError):  # the connection is gone, and its error is already raised
                connection.exec_driver_sql(f"SET lock_timeout = '{before}'")


def _is_valid(name: str) -> bool:
    query = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    return bool(op.get_bind().execute(query, {"name": name}).scalar_one_or_none())


def _drop(name: str) -> None:
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
