"""Events for a reader who follows them: new ones, and some that were seen before, with their state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from store import rows
from store.engine import read_only
from store.schema import events

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.model import StoredEvent


def find_last_event_id(engine: sa.Engine) -> int:
    """Return the number of the newest event; 0 where there is none."""
    with read_only(engine).connect() as connection:
        return connection.execute(sa.select(sa.func.max(events.c.id))).scalar() or 0


def list_watched_events(
    engine: sa.Engine, *, after: int, among: Collection[int], limit: int
) -> list[StoredEvent]:
    """Return the first events after one, and those `among`, in their order; both are found by their numbers.

    `among` are at most some thousands.
    """
    new = sa.select(events).where(events.c.id > after).order_by(events.c.id).limit(limit).subquery()
    followed = sa.select(events).where(events.c.id.in_(among), events.c.id <= after).subquery()
    query = sa.union_all(sa.select(new), sa.select(followed))
    with read_only(engine).connect() as connection:
        events_read = [rows.build_stored_event(row) for row in connection.execute(query).mappings()]
    return sorted(events_read, key=lambda each: each.id)
