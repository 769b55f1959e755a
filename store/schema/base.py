"""What the tables have in common: their collection, times in UTC, indexes of some rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()


class Utc(TypeDecorator[datetime]):
    """A time in UTC: SQLite keeps no zone, PostgreSQL hands times out in the zone of its own settings."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        found: datetime | None = value
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def index_of_some(
    name: str,
    *columns: sa.ColumnElement[Any] | sa.TextClause,
    where: sa.ColumnElement[bool] | sa.TextClause,
    unique: bool = False,
) -> sa.Index:
    """Return an index of those rows alone of which this holds; each database calls that its own way."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
