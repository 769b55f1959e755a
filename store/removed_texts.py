"""Removal of content: texts and differences of documents that are no longer compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.engine import read_only
from store.retention import BATCH_SIZE, RetentionStep
from store.schema import comparisons, reviews

if TYPE_CHECKING:
    from datetime import datetime

_newer, _newer_states = reviews.alias("newer"), comparisons.alias("newer_states")
_BEFORE = sa.bindparam("before", type_=reviews.c.answered_at.type)
_IS_OUTDATED = sa.or_(
    sa.exists().where(
        reviews.c.id == comparisons.c.review_id,
        _newer.c.file_id == reviews.c.file_id,
        _newer.c.route == reviews.c.route,
        _newer.c.seq > reviews.c.seq,
        _newer.c.state == ReviewState.ACKNOWLEDGED,
        _newer.c.answered_at < _BEFORE,
        # Only of a state that is known: until there is one, the next change is compared with this text.
        _newer_states.c.review_id == _newer.c.id,
        _newer_states.c.after.is_not(None),
    ),
    # An earlier release removes reviews without their comparisons.
    ~sa.exists().where(reviews.c.id == comparisons.c.review_id),
)


def remove_texts(engine: sa.Engine, after: int, *, before: datetime) -> RetentionStep:
    """Remove the content of documents whose newer state was acknowledged before then."""
    query = sa.select(comparisons.c.id, _IS_OUTDATED.label("over"))
    query = query.where(comparisons.c.text_at.is_not(None), comparisons.c.id > after)
    with read_only(engine).connect() as connection:
        batch = connection.execute(
            query.order_by(comparisons.c.id).limit(BATCH_SIZE), {"before": before}
        ).all()
    outdated = [row.id for row in batch if row.over]
    if outdated:
        update = sa.update(comparisons).where(comparisons.c.id.in_(outdated))
        with engine.begin() as connection:
            connection.execute(update.values(text=b"", parts=b"", text_at=None))
    return RetentionStep(removed=len(outdated), after=batch[-1].id if len(batch) == BATCH_SIZE else None)
