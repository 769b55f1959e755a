"""The reviews beside what the record and the index say of them, for holding one against the other.

Reviews are read in blocks, each as of one moment: no reader stays long, and what is in memory has a limit.
The index has no order by reviews, so the database searches it once for each block and sorts what belongs
there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ledger import EntryType
from reviews.model import ChangeKind
from store import rows
from store.bulk_files import BulkFiles, load_summaries
from store.engine import reading
from store.index_rows import IndexRows
from store.schema import answers, bulk_reviews, ledger, review_files, reviews

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviews.bulk import BulkFile
    from reviews.model import Answer, Review

READ_AT_ONCE = 500
MOST_FILES = 1_000_000
"""Files of one bulk review."""
A_BLOCK = 100_000
"""Reviews."""
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)
"""What a row leads to that holds what was never written there: SQLite takes anything into any column."""
_IDS: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
_REVIEWS = sa.select(reviews).where(reviews.c.id.in_(_IDS))
_ANSWERS = sa.select(answers).where(answers.c.review_id.in_(_IDS)).order_by(answers.c.id)
_ENTRIES = sa.select(ledger.c.review_id, ledger.c.seq, ledger.c.entry).where(ledger.c.review_id.in_(_IDS))
_ENTRIES = _ENTRIES.order_by(ledger.c.seq)
_MARK = f'"type":"{EntryType.REVIEW_REMOVED}"'
"""How an entry of a removed review has it in its canonical form, where quotes in a text are escaped."""
_ends = ledger.alias("ends")
_WAS_REMOVED = sa.exists().where(_ends.c.review_id == ledger.c.review_id, _ends.c.entry.contains(_MARK))
_LACKING = {
    table.name: sa.select(table.c.review_id)
    .where(~sa.exists().where(reviews.c.id == table.c.review_id), *conditions)
    .distinct()
    .limit(sa.bindparam("most"))
    for table, conditions in ((ledger, [~_WAS_REMOVED]), (answers, []))
}
_READ = (
    (reviews, reviews.c.id),
    *((each, each.c.review_id) for each in (answers, bulk_reviews, review_files)),
)
_FOLLOWS = ("marks", "answered_at", "answered_late", "took_seconds")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A review, its entries, the columns kept for lists, and kind and value of its rows in the index.

    `files` are those of a bulk review.
    """

    review: Review
    entries: list[dict[str, Any]]
    follows: dict[str, Any]
    index: set[tuple[str, str]]
    files: tuple[BulkFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A review that can't be read: its row or an answer holds what was never written there."""

    review_id: str
    column: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A row of the index that belongs to no review."""

    seq: Any
    kind: str
    value: str


def count_reviews(engine: sa.Engine) -> int:
    with reading(engine).connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(reviews)).scalar_one()


def walk_reviews(engine: sa.Engine, *, block: int = A_BLOCK) -> Iterator[Beside | Unreadable | Stray]:
    """Yield each review with what is written beside it, in the order of their numbers."""
    after: int | None = None
    while True:
        with reading(engine).connect() as connection:
            upper = reviews.c.seq > after if after is not None else sa.true()
            query = sa.select(reviews.c.seq).where(upper).order_by(reviews.c.seq)
            until = connection.execute(query.offset(block - 1).limit(1)).scalar()
            yield from _walk_block(connection, after, until)
        if until is None:
            return
        after = until


def reviews_that_lack(engine: sa.Engine, most: int) -> Iterator[tuple[str, str]]:
    """Yield ids of reviews that are not there, each with the table that tells of it: ledger or answers.

    Those that retention removed are no such reviews: their last entry says so. Their answers went with them.
    """
    with reading(engine).connect() as connection:
        for name, query in _LACKING.items():
            found = connection.execute(query, {"most": most}).scalars()
            yield from ((str(review_id), name) for review_id in found)


def _walk_block(
    connection: sa.Connection, after: int | None, until: int | None
) -> Iterator[Beside | Unreadable | Stray]:
    """Yield the reviews whose numbers are past `after`, and at most `until` where that is one."""
    with IndexRows(connection, after, until) as index:
        for page in _pages(connection, after, until):
            loaded = _load(connection, [review_id for _, review_id in page])
            for seq, review_id in page:
                strays, mine = index.take(seq)
                yield from map(_stray, strays)
                found = loaded[review_id]
                yield replace(found, index=mine) if isinstance(found, Beside) else found
        yield from map(_stray, index.rest())


def _pages(
    connection: sa.Connection, after: int | None, until: int | None
) -> Iterator[Sequence[tuple[int, str]]]:
    ordered = sa.select(reviews.c.seq, reviews.c.id).order_by(reviews.c.seq).limit(READ_AT_ONCE)
    ordered = ordered if until is None else ordered.where(reviews.c.seq <= until)
    while True:
        query = ordered if after is None else ordered.where(reviews.c.seq > after)
        page = [(row.seq, row.id) for row in connection.execute(query)]
        yield page
        if len(page) < READ_AT_ONCE:
            return
        after, _ = page[-1]


def _stray(row: sa.Row[Any]) -> Stray:
    return Stray(seq=row.seq, kind=row.kind, value=row.value)


def _load(connection: sa.Connection, ids: list[str]) -> dict[str, Beside | Unreadable]:
    """Read reviews together; where one can't be read, each alone."""
    try:
        return dict(_beside(connection, ids))
    except UNREADABLE as error:
        if len(ids) == 1:
            return {ids[0]: _describe(connection, ids[0], error)}
    return {each: found for review_id in ids for each, found in _load(connection, [review_id]).items()}


def _describe(connection: sa.Connection, review_id: str, error: Exception) -> Unreadable:
    """Say which column of a review, of its answers or of its files can't be read."""
    for table, key in _READ:
        for column in table.c:
            try:
                connection.execute(sa.select(column).where(key == review_id)).all()
            except UNREADABLE:
                return Unreadable(review_id=review_id, column=f"{table.name}.{column.name}", why="")
    return Unreadable(review_id=review_id, column="", why=str(error))


def _beside(connection: sa.Connection, ids: list[str]) -> Iterator[tuple[str, Beside]]:
    given: dict[str, list[Answer]] = defaultdict(list)
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(_ANSWERS, {"ids": ids}).mappings():
        given[row["review_id"]].append(rows.answer(row))
    for review_id, seq, text in connection.execute(_ENTRIES, {"ids": ids}):
        if (entry := _read(seq, text)) is not None:
            told[review_id].append(entry)
    found = connection.execute(_REVIEWS, {"ids": ids}).mappings().all()
    bulks = load_summaries(connection, [row["id"] for row in found if row["kind"] == ChangeKind.BULK])
    files = BulkFiles(connection)
    for row in found:
        review_id = row["id"]
        yield (
            review_id,
            Beside(
                review=rows.review(row, tuple(given[review_id]), (), bulks.get(review_id)),
                files=tuple(files.of(review_id, limit=MOST_FILES)) if review_id in bulks else (),
                entries=told[review_id],
                follows={name: row[name] for name in (*_FOLLOWS, "saves")},
                index=set(),
            ),
        )


def _read(seq: int, text: str) -> dict[str, Any] | None:
    """Return an entry; one that is none was found when the chain was checked."""
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError, TypeError):
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
        return None
    entry["seq"] = seq
    return entry
