"""A database as release 0.3.0 left it: rows that its own code wrote, in the tables of its migrations.

Four reviews of one route, on SQLite: acknowledged, sent back with a note, revised, and open; cards in two
places; an event that waits. The rows are those of `release_0_3_0.json`.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tests.store.earlier_schemas import bring_to

if TYPE_CHECKING:
    from collections.abc import Mapping

RELEASE: dict[str, Any] = json.loads(Path(__file__).with_name("release_0_3_0.json").read_text("utf-8"))
FIRST = ("reviews", "ledger")
"""Tables that others refer to: answers and cards to reviews, the head to the last entry."""


def load_release(engine: sa.Engine) -> None:
    """Bring an empty database to where release 0.3.0 had left it."""
    bring_to(engine, RELEASE["migration"])
    tables: Mapping[str, list[dict[str, Any]]] = RELEASE["tables"]
    schema = sa.MetaData()
    schema.reflect(engine, only=list(tables))
    with engine.begin() as connection:
        for name in [*FIRST, *sorted(set(tables) - set(FIRST))]:
            table = schema.tables[name]
            rows = [_read_row(table, row) for row in tables[name]]
            if name == "ledger_head":
                connection.execute(sa.update(table).values(rows[0]))
            else:
                connection.execute(sa.insert(table), rows)
        if engine.dialect.name == "postgresql":
            for name in tables:
                _continue_numbers(connection, schema.tables[name])


def _read_row(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read_value(table.c[name], value) for name, value in row.items()}


def _read_value(column: sa.Column[Any], value: Any) -> Any:
    """Return what a column of this type takes, of what SQLite had stored."""
    if value is None:
        return sa.null() if isinstance(column.type, sa.JSON) else None  # None would be the JSON value `null`
    match column.type:
        case sa.DateTime():
            return datetime.fromisoformat(f"{value}+00:00")
        case sa.JSON():
            return json.loads(value)
        case sa.Boolean():
            return bool(value)
    return value


def _continue_numbers(connection: sa.Connection, table: sa.Table) -> None:
    """Have PostgreSQL's counters go on after the rows that came with their numbers."""
    for column in table.primary_key:
        name = {"table": table.name, "column": column.name}
        sequence = connection.execute(
            sa.text("SELECT pg_get_serial_sequence(:table, :column)"), name
        ).scalar()
        if sequence:
            last = connection.execute(sa.select(sa.func.max(column))).scalar()
            connection.execute(sa.select(sa.func.setval(sequence, last)))
