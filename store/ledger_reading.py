"""The ledger's entries as they are verified and exported: ranges of the chain, read page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from reviews.ledger.hash_chain import TYPES_OF_REVIEWS, LedgerBroken, encode_canonical
from reviews.ledger.ledger_entries import format_moment
from store.chain import NO_REVIEW, belong_to
from store.disclosures import parse_disclosures, reveal_row
from store.engine import read_only
from store.ledger_rows import SELECT_ROWS, fetch_page, iterate_rows
from store.quick_proof import read_to_verify
from store.schema import ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from reviews.ledger.hash_chain import ReadEntry
    from reviews.ledger.people_commitments import Disclosures
    from reviews.ports.ledger import LedgerEntry
    from store.ledger_rows import Row


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
    for row, _ in _iterate_rows(engine, excerpt.entry_range if excerpt else _ALL):
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
    for row, people in _iterate_rows(engine, entry_range):
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
    query = sa.select(sa.func.count(), sa.func.max(ledger.c.seq)).where(*belong_to(review_id))
    with read_only(engine).connect() as connection:
        count, last = connection.execute(query).one()
    return EntryCount(count=count, last=last or 0)


def read_pages_of(
    engine: sa.Engine, review_id: str, *, until: int, page_size: int
) -> Iterator[list[StoredEntry]]:
    """Yield the entries of a review up to a number, as `read_entries` does, so many at a time."""
    query = SELECT_ROWS.limit(page_size).where(*belong_to(review_id), ledger.c.seq <= until)
    after = 0
    while page := fetch_page(engine, query.where(ledger.c.seq > after)):
        yield [_build_entry(row, people) for row, people in page]
        after = page[-1][0].seq


def _iterate_rows(engine: sa.Engine, entry_range: EntryRange) -> Iterator[tuple[Row, str | None]]:
    return iterate_rows(engine, after=entry_range.after, until=entry_range.until)


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


def _require_no_review(seq: int, entry: LedgerEntry) -> None:
    """Refuse an entry on a review that names none: it would be missing beside its review."""
    kind = entry.get("type")
    if isinstance(kind, str) and kind in TYPES_OF_REVIEWS:
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
