"""Common parts of the tables: their collection, times in UTC, partial indexes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()


class Utc(TypeDecorator[datetime]):
    """A time in UTC: SQLite stores no zone, PostgreSQL returns times in the zone of its settings."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        moment: datetime | None = value
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def build_partial_index(
    name: str,
    *columns: sa.ColumnElement[Any] | sa.TextClause,
    where: sa.ColumnElement[bool] | sa.TextClause,
    unique: bool = False,
) -> sa.Index:
    """Return a partial index, of the rows for which `where` holds; its argument differs by database."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
