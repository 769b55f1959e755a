"""Removal of expired reviews: they go with all that belongs to them, and the ledger says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import CardState, ChangeKind, ReviewState
from reviews.ledger import ledger_entries
from reviews.ledger.hash_chain import encode_canonical
from store.chain import SqlLedgerRepository
from store.engine import read_only
from store.file_marks import find_file_marks
from store.marks import delete_index_rows, list_index_pairs
from store.retention import RetentionStep, compare_age, has_more_old_rows
from store.review_batches import count_together
from store.reviews import SqlReviewRepository
from store.rows import UNREADABLE_ERRORS
from store.schema import bulk_reviews, campaigns, cards, ledger, metadata, review_files, reviews

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from reviews.ports.ledger import LedgerEntry

    Pairs = set[tuple[str, str]]

BATCH_SIZE = 100
"""Reviews that one step reads: each has an entry in the ledger and some dozen rows in other tables."""
MAX_REMOVED = 20
"""Reviews that one step removes: meanwhile no other ledger entry is written."""
MAX_FILES = 500
"""Files of bulk reviews that one step removes; a review with more goes in a step of its own."""

_BEFORE = sa.bindparam("before", type_=reviews.c.answered_at.type)
_ENDS_AT = sa.func.coalesce(campaigns.c.ended_at, campaigns.c.due_at, type_=campaigns.c.due_at.type)
_newer = reviews.alias("newer")
_IS_LONG_CLOSED = sa.or_(
    reviews.c.answered_at < _BEFORE,
    # A review that became part of a bulk review has no answer: it goes when that goes.
    sa.and_(
        reviews.c.state == ReviewState.REPLACED,
        ~sa.exists().where(
            _newer.c.id == reviews.c.superseded_by,
            sa.or_(_newer.c.answered_at.is_(None), _newer.c.answered_at >= _BEFORE),
        ),
    ),
)
_open = reviews.alias("open_review")
_IS_OPEN = sa.and_(
    _open.c.state == ReviewState.OPEN,
    _open.c.route == reviews.c.route,
    _open.c.campaign == sa.literal_column("''"),  # a campaign continues no review of a change
)
# Its next review may have been superseded in turn, or be a file of a bulk review.
_IS_STILL_ASKED_FOR = sa.and_(
    reviews.c.state == ReviewState.CHANGES_REQUESTED,
    sa.or_(
        sa.exists().where(_IS_OPEN, _open.c.file_id == reviews.c.file_id),
        sa.exists().where(
            review_files.c.file_id == reviews.c.file_id,
            review_files.c.apart.is_(None),
            _open.c.id == review_files.c.review_id,
            _IS_OPEN,
        ),
    ),
)
_IS_SETTLED = sa.or_(
    # A document with requested changes is still to be reviewed: its next review continues it.
    sa.and_(
        reviews.c.superseded_by.is_(None),
        reviews.c.state.in_([ReviewState.ACKNOWLEDGED, ReviewState.CARRIED, ReviewState.CLOSED]),
    ),
    # The card of an open review shows the changes that were requested before it.
    sa.and_(
        reviews.c.superseded_by.is_not(None),
        ~sa.exists().where(_newer.c.id == reviews.c.superseded_by, _newer.c.state == ReviewState.OPEN),
        ~_IS_STILL_ASKED_FOR,
    ),
)
_of_same_campaign = reviews.alias("of_same_campaign")
# The figures of a campaign count all of its reviews, until it is over and asks for none any more.
_IS_COUNTED = sa.and_(
    reviews.c.campaign != sa.literal_column("''"),
    sa.or_(
        sa.exists().where(campaigns.c.id == reviews.c.campaign, _ENDS_AT >= _BEFORE),
        sa.exists().where(
            _of_same_campaign.c.campaign != sa.literal_column("''"),
            _of_same_campaign.c.campaign == reviews.c.campaign,
            _of_same_campaign.c.state == ReviewState.OPEN,
        ),
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
    ~_IS_COUNTED,
    ~_IS_BEING_DRAWN,
    # SQLite would reuse the number of its card; it goes once another card is newer.
    reviews.c.id.is_distinct_from(_OWNER_OF_NEWEST_CARD),
)


def remove_reviews(
    engine: sa.Engine,
    after: int,
    *,
    before: datetime,
    now: datetime,
    max_files: int = MAX_FILES,
    held_routes: Collection[str] = (),
) -> RetentionStep:
    """Remove reviews that were closed before then, with an entry in the ledger for each.

    Those of `held_routes` stay.

    A review that can't be read stays, and the step names it: no entry could say what was removed. The newest
    review stays too, in any state: SQLite must not reuse its number.
    """
    newest = sa.select(sa.func.max(reviews.c.seq)).scalar_subquery()
    files = sa.func.coalesce(bulk_reviews.c.count, 0).label("files")
    age = compare_age(reviews.c.opened_at, before=before, now=now)
    query = sa.select(
        reviews.c.seq, reviews.c.id, reviews.c.route, reviews.c.kind, files, *age, _IS_OVER.label("over")
    )
    query = query.outerjoin_from(reviews, bulk_reviews, bulk_reviews.c.review_id == reviews.c.id)
    query = query.where(reviews.c.seq > after, reviews.c.seq < newest).order_by(reviews.c.seq)
    with read_only(engine).connect() as connection:
        batch = connection.execute(query.limit(BATCH_SIZE), {"before": before}).all()
        expired = [row for row in batch if row.over and row.route not in held_routes]
        sizes = [row.files for row in expired]
        selected = expired[: count_together(sizes, max_reviews=MAX_REMOVED, max_size=max_files)]
        file_pairs = {row.id: _find_file_pairs(connection, row) for row in selected}
    readable = {review_id: pairs for review_id, pairs in file_pairs.items() if pairs is not None}
    unreadable = [review_id for review_id in file_pairs if review_id not in readable]
    removed, more = _remove_locked(engine, readable, before=before, now=now) if readable else (0, [])
    unreadable += more
    if len(expired) > len(selected):
        return RetentionStep(removed=removed, after=selected[-1].seq, unreadable=unreadable)
    return RetentionStep(
        removed=removed, after=batch[-1].seq if has_more_old_rows(batch) else None, unreadable=unreadable
    )


def _find_file_pairs(connection: sa.Connection, row: sa.Row[Any]) -> Pairs | None:
    """Return the index rows for the files of a bulk review; `None` if they can't be read."""
    if row.kind != ChangeKind.BULK:
        return set()
    try:
        return {(ChangeKind.BULK.value, mark) for mark in find_file_marks(connection, row.id)}
    except UNREADABLE_ERRORS:
        return None


def _remove_locked(
    engine: sa.Engine, file_pairs: Mapping[str, Pairs], *, before: datetime, now: datetime
) -> tuple[int, list[str]]:
    """Remove these reviews, unless they changed meanwhile; return those that can't be read.

    No file joins a closed review: while it is closed, the marks of its files are those read before.
    """
    query = sa.select(reviews.c.id).where(reviews.c.id.in_(file_pairs), _IS_OVER)
    query = query.order_by(reviews.c.seq).with_for_update(of=reviews, skip_locked=True)
    with engine.begin() as connection:
        locked = list(connection.execute(query, {"before": before}).scalars())
        details = _load_details(connection, locked, now)
        chain = SqlLedgerRepository(connection)
        for review_id, (seq, entry, pairs) in details.items():
            chain.append(entry)
            delete_index_rows(connection, seq, pairs | file_pairs[review_id])
        for table in _list_dependent_tables():
            connection.execute(sa.delete(table).where(table.c.review_id.in_(details)))
        connection.execute(sa.delete(reviews).where(reviews.c.id.in_(details)))
        chain.write_waiting()
    return len(details), [review_id for review_id in locked if review_id not in details]


def _load_details(
    connection: sa.Connection, ids: Sequence[str], now: datetime
) -> dict[str, tuple[int, LedgerEntry, Pairs]]:
    """Return each review's number, last entry and index rows; nothing for an unreadable one.

    They are read together; if one can't be read, each alone.
    """
    try:
        return dict(_describe_removals(connection, ids, now))
    except UNREADABLE_ERRORS:
        if len(ids) == 1:
            return {}
    return {each: details for one in ids for each, details in _load_details(connection, [one], now).items()}


def _describe_removals(
    connection: sa.Connection, ids: Sequence[str], now: datetime
) -> Iterator[tuple[str, tuple[int, LedgerEntry, Pairs]]]:
    marks = sa.select(reviews.c.id, reviews.c.seq, reviews.c.marks).where(reviews.c.id.in_(ids))
    rows_by_id = {row.id: row for row in connection.execute(marks)}
    for review in SqlReviewRepository(connection).get_many(ids):
        entry = ledger_entries.build_removed(review, at=now)
        encode_canonical(entry)  # raises for what no entry can hold
        yield review.id, (rows_by_id[review.id].seq, entry, list_index_pairs(rows_by_id[review.id].marks))


def _list_dependent_tables() -> list[sa.Table]:
    """Return the tables of what belongs to a review: all with its id, except the ledger."""
    return [table for table in metadata.sorted_tables if "review_id" in table.c and table is not ledger]
