"""The ledger's rows: appended at the end of a transaction, with its head, and read by review."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from reviews.ledger.hash_chain import (
    Head,
    LedgerBroken,
    chain_entry,
    encode_canonical,
    parse_entry,
)
from reviews.ledger.people_commitments import commit_people
from store.disclosures import format_disclosures, reveal_row
from store.engine import ENTRY_KEY, build_by_dialect, is_undecodable, read_only
from store.ledger_rows import PAGE_SIZE
from store.postgresql_commit import send_together, share_wait
from store.schema import ledger, ledger_head, ledger_people
from store.tallies import CLICK_TO_ANSWER, add_observation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

    from reviews.ledger.entry_macs import MacKey
    from reviews.ports.ledger import LedgerEntry

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
        self._waiting_times: list[tuple[str, Callable[[], timedelta]]] = []

    def append(self, body: Mapping[str, Any]) -> None:
        committed, disclosures = commit_people(body, make_salt=self._make_salt)
        people = format_disclosures(disclosures) if disclosures else None
        self._waiting.append(_WaitingEntry(committed, people))

    def time_answer(self, identity: str, measure: Callable[[], timedelta]) -> None:
        self._waiting_times.append((identity, measure))

    def list_entries(
        self, review_id: str, *, skip: int = 0, limit: int | None = None
    ) -> list[Mapping[str, Any]]:
        query = _OF_REVIEW.where(*belong_to(review_id)).order_by(ledger.c.seq).offset(skip)
        result = self._connection.execute(query if limit is None else query.limit(limit)).all()
        return [entry for row in result if (entry := _try_reveal(*row)) is not None]

    def list_last_entries(self, review_id: str, limit: int) -> list[Mapping[str, Any]]:
        query = _OF_REVIEW.where(*belong_to(review_id)).order_by(ledger.c.seq.desc()).limit(limit)
        result = self._connection.execute(query).all()
        return [entry for row in reversed(result) if (entry := _try_reveal(*row)) is not None]

    def list_after(self, seq: int, *, limit: int) -> list[Mapping[str, Any]]:
        query = _OF_REVIEW.where(ledger.c.seq > seq).order_by(ledger.c.seq).limit(limit)
        result = self._connection.execute(query).all()
        return [entry for row in result if (entry := _try_reveal(*row)) is not None]

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
            for identity, measure in self._waiting_times:
                add_observation(self._connection, CLICK_TO_ANSWER, identity, measure())
        self._waiting.clear()
        self._waiting_times.clear()

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


def belong_to(review_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for the entries of a review; the empty id is that of none."""
    return ledger.c.review_id == review_id, ledger.c.review_id != NO_REVIEW


def walk_entries_of(connection: sa.Connection, review_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of a review in order, page by page: a bulk review has one for each file."""
    query = _OF_REVIEW.where(*belong_to(review_id)).order_by(ledger.c.seq).limit(PAGE_SIZE)
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
