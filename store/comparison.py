"""Reviews beside their ledger entries and index rows, for comparison.

Reviews are read in blocks, each from one snapshot: no transaction stays open long, and memory is bounded. The
index has no order by reviews, so the database searches it once for each block and sorts the block's rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ChangeKind
from reviews.ledger.hash_chain import EntryType
from store import rows
from store.bulk_files import SqlBulkFileRepository, load_summaries
from store.chain import NO_REVIEW
from store.connections import plan_by_values
from store.disclosures import reveal_row
from store.engine import read_json, read_only
from store.index_rows import IndexRows
from store.quick_agreement import is_consistent
from store.rows import UNREADABLE_ERRORS
from store.schema import answers, bulk_reviews, ledger, ledger_people, review_files, reviews

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviews.bulk import BulkFile
    from reviews.model import Review
    from store.index_rows import Row as IndexRow

    Row = dict[str, Any]

    Pairs = set[tuple[str, str]]
    PageRows = Sequence[tuple[int, str]]
    """The numbers and ids of reviews, in the order of their numbers."""

PAGE_SIZE = 1000
MAX_FILES = 1_000_000
"""Files of one bulk review."""
BLOCK_SIZE = 100_000
"""Reviews."""
_IN_PAGE = reviews.c.seq.between(sa.bindparam("first"), sa.bindparam("last"))
_REVIEWS = sa.select(reviews).where(_IN_PAGE).order_by(reviews.c.seq)
_ANSWERS = sa.select(answers).join(reviews, reviews.c.id == answers.c.review_id).where(_IN_PAGE)
_ANSWERS = _ANSWERS.order_by(answers.c.id)
_ENTRY = sa.select(ledger.c.review_id, ledger.c.seq, ledger.c.entry, ledger_people.c.disclosures)
_ENTRY = _ENTRY.outerjoin(ledger_people, ledger_people.c.seq == ledger.c.seq)
_ENTRIES = _ENTRY.join(reviews, reviews.c.id == ledger.c.review_id).where(_IN_PAGE).order_by(ledger.c.seq)
_ENTRIES_OF = _ENTRY.where(ledger.c.review_id.in_(sa.bindparam("ids", expanding=True)))
_ENTRIES_OF = _ENTRIES_OF.order_by(ledger.c.review_id, ledger.c.seq)
_MARK = f'"type":"{EntryType.REVIEW_REMOVED}"'
"""The type of a removed review's entry in its canonical form, where quotes in a text are escaped."""


def _select_lacking(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[str]]:
    """Return the query for the ids of reviews that a table names and that are not there, each once."""
    is_lacking = ~sa.exists().where(reviews.c.id == table.c.review_id)
    return sa.select(table.c.review_id).where(is_lacking, *conditions).distinct()


_OF_LEDGER = _select_lacking(ledger, ledger.c.review_id != NO_REVIEW).subquery()
# Asked once for each review that is not there, and not for each of its entries.
_WAS_REMOVED = sa.exists().where(ledger.c.review_id == _OF_LEDGER.c.review_id, ledger.c.entry.contains(_MARK))
_LACKING = {
    ledger.name: sa.select(_OF_LEDGER.c.review_id).where(~_WAS_REMOVED).limit(sa.bindparam("most")),
    answers.name: _select_lacking(answers).limit(sa.bindparam("most")),
}
_READ = (
    (reviews, reviews.c.id),
    *((each, each.c.review_id) for each in (answers, bulk_reviews, review_files)),
)
_DERIVED_COLUMNS = ("marks", "answered_at", "answered_late", "took_seconds")


@dataclass(frozen=True, kw_only=True)
class ReviewWithEntries:
    """A review, its entries, its columns for lists, and kind and value of its index rows.

    `files` are those of a bulk review.
    """

    review: Review
    entries: list[dict[str, Any]]
    derived_columns: dict[str, Any]
    index: Pairs
    files: tuple[BulkFile, ...] = ()


@dataclass(frozen=True)
class ConsistentReview:
    """A review that agrees with its entries and its index rows."""


@dataclass(frozen=True, kw_only=True)
class ReviewBlock:
    """Reviews whose numbers are above `after`, and at most `until` if that is set."""

    after: int | None
    until: int | None


@dataclass(frozen=True, kw_only=True)
class UnreadableReview:
    """A review that can't be read: its row or an answer holds a value that was never written."""

    review_id: str
    column: str
    reason: str


CheckedReview = ReviewWithEntries | ConsistentReview | UnreadableReview


@dataclass(frozen=True, kw_only=True)
class StrayIndexRow:
    """An index row that belongs to no review."""

    seq: Any
    kind: str
    value: str


def count_reviews(engine: sa.Engine) -> int:
    with read_only(engine).connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(reviews)).scalar_one()


def split_reviews(engine: sa.Engine, *, block: int = BLOCK_SIZE) -> list[ReviewBlock]:
    """Split all reviews into blocks, in the order of their numbers; new ones belong to the last block."""
    blocks: list[ReviewBlock] = []
    after: int | None = None
    with read_only(engine).connect() as connection:
        while not blocks or after is not None:
            upper = reviews.c.seq > after if after is not None else sa.true()
            query = sa.select(reviews.c.seq).where(upper).order_by(reviews.c.seq)
            until = connection.execute(query.offset(block - 1).limit(1)).scalar()
            blocks.append(ReviewBlock(after=after, until=until))
            after = until
    return blocks


def walk_reviews(engine: sa.Engine, block: ReviewBlock) -> Iterator[CheckedReview | StrayIndexRow]:
    """Yield each review of a block in the order of their numbers.

    A review that does not agree at first glance comes with its entries and index rows.
    """
    with read_only(engine).connect() as connection:
        plan_by_values(connection)
        yield from _walk_block(connection, block.after, block.until)


def find_missing_reviews(engine: sa.Engine, limit: int) -> Iterator[tuple[str, str]]:
    """Yield the ids of missing reviews, each with the table that refers to it: ledger or answers.

    Reviews that retention removed are not missing: their last entry says so. Their answers went with them.
    """
    with read_only(engine).connect() as connection:
        for name, query in _LACKING.items():
            review_ids = connection.execute(query, {"most": limit}).scalars()
            yield from ((str(review_id), name) for review_id in review_ids)


def walk_entries(
    engine: sa.Engine, review_ids: Sequence[str]
) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Yield each of these reviews with its entries in order, read on demand.

    A bulk review has at least one entry for each file: those of many reviews are never in memory together.
    """
    with read_only(engine).connect() as connection:
        streamed = {"yield_per": PAGE_SIZE}
        parameters = {"ids": list(review_ids)}
        with connection.execute(_ENTRIES_OF, parameters, execution_options=streamed) as result:
            for review_id, rows_of in groupby(result, key=lambda row: row.review_id):
                entries = (parse_entry_row(row.seq, row.entry, row.disclosures) for row in rows_of)
                yield review_id, (entry for entry in entries if entry is not None)


def _walk_block(
    connection: sa.Connection, after: int | None, until: int | None
) -> Iterator[CheckedReview | StrayIndexRow]:
    """Yield the reviews whose numbers are above `after`, and at most `until` if that is set."""
    with IndexRows(connection, after, until) as index:
        for page in _iterate_pages(connection, after, until):
            rows_by_seq = {seq: index.take_rows(seq) for seq in dict.fromkeys(seq for seq, _ in page)}
            strays = {seq: before for seq, (before, _) in rows_by_seq.items()}
            for seq, checked in _load_page(
                connection, page, {seq: own_pairs for seq, (_, own_pairs) in rows_by_seq.items()}
            ):
                yield from map(_build_stray, strays.pop(seq, ()))
                yield checked
        yield from map(_build_stray, index.iterate_rest())


def _iterate_pages(connection: sa.Connection, after: int | None, until: int | None) -> Iterator[PageRows]:
    ordered = sa.select(reviews.c.seq, reviews.c.id).order_by(reviews.c.seq).limit(PAGE_SIZE)
    ordered = ordered if until is None else ordered.where(reviews.c.seq <= until)
    while True:
        query = ordered if after is None else ordered.where(reviews.c.seq > after)
        page = [(row.seq, row.id) for row in connection.execute(query)]
        yield page
        if len(page) < PAGE_SIZE:
            return
        after, _ = page[-1]


def _build_stray(row: IndexRow) -> StrayIndexRow:
    return StrayIndexRow(seq=row.seq, kind=row.kind, value=row.value)


def _load_page(
    connection: sa.Connection, page: PageRows, index: Mapping[int, Pairs]
) -> list[tuple[int, CheckedReview]]:
    """Read the reviews of a page together, each with its number; if one can't be read, read each alone.

    `index` has the index rows of each number. If two reviews have one number, both are read.
    """
    try:
        return list(_read_page(connection, page, index))
    except UNREADABLE_ERRORS as error:
        if len(page) == 1:
            return [(seq, _find_unreadable_column(connection, review_id, error)) for seq, review_id in page]
    return [checked for one in page for checked in _load_page(connection, [one], index)]


def _find_unreadable_column(connection: sa.Connection, review_id: str, error: Exception) -> UnreadableReview:
    """Find which column of a review, of its answers or of its files can't be read."""
    for table, key in _READ:
        for column in table.c:
            try:
                connection.execute(sa.select(column).where(key == review_id)).all()
            except UNREADABLE_ERRORS:
                return UnreadableReview(review_id=review_id, column=f"{table.name}.{column.name}", reason="")
    return UnreadableReview(review_id=review_id, column="", reason=str(error))


def _read_page(
    connection: sa.Connection, page: PageRows, index: Mapping[int, Pairs]
) -> Iterator[tuple[int, ReviewWithEntries | ConsistentReview]]:
    """Yield each review from the first number of a page to its last, with its number."""
    if not page:
        return
    bounds = {"first": page[0][0], "last": page[-1][0]}
    answer_rows: dict[str, list[Row]] = defaultdict(list)
    for row in _fetch_rows(connection, _ANSWERS, bounds):
        answer_rows[row["review_id"]].append(row)
    entries = _read_entries(connection, bounds)
    review_rows = list(_fetch_rows(connection, _REVIEWS, bounds))
    bulks = load_summaries(connection, [row["id"] for row in review_rows if row["kind"] == ChangeKind.BULK])
    files = SqlBulkFileRepository(connection)
    for row in review_rows:
        review_id, seq = row["id"], row["seq"]
        if is_consistent(row, answer_rows[review_id], entries[review_id], index[seq]):
            yield seq, ConsistentReview()
            continue
        answered = tuple(map(rows.build_answer, answer_rows[review_id]))
        checked = ReviewWithEntries(
            review=rows.build_review(row, answered, (), bulks.get(review_id)),
            files=tuple(files.list_files(review_id, limit=MAX_FILES)) if review_id in bulks else (),
            entries=entries[review_id],
            derived_columns={name: row[name] for name in (*_DERIVED_COLUMNS, "saves")},
            index=index[seq],
        )
        yield seq, checked


def _read_entries(connection: sa.Connection, bounds: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for review_id, seq, text, people in connection.execute(_ENTRIES, bounds).all():
        if (entry := parse_entry_row(seq, text, people)) is not None:
            entries[review_id].append(entry)
    return entries


def _fetch_rows(connection: sa.Connection, query: sa.Select[Any], bounds: Mapping[str, int]) -> Iterator[Row]:
    """Yield rows as plain dicts, whose members are several times as fast to read."""
    result = connection.execute(query, bounds)
    names = tuple(result.keys())
    for row in result.all():
        yield dict(zip(names, row, strict=True))


def parse_entry_row(seq: int, text: str, people: str | None) -> dict[str, Any] | None:
    """Return an entry with the people that it commits to.

    `None` for a malformed one, which the check of the chain reports.
    """
    try:
        entry = read_json(text)
    except (ValueError, RecursionError, TypeError):
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
        return None
    entry["seq"] = seq
    return reveal_row(entry, text=text, people=people)
