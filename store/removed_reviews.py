"""Reviews whose time is over: they go with all that belongs to them, and the ledger says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews import record
from reviews.model import CardState, ChangeKind, ReviewState
from store.chain import Chain
from store.engine import reading
from store.file_marks import find_file_marks
from store.marks import pairs_of, take_out
from store.retention import Step
from store.reviews import Reviews
from store.schema import bulk_reviews, cards, ledger, metadata, reviews

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

AT_ONCE = 100
"""Reviews that one step reads: each has an entry in the ledger and some dozen rows in other tables."""
MOST_REMOVED = 20
"""Reviews that one step removes: while it does, nothing else is recorded."""
MOST_FILES = 500
"""Files of bulk reviews that one step removes; a review that has more goes in a step of its own."""

_BEFORE = sa.bindparam("before", type_=reviews.c.answered_at.type)
_newer = reviews.alias("newer")
_IS_LONG_CLOSED = sa.or_(
    reviews.c.answered_at < _BEFORE,
    # Nobody answered what became a part of a bulk review: it goes when that goes.
    sa.and_(
        reviews.c.state == ReviewState.REPLACED,
        ~sa.exists().where(
            _newer.c.id == reviews.c.superseded_by,
            sa.or_(_newer.c.answered_at.is_(None), _newer.c.answered_at >= _BEFORE),
        ),
    ),
)
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
_OWNER_OF_NEWEST_CARD = sa.select(cards.c.review_id).order_by(cards.c.id.desc()).limit(1).scalar_subquery()
_IS_OVER = sa.and_(
    reviews.c.state != ReviewState.OPEN,
    _IS_LONG_CLOSED,
    _IS_SETTLED,
    ~_IS_BEING_DRAWN,
    # SQLite would give the number of its card out again; it goes once another card is newer.
    reviews.c.id.is_distinct_from(_OWNER_OF_NEWEST_CARD),
)


def remove_reviews(
    engine: sa.Engine, after: int, *, before: datetime, now: datetime, most_files: int = MOST_FILES
) -> Step:
    """Remove reviews that were closed before then, with an entry in the ledger for each.

    The newest review stays, whatever it is, so that SQLite gives no number out again.
    """
    newest = sa.select(sa.func.max(reviews.c.seq)).scalar_subquery()
    files = sa.func.coalesce(bulk_reviews.c.count, 0).label("files")
    query = sa.select(reviews.c.seq, reviews.c.id, reviews.c.kind, reviews.c.opened_at, files)
    query = query.add_columns(_IS_OVER.label("over"))
    query = query.outerjoin_from(reviews, bulk_reviews, bulk_reviews.c.review_id == reviews.c.id)
    query = query.where(reviews.c.seq > after, reviews.c.seq < newest).order_by(reviews.c.seq)
    with reading(engine).connect() as connection:
        found = connection.execute(query.limit(AT_ONCE), {"before": before}).all()
        over = [row for row in found if row.over]
        together = over[: _count_together([row.files for row in over], most_files)]
        bulks = [row for row in together if row.kind == ChangeKind.BULK]
        file_marks = {row.seq: find_file_marks(connection, row.id) for row in bulks}
    seqs = [row.seq for row in together]
    removed = _remove(engine, seqs, file_marks, before=before, now=now) if seqs else 0
    if len(over) > len(together):
        return Step(removed=removed, after=seqs[-1])
    old = any(row.opened_at < before for row in found)
    return Step(removed=removed, after=found[-1].seq if old else None)


def _count_together(files: Sequence[int], most_files: int) -> int:
    """Return how many of the reviews with so many files each one step removes: at least the first."""
    together = 0
    for place, number in enumerate(files[:MOST_REMOVED]):
        together += number
        if together > most_files and place:
            return place
    return min(len(files), MOST_REMOVED)


def _remove(
    engine: sa.Engine,
    seqs: Sequence[int],
    file_marks: Mapping[int, set[str]],
    *,
    before: datetime,
    now: datetime,
) -> int:
    """Remove these reviews, unless something has happened to them meanwhile.

    No file joins a review that is closed: of one that still is, the marks of its files are those read before.
    """
    query = sa.select(reviews.c.seq, reviews.c.id, reviews.c.marks).where(reviews.c.seq.in_(seqs), _IS_OVER)
    query = query.order_by(reviews.c.seq).with_for_update(of=reviews, skip_locked=True)
    with engine.begin() as connection:
        found = connection.execute(query, {"before": before}).all()
        ids = [row.id for row in found]
        chain = Chain(connection)
        for review in Reviews(connection).many(ids):
            chain.append(record.removed(review, at=now))
        for row in found:
            of_files = {(ChangeKind.BULK.value, mark) for mark in file_marks.get(row.seq, ())}
            take_out(connection, row.seq, pairs_of(row.marks) | of_files)
        for table in _belonging():
            connection.execute(sa.delete(table).where(table.c.review_id.in_(ids)))
        connection.execute(sa.delete(reviews).where(reviews.c.id.in_(ids)))
        chain.write()
    return len(ids)


def _belonging() -> list[sa.Table]:
    """Return the tables of what belongs to a review: all that name one, but for the ledger."""
    return [table for table in metadata.sorted_tables if "review_id" in table.c and table is not ledger]
