"""Common parts of the tables: their collection, partial indexes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()
LONG_AGO = "1970-01-01 00:00:00"
"""A time before all others, for columns that earlier releases do not write."""


def build_partial_index(
    name: str,
    *columns: sa.ColumnElement[Any] | sa.TextClause,
    where: sa.ColumnElement[bool] | sa.TextClause,
    unique: bool = False,
) -> sa.Index:
    """Return a partial index, of the rows for which `where` holds; its argument differs by database."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
