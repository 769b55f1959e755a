"""Removal of expired rows, in small steps.

A step reads some rows in the order of their keys, and removes those that have expired. It reads before it
takes a lock, and checks again while it removes. Several processes may do the same step at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.answers.outcome_notices import OUTCOME_CAUSE_PREFIX
from reviews.bulk import BULK_ID_PREFIX
from reviews.campaign_notices import CAUSE_PREFIX
from reviews.kinds import CardState, ReviewState
from reviews.ports.listing import MarkKind
from reviews.tree import FilePresence
from store.engine import read_only
from store.marks import format_mark
from store.schema import accounts, campaigns, cards, conversations, files, people, review_index, reviews

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

BATCH_SIZE = 200
"""Rows that one step reads."""


@dataclass(frozen=True, kw_only=True)
class RetentionStep:
    """The outcome of a step: how many rows were removed, and the key after which the next step goes on.

    `after` is `None` if all old rows were read. `unreadable` are ids of rows that should go, and stay because
    they can't be read.
    """

    removed: int
    after: Any
    unreadable: Sequence[str] = ()


def compare_age(
    at: sa.ColumnElement[datetime], *, before: datetime, now: datetime
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return columns `is_old` and `is_young` of rows written `at` a time, which the database compares.

    Neither holds for a time from a clock that was ahead, or for what is no time at all: more old rows may
    follow it.
    """
    return (at < before).label("is_old"), at.between(before, now).label("is_young")


def has_more_old_rows(rows: Sequence[sa.Row[Any]]) -> bool:
    """Return whether old rows may follow some that were read in the order in which they were written."""
    return any(row.is_old for row in rows) or (bool(rows) and not any(row.is_young for row in rows))


# In the words of the indexes `cards_passing` and `files_deleted`, without parameters: for those PostgreSQL
# may plan for any value, and would read all rows that stay.
_MAY_PASS = sa.and_(cards.c.cause != sa.literal("", literal_execute=True), ~cards.c.until_superseded)
_IS_DELETED = files.c.standing == sa.literal(FilePresence.DELETED.value, literal_execute=True)

_BEGAN = sa.func.coalesce(cards.c.posted_at, cards.c.due_since)
_LAST_DRAWN = sa.func.coalesce(cards.c.drawn_at, cards.c.posted_at, cards.c.due_since)
_IS_CLOSED = sa.exists().where(
    reviews.c.id == cards.c.review_id,
    reviews.c.state != ReviewState.OPEN,
    # Notices show how a review ended last, until another one supersedes it
    # (reviews/answers/outcome_notices.py).
    sa.or_(reviews.c.superseded_by.is_not(None), ~cards.c.cause.startswith(OUTCOME_CAUSE_PREFIX)),
)
# Notices to subscribers show that they were notified of a flood, also when one of its files comes late.
_IS_OF_FLOOD = sa.exists().where(cards.c.cause.startswith(BULK_ID_PREFIX), reviews.c.file_id == cards.c.cause)
# The messages of a campaign show that they were posted, and its card is redrawn, as long as it runs.
_CAUSE_OF_CAMPAIGN = sa.literal(CAUSE_PREFIX) + campaigns.c.id
_IS_OF_RUNNING_CAMPAIGN = sa.exists().where(
    cards.c.cause.startswith(CAUSE_PREFIX),
    campaigns.c.ended_at.is_(None),
    sa.or_(
        cards.c.cause == _CAUSE_OF_CAMPAIGN,
        cards.c.cause.startswith(_CAUSE_OF_CAMPAIGN + sa.literal(":")),
    ),
)
_IS_FINISHED_NOTICE = sa.and_(
    cards.c.cause != "",
    cards.c.state == CardState.POSTED,
    cards.c.drawn >= cards.c.wanted,
    cards.c.claimed_by.is_(None),
    sa.bindparam("before", type_=cards.c.drawn_at.type) > _LAST_DRAWN,
    sa.or_(sa.and_(cards.c.review_id.is_(None), ~_IS_OF_FLOOD, ~_IS_OF_RUNNING_CAMPAIGN), _IS_CLOSED),
)


def remove_notices(engine: sa.Engine, after: int, *, before: datetime, now: datetime) -> RetentionStep:
    """Remove notices that were posted before then, of no review or of a closed one.

    A notice of a flood to subscribers stays as long as its bulk review does, those of a campaign while it
    runs.

    The newest row always stays, so that SQLite reuses no number.
    """
    newest = sa.select(sa.func.max(cards.c.id)).scalar_subquery()
    is_old, is_young = compare_age(_BEGAN, before=before, now=now)
    is_old = sa.or_(_BEGAN.is_(None), is_old).label("is_old")
    query = sa.select(cards.c.id, is_old, is_young, _IS_FINISHED_NOTICE.label("over"))
    query = query.where(_MAY_PASS, cards.c.id > after, cards.c.id < newest).order_by(cards.c.id)
    with read_only(engine).connect() as connection:
        batch = connection.execute(query.limit(BATCH_SIZE), {"before": before}).all()
    delete = sa.delete(cards).where(
        cards.c.id.in_([row.id for row in batch if row.over]), _IS_FINISHED_NOTICE
    )
    removed = _delete(engine, delete, any(row.over for row in batch), before=before)
    return RetentionStep(removed=removed, after=batch[-1].id if has_more_old_rows(batch) else None)


_IS_GONE_FOR_LONG = sa.and_(
    _IS_DELETED,
    sa.func.coalesce(files.c.as_of, files.c.listed_at) < sa.bindparam("before", type_=files.c.as_of.type),
)


def remove_deleted_files(engine: sa.Engine, after: str, *, before: datetime) -> RetentionStep:
    """Remove the stored state of files that were deleted for good before then."""
    query = sa.select(files.c.file_id, _IS_GONE_FOR_LONG.label("over"))
    query = query.where(_IS_DELETED, files.c.file_id > after)
    with read_only(engine).connect() as connection:
        batch = connection.execute(
            query.order_by(files.c.file_id).limit(BATCH_SIZE), {"before": before}
        ).all()
    expired = [row.file_id for row in batch if row.over]
    delete = sa.delete(files).where(files.c.file_id.in_(expired), _IS_GONE_FOR_LONG)
    removed = _delete(engine, delete, bool(expired), before=before)
    return RetentionStep(removed=removed, after=batch[-1].file_id if len(batch) == BATCH_SIZE else None)


_IS_MARKED = review_index.c.value.in_(sa.bindparam("marks", expanding=True))
_WITH_MARKS = sa.select(review_index.c.seq).where(_IS_MARKED).limit(1)


def remove_people(
    engine: sa.Engine, after: str, *, before: datetime, kept_addresses: Collection[str]
) -> RetentionStep:
    """Remove people who were not seen since then and whom no review names; those in `kept_addresses` stay."""
    query = sa.select(people).where(people.c.id > after).order_by(people.c.id).limit(BATCH_SIZE)
    with read_only(engine).connect() as connection:
        batch = connection.execute(query).all()
        unseen = [row for row in batch if row.seen_at < before and (row.email or "") not in kept_addresses]
        unnamed_ids = [row.id for row in unseen if not _is_named_in_review(connection, row)]
    # Events write people in the order of their keys, and this would not: rows in use stay.
    free_ids = sa.select(people.c.id).where(people.c.id.in_(unnamed_ids), people.c.seen_at < before)
    delete = sa.delete(people).where(people.c.id.in_(free_ids.with_for_update(skip_locked=True)))
    removed = _delete(engine, delete, bool(unnamed_ids))
    return RetentionStep(removed=removed, after=batch[-1].id if len(batch) == BATCH_SIZE else None)


def _list_marks(person: sa.Row[Any]) -> set[str]:
    """Return the marks of reviews in which a person takes part."""
    marks = {format_mark(MarkKind.CONTRIBUTOR, person.id)}
    if person.email:
        kinds = (MarkKind.CONTRIBUTOR, MarkKind.ANSWERED_BY, MarkKind.WAITING_OWNER)
        marks.update(format_mark(kind, person.email) for kind in kinds)
    return marks


def _is_named_in_review(connection: sa.Connection, person: sa.Row[Any]) -> bool:
    """Return whether a person takes part in any review; the search ends at the first one."""
    return connection.execute(_WITH_MARKS, {"marks": sorted(_list_marks(person))}).first() is not None


def remove_accounts(engine: sa.Engine, *, before: datetime) -> RetentionStep:
    """Remove chat accounts that were not looked up since then: they are looked up again when needed."""
    return _remove_batch(engine, accounts, accounts.c.seen_at < before)


def remove_notes(engine: sa.Engine, *, before: datetime, kinds: Sequence[str]) -> RetentionStep:
    """Remove details of places that were stored before then, of these kinds of notes."""
    condition = sa.and_(conversations.c.notifier.in_(kinds), conversations.c.seen_at < before)
    return _remove_batch(engine, conversations, condition)


def _remove_batch(engine: sa.Engine, table: sa.Table, condition: sa.ColumnElement[bool]) -> RetentionStep:
    """Remove some of the rows for which this holds; for small tables, which are read as a whole."""
    key = sa.tuple_(*table.primary_key.columns)
    with read_only(engine).connect() as connection:
        query = sa.select(*table.primary_key.columns).where(condition).limit(BATCH_SIZE)
        keys = [tuple(row) for row in connection.execute(query)]
    removed = _delete(engine, sa.delete(table).where(key.in_(keys), condition), bool(keys))
    return RetentionStep(removed=removed, after="" if len(keys) == BATCH_SIZE else None)


def _delete(engine: sa.Engine, delete: sa.Delete, is_needed: bool, **values: datetime) -> int:  # noqa: FBT001
    if not is_needed:
        return 0
    with engine.begin() as connection:
        return connection.execute(delete, values).rowcount
