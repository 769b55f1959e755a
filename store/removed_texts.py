"""Removal of content: texts and differences of documents that are no longer compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.kinds import ChangeKind, ReviewState
from store.engine import read_only
from store.retention import BATCH_SIZE, RetentionStep
from store.schema import comparisons, reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_REMOVALS = [ChangeKind.TRASHED, ChangeKind.DELETED, ChangeKind.MOVED_OUT]
_newer = reviews.alias("newer")
_BATCH = (
    sa.select(comparisons.c.id, comparisons.c.review_id)
    .where(comparisons.c.text_at.is_not(None), comparisons.c.id > sa.bindparam("after"))
    .order_by(comparisons.c.id)
    .limit(BATCH_SIZE)
)
_OF_CHANGE: sa.ColumnElement[str] = sa.literal_column("''")
# Nothing is compared with this text any more, whether or not the newer state could be read. After a rename or
# a move the next change still is. What was acknowledged in a campaign is no such state: nothing is compared
# with it once its review is over.
_NEWER = sa.select(_newer.c.seq).where(
    _newer.c.file_id == reviews.c.file_id,
    _newer.c.route.concat("") == reviews.c.route,
    _newer.c.seq
    >= reviews.c.seq
    + sa.case((reviews.c.campaign == _OF_CHANGE, sa.bindparam("distance", type_=sa.Integer)), else_=0),
    sa.or_(_newer.c.campaign == _OF_CHANGE, _newer.c.seq == reviews.c.seq),
    _newer.c.state.concat("").in_([ReviewState.ACKNOWLEDGED, ReviewState.CARRIED, ReviewState.CLOSED]),
    sa.or_(_newer.c.content == sa.true(), _newer.c.kind.in_(_REMOVALS)),
    _newer.c.answered_at < sa.bindparam("before", type_=reviews.c.answered_at.type),
)
# One by one, which the limit says: PostgreSQL would read all reviews and join them.
_OUTDATED = sa.select(reviews.c.id).where(
    reviews.c.id.in_(sa.bindparam("ids", expanding=True)),
    _NEWER.limit(1).scalar_subquery().is_not(None),
)
_EXISTING = sa.select(reviews.c.id).where(reviews.c.id.in_(sa.bindparam("ids", expanding=True)))


def remove_texts(engine: sa.Engine, after: int, *, before: datetime) -> RetentionStep:
    """Remove the content of documents whose newer state was acknowledged before then."""
    with read_only(engine).connect() as connection:
        batch = connection.execute(_BATCH, {"after": after}).all()
        ids = [row.review_id for row in batch]
        outdated = find_outdated(connection, ids, before=before)
        orphaned = find_orphaned(connection, ids)
    if outdated or orphaned:
        update = sa.update(comparisons).where(comparisons.c.review_id.in_(sorted(outdated)))
        delete = sa.delete(comparisons).where(comparisons.c.review_id.in_(sorted(orphaned)))
        with engine.begin() as connection:
            connection.execute(update.values(text=b"", parts=b"", snippets=b"", text_at=None))
            connection.execute(delete)
    return RetentionStep(
        removed=len(outdated | orphaned), after=batch[-1].id if len(batch) == BATCH_SIZE else None
    )


def find_outdated(
    connection: sa.Connection, ids: Sequence[str], *, before: datetime, has_newer_revision: bool = False
) -> set[str]:
    """Return the reviews of whose documents a newer state was acknowledged before then.

    Args:
        connection: To read with.
        ids: Of the reviews.
        before: When it has to have been acknowledged.
        has_newer_revision: Whether the review itself is of a newer state too.
    """
    values = {"ids": ids, "before": before, "distance": 0 if has_newer_revision else 1}
    return set(connection.execute(_OUTDATED, values).scalars())


def find_orphaned(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    """Return those of these reviews that an earlier release removed, without what is stored of them here."""
    return {*ids} - {*connection.execute(_EXISTING, {"ids": ids}).scalars()}
