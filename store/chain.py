"""The ledger's rows: appended at the end of a transaction, read for verification and export."""

from __future__ import annotations

import secrets
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
from reviews.ledger.people_commitments import commit_people
from store.disclosures import format_disclosures, parse_disclosures, reveal_row
from store.engine import ENTRY_KEY, build_by_dialect, is_undecodable, read_only
from store.ledger_rows import PAGE_SIZE, SELECT_ROWS, fetch_page, iterate_rows
from store.postgresql_commit import send_together, share_wait
from store.quick_proof import read_to_verify
from store.schema import ledger, ledger_head, ledger_people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reviews.ledger.entry_macs import MacKey
    from reviews.ledger.hash_chain import ReadEntry
    from reviews.ledger.people_commitments import Disclosures
    from reviews.ports.ledger import LedgerEntry
    from store.ledger_rows import Row

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
# A row that is there before its entry, as after entries were taken out, keeps no one from writing.
_PUT_PEOPLE = build_by_dialect(
    ledger_people,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["seq"], set_={"disclosures": insert.excluded.disclosures}
    ),
)
_PIN = sa.update(ledger_head)
_OF_REVIEW = sa.select(ledger.c.seq, ledger.c.entry, ledger_people.c.disclosures)
_OF_REVIEW = _OF_REVIEW.outerjoin(ledger_people, ledger_people.c.seq == ledger.c.seq)
SALT_BYTES = 16


def make_salt() -> str:
    """Return a new salt for a commitment."""
    return secrets.token_urlsafe(SALT_BYTES)


class _WaitingEntry(NamedTuple):
    """An entry with its commitments, and what stands beside it, as the row holds it."""

    body: LedgerEntry
    people: str | None


class SqlLedgerRepository:
    """The repository `LedgerRepository` on one connection.

    An entry is stored with commitments in place of people, and returned with what they stand for.

    Entries wait until `write_waiting` or `commit_waiting`, the last step of the transaction. So the lock on
    the ledger's head is always taken after every other lock, and writers can't deadlock.
    """

    def __init__(self, connection: sa.Connection, *, make_salt: Callable[[], str] = make_salt) -> None:
        self._connection, self._make_salt = connection, make_salt
        self._waiting: list[_WaitingEntry] = []

    def append(self, body: Mapping[str, Any]) -> None:
        committed, disclosures = commit_people(body, make_salt=self._make_salt)
        people = format_disclosures(disclosures) if disclosures else None
        self._waiting.append(_WaitingEntry(committed, people))

    def list_entries(
        self, review_id: str, *, skip: int = 0, limit: int | None = None
    ) -> list[Mapping[str, Any]]:
        query = _OF_REVIEW.where(*_belong_to(review_id)).order_by(ledger.c.seq).offset(skip)
        result = self._connection.execute(query if limit is None else query.limit(limit)).all()
        return [entry for row in result if (entry := _try_reveal(*row)) is not None]

    def list_last_entries(self, review_id: str, limit: int) -> list[Mapping[str, Any]]:
        query = _OF_REVIEW.where(*_belong_to(review_id)).order_by(ledger.c.seq.desc()).limit(limit)
        result = self._connection.execute(query).all()
        return [entry for row in reversed(result) if (entry := _try_reveal(*row)) is not None]

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
        links, people, mac_key = [], [], self._find_mac_key()
        for waiting in self._waiting:
            entry = chain_entry(end, waiting.body)
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
            if waiting.people is not None:
                people.append({"seq": entry["seq"], "disclosures": waiting.people})
            end = Head(seq=entry["seq"], hash=entry["hash"])
        with send_together(self._connection):
            self._connection.execute(_LINK, links if len(links) > 1 else links[0])
            if people:
                put = _PUT_PEOPLE[self._connection.dialect.name]
                self._connection.execute(put, people if len(people) > 1 else people[0])
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
    for row, _ in iterate_rows(engine, **vars(excerpt.entry_range if excerpt else _ALL)):
        yield row.entry


def iterate_entries(engine: sa.Engine, excerpt: Excerpt | None = None) -> Iterator[LedgerEntry]:
    """Yield a part's entries, or all, in order, with the people that they commit to.

    Raise `LedgerBroken` if columns and entry disagree.
    """
    for each in iterate_stored(engine, excerpt):
        yield each.reveal()


def iterate_stored(engine: sa.Engine, excerpt: Excerpt | None = None) -> Iterator[StoredEntry]:
    """Yield a part's entries, or all, as `read_entries` does."""
    return read_entries(engine, excerpt.entry_range if excerpt else _ALL)


class StoredEntry(NamedTuple):
    """An entry of the database: its number, its text, its MAC, and as it was read.

    `people` is the row of what it commits to, `None` without one.
    """

    seq: int
    text: str
    mac: bytes | None
    read: ReadEntry
    people: str | None = None

    @property
    def leaf(self) -> bytes:
        """The bytes that are the entry's leaf in the tree. Half a surrogate pair was never written."""
        return self.text.encode(errors="surrogatepass")

    @property
    def disclosures(self) -> Disclosures:
        """What stands beside the entry, checked for its form alone; raises `LedgerBroken`."""
        return parse_disclosures(self.people, seq=self.seq)

    def reveal(self) -> LedgerEntry:
        """Return the entry with what stands beside it; it is not to be verified any more."""
        return reveal_row(dict(self.read.entry), text=self.text, people=self.people)


def read_entries(engine: sa.Engine, entry_range: EntryRange) -> Iterator[StoredEntry]:
    """Yield the entries to be verified; raise `LedgerBroken` if columns and entry disagree.

    Queries use the columns, so a changed column would hide an entry, or show it elsewhere.
    """
    for row, people in iterate_rows(engine, after=entry_range.after, until=entry_range.until):
        yield _build_entry(row, people)


def read_mentioning(engine: sa.Engine, text: str, *, until: int) -> Iterator[StoredEntry]:
    """Yield the entries up to a number whose JSON has a text as a string, as `read_entries` does.

    The database looks through all of them in order. Some have the text in another place than was meant.
    """
    query = SELECT_ROWS.where(_mention(text), ledger.c.seq <= until)
    after = 0
    while page := fetch_page(engine, query.where(ledger.c.seq > after)):
        yield from (_build_entry(row, people) for row, people in page)
        after = page[-1][0].seq


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
    page = fetch_page(engine, SELECT_ROWS.where(ledger.c.seq.in_(numbers)))
    entries = [_build_entry(row, people) for row, people in page]
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
    query = SELECT_ROWS.limit(page_size).where(*_belong_to(review_id), ledger.c.seq <= until)
    after = 0
    while page := fetch_page(engine, query.where(ledger.c.seq > after)):
        yield [_build_entry(row, people) for row, people in page]
        after = page[-1][0].seq


def _build_entry(row: Row, people: str | None) -> StoredEntry:
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
    return StoredEntry(seq, text, mac, checked, people)


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
    query = _OF_REVIEW.where(*_belong_to(review_id)).order_by(ledger.c.seq).limit(PAGE_SIZE)
    after = 0
    while page := connection.execute(query.where(ledger.c.seq > after)).all():
        yield from (entry for row in page if (entry := _try_reveal(*row)) is not None)
        after = page[-1].seq


def _try_reveal(seq: int, text: str, people: str | None) -> dict[str, Any] | None:
    try:
        entry = parse_entry(text, label=f"entry {seq}")
    except LedgerBroken:
        return None
    return reveal_row(entry, text=text, people=people)
