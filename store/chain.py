"""The ledger's rows: appended at the end of a transaction, read for verification and export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from reviews.ledger.hash_chain import (
    TYPES_OF_REVIEWS,
    Head,
    LedgerBroken,
    chain_entry,
    encode_canonical,
    parse_entry,
)
from reviews.ledger.ledger_entries import format_moment
from store.engine import ENTRY_KEY, is_undecodable, read_only
from store.postgresql_commit import send_together, share_wait
from store.quick_proof import read_to_verify
from store.schema import ledger, ledger_head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reviews.ledger.entry_macs import MacKey
    from reviews.ledger.hash_chain import ReadEntry
    from reviews.ports.ledger import LedgerEntry

    _Row = sa.Row[int, str, datetime, str, str, bytes | None]

PAGE_SIZE = 2000
MAX_ENTRY_NUMBER = 2**31 - 1
"""The largest entry number: the column is a 32-bit integer."""
NO_REVIEW = ""
"""What the column `review_id` holds in the row of an entry that belongs to no review."""

# Each commit needs these statements: they are built once.
_HEAD = sa.select(ledger_head.c.seq, ledger_head.c.hash)
_LOCKED_HEAD = _HEAD.with_for_update()
# PostgreSQL only: the transaction's commit does not wait for the disk, so others get the lock before that.
_LOCKED_HEAD_NO_FLUSH = _HEAD.add_columns(
    sa.func.set_config("synchronous_commit", "off", sa.true())
).with_for_update()
_LINK = sa.insert(ledger)
_PIN = sa.update(ledger_head)
# SQLite may hold a number in a column of bytes, of which so many zeros would be made: it is taken as it is.
_MAC = sa.type_coerce(ledger.c.mac, sa.types.NULLTYPE).label("mac")
_ROWS = sa.select(ledger.c.seq, ledger.c.review_id, ledger.c.at, ledger.c.hash, ledger.c.entry, _MAC)
_ROWS = _ROWS.order_by(ledger.c.seq).limit(PAGE_SIZE)


class SqlLedgerRepository:
    """The repository `LedgerRepository` on one connection.

    Entries wait until `write_waiting` or `commit_waiting`, the last step of the transaction. So the lock on
    the ledger's head is always taken after every other lock, and writers can't deadlock.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._waiting: list[Mapping[str, Any]] = []

    def append(self, body: Mapping[str, Any]) -> None:
        self._waiting.append(body)

    def list_entries(
        self, review_id: str, *, skip: int = 0, limit: int | None = None
    ) -> list[Mapping[str, Any]]:
        query = sa.select(ledger.c.seq, ledger.c.entry).where(*_belong_to(review_id))
        query = query.order_by(ledger.c.seq).offset(skip)
        result = self._connection.execute(query if limit is None else query.limit(limit)).all()
        return [entry for row in result if (entry := _try_parse(row.seq, row.entry)) is not None]

    def list_last_entries(self, review_id: str, limit: int) -> list[Mapping[str, Any]]:
        query = sa.select(ledger.c.seq, ledger.c.entry).where(*_belong_to(review_id))
        result = self._connection.execute(query.order_by(ledger.c.seq.desc()).limit(limit)).all()
        return [entry for row in reversed(result) if (entry := _try_parse(row.seq, row.entry)) is not None]

    def get_last_seq(self) -> int:
        return read_head(self._connection).seq

    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def write_waiting(self) -> None:
        """Write the entries; no other writer can append from now on until the transaction ends."""
        if self._waiting:
            self._write(_lock_head(self._connection, flush_later=False))

    def commit_waiting(self, transaction: sa.Transaction) -> None:
        """Write the entries and commit; return when they are on the disk."""
        with share_wait(self._connection) as flush_later:
            head = _lock_head(self._connection, flush_later=flush_later)
            self._write(head)
            transaction.commit()

    def _write(self, end: Head) -> None:
        links, mac_key = [], self._find_mac_key()
        for body in self._waiting:
            entry = chain_entry(end, body)
            encoded = encode_canonical(entry)
            values = {
                "seq": entry["seq"],
                "review_id": NO_REVIEW if entry["review_id"] is None else entry["review_id"],
                "at": datetime.fromisoformat(entry["at"]),
                "hash": entry["hash"],
                "entry": encoded.decode(),
                "mac": mac_key.compute_mac(encoded) if mac_key else None,
            }
            links.append(values)
            end = Head(seq=entry["seq"], hash=entry["hash"])
        with send_together(self._connection):
            self._connection.execute(_LINK, links if len(links) > 1 else links[0])
            self._connection.execute(_PIN, {"seq": end.seq, "hash": end.hash})
        self._waiting.clear()

    def _find_mac_key(self) -> MacKey | None:
        find_key: Callable[[], MacKey | None] | None = self._connection.get_execution_options().get(ENTRY_KEY)
        return find_key() if find_key else None


def read_head(connection: sa.Connection) -> Head:
    """Return the ledger's head."""
    seq, digest = connection.execute(_HEAD).one()
    return Head(seq=seq, hash=digest)


def _lock_head(connection: sa.Connection, *, flush_later: bool) -> Head:
    """Return the head, and let no other writer append until the transaction ends."""
    is_postgresql = connection.dialect.name == "postgresql"
    query = _LOCKED_HEAD_NO_FLUSH if flush_later and is_postgresql else _LOCKED_HEAD
    seq, digest, *_ = connection.execute(query).one()
    return Head(seq=seq, hash=digest)


def read_pinned_head(engine: sa.Engine) -> Head:
    """Return the ledger's head; raise `LedgerBroken` if the row was deleted or another was added."""
    try:
        with read_only(engine).connect() as connection:
            head = read_head(connection)
    except (sa.exc.NoResultFound, sa.exc.MultipleResultsFound):
        raise LedgerBroken("the row that pins the chain's end is not there, or not alone") from None
    except sa.exc.OperationalError as error:
        if not is_undecodable(error):
            raise
        raise LedgerBroken("the row that pins the chain's end holds what was never written there") from None
    # A column whose type was removed takes any value; on SQLite any column does.
    if not isinstance(head.seq, int) or head.seq > MAX_ENTRY_NUMBER:
        raise LedgerBroken("the row that pins the chain's end holds what was never written there")
    return head


@dataclass(frozen=True, kw_only=True)
class EntryRange:
    """The entries after one, and up to another; `None` is no bound.

    Values between two whole numbers belong to a range too: the column's type may have been changed.
    """

    after: int | None
    until: int | None


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """A part of the chain: its first and last entry, and how many of its entries are outside a period."""

    first: int
    last: int
    outside: int

    @property
    def entry_range(self) -> EntryRange:
        return EntryRange(after=self.first - 1, until=self.last)


_ALL = EntryRange(after=None, until=None)


def find_excerpt(engine: sa.Engine, *, since: datetime | None, until: datetime | None) -> Excerpt:
    """Return the smallest part that has all entries from `since` on and before `until`.

    Times do not always rise with the numbers: the clocks of hosts differ, and a clock can be set back. So
    entries of other times may lie in between. Without them the chain would seem to have a gap.
    """
    query = sa.select(sa.func.min(ledger.c.seq), sa.func.max(ledger.c.seq), sa.func.count())
    query = query if since is None else query.where(ledger.c.at >= since)
    query = query if until is None else query.where(ledger.c.at < until)
    with read_only(engine).connect() as connection:
        first, last, count = connection.execute(query).one()
    if first is None:
        return Excerpt(first=1, last=0, outside=0)
    return Excerpt(first=first, last=last, outside=last - first + 1 - count)


def split_chain(end: int, *, size: int) -> list[EntryRange]:
    """Split a chain that ends at an entry into ranges of `size`; the last range has no upper bound."""
    borders = range(size, end, size)
    return [
        EntryRange(after=after, until=until)
        for after, until in zip([None, *borders], [*borders, None], strict=True)
    ]


def iterate_texts(engine: sa.Engine, excerpt: Excerpt | None = None) -> Iterator[str]:
    """Yield the texts of a part's entries, or of all entries, in order, as they were written."""
    for row in _iterate_rows(engine, excerpt.entry_range if excerpt else _ALL):
        yield row.entry


def iterate_entries(engine: sa.Engine, excerpt: Excerpt | None = None) -> Iterator[LedgerEntry]:
    """Yield a part's entries, or all, in order; raise `LedgerBroken` if columns and entry disagree."""
    for each in read_entries(engine, excerpt.entry_range if excerpt else _ALL):
        yield each.read.entry


class StoredEntry(NamedTuple):
    """An entry of the database: its number, its text, its MAC, and as it was read."""

    seq: int
    text: str
    mac: bytes | None
    read: ReadEntry

    @property
    def leaf(self) -> bytes:
        """The bytes that are the entry's leaf in the tree. Half a surrogate pair was never written."""
        return self.text.encode(errors="surrogatepass")


def read_entries(engine: sa.Engine, entry_range: EntryRange) -> Iterator[StoredEntry]:
    """Yield the entries to be verified; raise `LedgerBroken` if columns and entry disagree.

    Queries use the columns, so a changed column would hide an entry, or show it elsewhere.
    """
    for row in _iterate_rows(engine, entry_range):
        yield _build_entry(row)


def read_mentioning(engine: sa.Engine, text: str, *, until: int) -> Iterator[StoredEntry]:
    """Yield the entries up to a number whose JSON has a text as a string, as `read_entries` does.

    The database looks through all of them in order. Some have the text in another place than was meant.
    """
    query = _ROWS.where(_mention(text), ledger.c.seq <= until)
    after = 0
    while page := _fetch_page(engine, query.where(ledger.c.seq > after)):
        yield from map(_build_entry, page)
        after = page[-1].seq


def find_last_mention(engine: sa.Engine, text: str) -> int:
    """Return the number of the last entry whose JSON has a text as a string; 0 without any."""
    query = sa.select(ledger.c.seq).where(_mention(text)).order_by(ledger.c.seq.desc()).limit(1)
    with read_only(engine).connect() as connection:
        number: int | None = connection.execute(query).scalar_one_or_none()
    return number or 0


def _mention(text: str) -> sa.ColumnElement[bool]:
    quoted = encode_canonical([text]).decode()[1:-1]
    return ledger.c.entry.contains(quoted, autoescape=True)


def read_numbered(engine: sa.Engine, numbers: Sequence[int]) -> list[StoredEntry]:
    """Return the entries with these numbers, at most `PAGE_SIZE`, in the order of the ledger."""
    entries = [_build_entry(row) for row in _fetch_page(engine, _ROWS.where(ledger.c.seq.in_(numbers)))]
    if len(entries) < len(set(numbers)):
        raise LedgerBroken("an entry is missing that was there a moment ago")
    return entries


@dataclass(frozen=True, kw_only=True)
class EntryCount:
    """How many entries a review has, and the number of the last one."""

    count: int
    last: int


def count_entries_of(engine: sa.Engine, review_id: str) -> EntryCount:
    """Return how many entries a review has; those of a removed one stay."""
    query = sa.select(sa.func.count(), sa.func.max(ledger.c.seq)).where(*_belong_to(review_id))
    with read_only(engine).connect() as connection:
        count, last = connection.execute(query).one()
    return EntryCount(count=count, last=last or 0)


def read_pages_of(
    engine: sa.Engine, review_id: str, *, until: int, page_size: int
) -> Iterator[list[StoredEntry]]:
    """Yield the entries of a review up to a number, as `read_entries` does, so many at a time."""
    query = _ROWS.limit(page_size).where(*_belong_to(review_id), ledger.c.seq <= until)
    after = 0
    while page := _fetch_page(engine, query.where(ledger.c.seq > after)):
        yield [_build_entry(row) for row in page]
        after = page[-1].seq


def _build_entry(row: _Row) -> StoredEntry:
    """Return the entry of a row, or raise `LedgerBroken`."""
    seq, review_id, at, digest, text, mac = row
    checked = read_to_verify(text, label=f"entry {seq}")
    of_review = None if review_id == NO_REVIEW else review_id
    columns = {"seq": seq, "review_id": of_review, "at": format_moment(at), "hash": digest}
    _compare_columns(columns, checked.entry)
    if of_review is None:
        _require_no_review(seq, checked.entry)
    if not checked.proven:
        _require_canonical(seq, text, checked.entry)
    return StoredEntry(seq, text, mac, checked)


def _belong_to(review_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for the entries of a review; the empty id is that of none."""
    return ledger.c.review_id == review_id, ledger.c.review_id != NO_REVIEW


def _require_no_review(seq: int, entry: LedgerEntry) -> None:
    """Refuse an entry on a review that names none: it would be missing beside its review."""
    if entry.get("type") in TYPES_OF_REVIEWS:
        raise LedgerBroken(f"entry {seq} is on a review and names none")


def _require_canonical(seq: int, text: str, entry: LedgerEntry) -> None:
    """Refuse an entry that is spelled otherwise: the chain is over its values, and its leaf over the text."""
    try:
        is_canonical = encode_canonical(entry).decode() == text
    except (ValueError, RecursionError):  # a value that no entry of ours can hold
        is_canonical = False
    if not is_canonical:
        raise LedgerBroken(f"entry {seq} was changed after it was written")


def _compare_columns(columns: Mapping[str, Any], entry: LedgerEntry) -> None:
    if columns.items() <= entry.items():  # nearly always
        return
    # A member that neither has is reported when the chain is verified.
    for name, value in columns.items():
        if entry.get(name) != value:
            raise LedgerBroken(f"the row of entry {columns['seq']} has another {name} than the entry itself")


def walk_entries_of(connection: sa.Connection, review_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of a review in order, page by page: a bulk review has one for each file."""
    query = sa.select(ledger.c.seq, ledger.c.entry).where(*_belong_to(review_id))
    query = query.order_by(ledger.c.seq).limit(PAGE_SIZE)
    after = 0
    while page := connection.execute(query.where(ledger.c.seq > after)).all():
        yield from (entry for row in page if (entry := _try_parse(row.seq, row.entry)) is not None)
        after = page[-1].seq


def _try_parse(seq: int, text: str) -> dict[str, Any] | None:
    try:
        return parse_entry(text, label=f"entry {seq}")
    except LedgerBroken:
        return None


def _iterate_rows(engine: sa.Engine, entry_range: EntryRange) -> Iterator[_Row]:
    """Read page by page, so that no transaction stays open long.

    A row without a number is neither after nor before another: such rows come first.
    """
    if entry_range.after is None:
        yield from _fetch_page(engine, _ROWS.where(ledger.c.seq.is_(None)))
    query = _ROWS if entry_range.until is None else _ROWS.where(ledger.c.seq <= entry_range.until)
    page = query if entry_range.after is None else query.where(ledger.c.seq > entry_range.after)
    while True:
        batch = _fetch_page(engine, page.where(ledger.c.seq.is_not(None)))
        yield from batch
        if len(batch) < PAGE_SIZE:
            return
        page = query.where(ledger.c.seq > batch[-1].seq)


def _fetch_page(engine: sa.Engine, query: sa.Select[Any]) -> Sequence[_Row]:
    try:
        with read_only(engine).connect() as connection:
            return connection.execute(query).all()
    except (ValueError, TypeError):  # SQLite stores any value in any column, also one that is no time
        raise LedgerBroken("a row of the ledger holds what was never written there") from None
    except (sa.exc.ProgrammingError, sa.exc.DataError):
        raise LedgerBroken("the columns of the ledger are no longer those that it was made with") from None
    except sa.exc.OperationalError as error:
        if not is_undecodable(error):
            raise
        raise LedgerBroken("a row of the ledger holds what was never written there") from None
