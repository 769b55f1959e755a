"""Rows in every table as an earlier release has left it, by what the database itself says of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Collection

NOT_FILLED = {"alembic_version", "ledger_head", "tallies"}
_VALUES: dict[type, str] = {
    sa.Integer: "i",
    sa.Boolean: "false",
    sa.Float: "0",
    sa.DateTime: "CURRENT_TIMESTAMP",
    sa.JSON: "'{}'",
    sa.String: "'v' || i",
}
"""By the kind of a column, what is in it for the number i."""


def fill_tables(engine: sa.Engine, count: int, *, only: Collection[str] = ()) -> None:
    """Write so many rows into each table, or `only` into these.

    What refers to a review refers to one that is there.
    """
    with engine.begin() as connection:
        looked = sa.inspect(connection)
        others = sorted(set(only or looked.get_table_names()) - NOT_FILLED - {"reviews"})
        for table in ("reviews", *others):
            _fill(connection, table, looked.get_columns(table), count)


def _fill(connection: sa.Connection, table: str, columns: list[Any], count: int) -> None:
    needed = [column for column in columns if not column["nullable"] or column["name"] == "review_id"]
    names = ", ".join(column["name"] for column in needed)
    values = ", ".join(_value(column["type"]) for column in needed)
    # The statements are made of what the database says of our own tables.
    numbers = f"SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count}"  # noqa: S608
    rows = f"WITH RECURSIVE numbers (i) AS ({numbers}) SELECT {values} FROM numbers"  # noqa: S608
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) {rows}")


def _value(kind: sa.types.TypeEngine[Any]) -> str:
    return next(value for python_type, value in _VALUES.items() if isinstance(kind, python_type))
