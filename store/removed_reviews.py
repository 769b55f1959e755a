"""Reviews whose time is over: they go with all that belongs to them, and the ledger says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews import record
from reviews.model import CardState, ReviewState
from store.chain import Chain
from store.engine import reading
from store.marks import pairs_of, take_out
from store.retention import Step
from store.reviews import Reviews
from store.schema import cards, ledger, metadata, reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

AT_ONCE = 100
"""Reviews that one step reads: each has an entry in the ledger and some dozen rows in other tables."""
MOST_REMOVED = 20
"""Reviews that one step removes: while it does, nothing else is recorded."""

_newer = reviews.alias("newer")
_IS_SETTLED = sa.or_(
    # What was sent back is still to be reviewed: the next review of the document takes it up.
    sa.and_(reviews.c.superseded_by.is_(None), reviews.c.state == ReviewState.ACKNOWLEDGED),
    # The card of an open review shows what was asked for before it.
    sa.and_(
        reviews.c.superseded_by.is_not(None),
        ~sa.exists().where(_newer.c.id == reviews.c.superseded_by, _newer.c.state == ReviewState.OPEN),
    ),
)
_IS_BEING_DRAWN = sa.exists().where(
    cards.c.review_id == reviews.c.id,
    cards.c.state != CardState.DEAD,
    sa.or_(cards.c.drawn < cards.c.wanted, cards.c.claimed_by.is_not(None)),
)
_IS_OVER = sa.and_(
    reviews.c.state != ReviewState.OPEN,
    reviews.c.answered_at < sa.bindparam("before", type_=reviews.c.answered_at.type),
    _IS_SETTLED,
    ~_IS_BEING_DRAWN,
)


def remove_reviews(engine: sa.Engine, after: int, *, before: datetime, now: datetime) -> Step:
    """Remove reviews that were closed before then, with an entry in the ledger for each.

    The newest review stays, whatever it is, so that SQLite gives no number out again.
    """
    newest = sa.select(sa.func.max(reviews.c.seq)).scalar_subquery()
    query = sa.select(reviews.c.seq, reviews.c.opened_at, _IS_OVER.label("over"))
    query = query.where(reviews.c.seq > after, reviews.c.seq < newest).order_by(reviews.c.seq)
    with reading(engine).connect() as connection:
        found = connection.execute(query.limit(AT_ONCE), {"before": before}).all()
    over = [row.seq for row in found if row.over]
    removed = _remove(engine, over[:MOST_REMOVED], before=before, now=now) if over else 0
    if len(over) > MOST_REMOVED:
        return Step(removed=removed, after=over[MOST_REMOVED - 1])
    old = any(row.opened_at < before for row in found)
    return Step(removed=removed, after=found[-1].seq if old else None)


def _remove(engine: sa.Engine, seqs: Sequence[int], *, before: datetime, now: datetime) -> int:
    """Remove these reviews, unless something has happened to them meanwhile."""
    query = sa.select(reviews.c.seq, reviews.c.id, reviews.c.marks).where(reviews.c.seq.in_(seqs), _IS_OVER)
    query = query.order_by(reviews.c.seq).with_for_update(of=reviews, skip_locked=True)
    with engine.begin() as connection:
        found = connection.execute(query, {"before": before}).all()
        ids = [row.id for row in found]
        chain = Chain(connection)
        for review in Reviews(connection).many(ids):
            chain.append(record.removed(review, at=now))
        for row in found:
            take_out(connection, row.seq, pairs_of(row.marks))
        for table in _belonging():
            connection.execute(sa.delete(table).where(table.c.review_id.in_(ids)))
        connection.execute(sa.delete(reviews).where(reviews.c.id.in_(ids)))
        chain.write()
    return len(ids)


def _belonging() -> list[sa.Table]:
    """Return the tables of what belongs to a review: all that name one, but for the ledger."""
    return [table for table in metadata.sorted_tables if "review_id" in table.c and table is not ledger]
