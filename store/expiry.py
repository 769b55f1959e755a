"""What runs out within days is forgotten a part at a time, so that no lock is held for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from datetime import datetime

BATCH_SIZE = 1000  # rows; housekeeping comes twice a minute


def delete_oldest(connection: sa.Connection, column: sa.Column[Any], *, before: datetime) -> int:
    """Delete the oldest rows whose time in this column is before then, not too many; return how many."""
    table: sa.Table = column.table
    [key] = table.primary_key.columns
    oldest = sa.select(key).where(column < before).order_by(column).limit(BATCH_SIZE)
    # A click writes them in an order of its own: what it holds is left, and what it wrote anew is not old.
    free = oldest.with_for_update(skip_locked=True)
    return connection.execute(sa.delete(table).where(key.in_(free), column < before)).rowcount
