"""Rows of any table, page by page in the order of their keys; what can't be read is passed over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.engine import read_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PAGE_SIZE = 1000


def iterate_table_rows(
    engine: sa.Engine, table: sa.Table, columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table with their keys and these columns; no transaction stays open long."""
    for page in iterate_pages(engine, table, columns):
        yield from page


def iterate_pages(
    engine: sa.Engine, table: sa.Table, columns: Sequence[str]
) -> Iterator[list[dict[str, Any]]]:
    """Yield the same page by page."""
    keys = list(table.primary_key.columns)
    query = select_rows(table, columns).order_by(*keys).limit(PAGE_SIZE)
    after: tuple[Any, ...] | None = None
    while True:
        page_query = (
            query if after is None else query.where(sa.tuple_(*keys) > sa.tuple_(*_bind(keys, after)))
        )
        with read_only(engine).connect() as connection:
            page = connection.execute(page_query).mappings().all()
        yield [row for each in page if (row := parse_row(table, each)) is not None]
        if len(page) < PAGE_SIZE:
            return
        after = tuple(page[-1][key.name] for key in keys)


def select_rows(table: sa.Table, columns: Sequence[str]) -> sa.Select[Any]:
    """Return the query for keys and columns of a table; JSON is read as the text that is stored."""
    names = dict.fromkeys([*(key.name for key in table.primary_key.columns), *columns])
    return sa.select(*(_read_text(table.c[name]) for name in names))


def parse_row(table: sa.Table, row: sa.RowMapping) -> dict[str, Any] | None:
    """Return a row with its JSON parsed; `None` for one that holds what was never written there."""
    try:
        return {name: _parse(table.c[name], value) for name, value in row.items()}
    except (ValueError, TypeError, RecursionError):
        return None


def match_key(table: sa.Table, row: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """Return the condition for the row with the key of this one."""
    return sa.and_(*(key == row[key.name] for key in table.primary_key.columns))


def _read_text(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.Text).label(column.name) if isinstance(column.type, sa.JSON) else column


def _parse(column: sa.Column[Any], value: Any) -> Any:
    if not isinstance(column.type, sa.JSON) or value is None:
        return value
    return json.loads(value)


def _bind(keys: Sequence[sa.Column[Any]], values: Sequence[Any]) -> list[sa.ColumnElement[Any]]:
    return [sa.literal(value, key.type) for key, value in zip(keys, values, strict=True)]
