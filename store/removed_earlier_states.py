"""Removal of earlier states that people answered: they go as the content of comparisons does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.engine import read_only
from store.removed_texts import find_orphaned, find_outdated
from store.retention import BATCH_SIZE, RetentionStep
from store.schema import answered_texts, earlier_comparisons

if TYPE_CHECKING:
    from datetime import datetime

_TABLES = {"answered_texts": answered_texts, "earlier_comparisons": earlier_comparisons}
_BATCHES = {
    name: sa.select(table.c.id, table.c.review_id)
    .where(table.c.id > sa.bindparam("after"))
    .order_by(table.c.id)
    .limit(BATCH_SIZE)
    for name, table in _TABLES.items()
}


def remove_answered_texts(engine: sa.Engine, after: int, *, before: datetime) -> RetentionStep:
    """Remove the texts of revisions whose newer state, which may be of the same review, was acknowledged."""
    return _remove(engine, "answered_texts", after, before=before, has_newer_revision=True)


def remove_earlier_comparisons(engine: sa.Engine, after: int, *, before: datetime) -> RetentionStep:
    """Remove the comparisons with earlier states of reviews whose newer state was acknowledged."""
    return _remove(engine, "earlier_comparisons", after, before=before, has_newer_revision=False)


def _remove(
    engine: sa.Engine, name: str, after: int, *, before: datetime, has_newer_revision: bool
) -> RetentionStep:
    with read_only(engine).connect() as connection:
        batch = connection.execute(_BATCHES[name], {"after": after}).all()
        ids = [row.review_id for row in batch]
        gone = find_outdated(connection, ids, before=before, has_newer_revision=has_newer_revision)
        gone |= find_orphaned(connection, ids)
    expired = [row.id for row in batch if row.review_id in gone]
    if expired:
        with engine.begin() as connection:
            connection.execute(sa.delete(_TABLES[name]).where(_TABLES[name].c.id.in_(expired)))
    return RetentionStep(removed=len(expired), after=batch[-1].id if len(batch) == BATCH_SIZE else None)
