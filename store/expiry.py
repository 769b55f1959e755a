"""Deletion of expired rows in parts, so that no lock is held for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from datetime import datetime

BATCH_SIZE = 1000  # rows; housekeeping runs twice a minute


def delete_oldest(connection: sa.Connection, column: sa.Column[Any], *, before: datetime) -> int:
    """Delete up to `BATCH_SIZE` of the oldest rows whose time in `column` is before then; return how many."""
    table: sa.Table = column.table
    [key] = table.primary_key.columns
    oldest = sa.select(key).where(column < before).order_by(column).limit(BATCH_SIZE)
    # A click locks rows in another order: locked rows are skipped, and rows it wrote anew are not old.
    free_keys = oldest.with_for_update(skip_locked=True)
    return connection.execute(sa.delete(table).where(key.in_(free_keys), column < before)).rowcount
