"""The rows of the ledger as they stand there, each with what stands beside its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken
from store.engine import is_undecodable, read_only
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    Row = sa.Row[int, str, datetime, str, str, bytes | None]

PAGE_SIZE = 2000
# SQLite may hold a number in a column of bytes, of which so many zeros would be made: it is taken as it is.
_MAC = sa.type_coerce(ledger.c.mac, sa.types.NULLTYPE).label("mac")
SELECT_ROWS = sa.select(ledger.c.seq, ledger.c.review_id, ledger.c.at, ledger.c.hash, ledger.c.entry, _MAC)
SELECT_ROWS = SELECT_ROWS.order_by(ledger.c.seq).limit(PAGE_SIZE)
_PEOPLE = sa.select(ledger_people.c.seq, ledger_people.c.disclosures)
_PEOPLE_BETWEEN = _PEOPLE.where(ledger_people.c.seq.between(sa.bindparam("first"), sa.bindparam("last")))
_PEOPLE_OF = _PEOPLE.where(ledger_people.c.seq.in_(sa.bindparam("numbers", expanding=True)))


def iterate_rows(
    engine: sa.Engine, *, after: int | None, until: int | None
) -> Iterator[tuple[Row, str | None]]:
    """Yield the rows after an entry, and up to another; `None` is no bound.

    They are read page by page, so that no transaction stays open long.

    A row without a number is neither after nor before another: such rows come first.
    """
    if after is None:
        yield from fetch_page(engine, SELECT_ROWS.where(ledger.c.seq.is_(None)))
    query = SELECT_ROWS if until is None else SELECT_ROWS.where(ledger.c.seq <= until)
    page = query if after is None else query.where(ledger.c.seq > after)
    while True:
        batch = fetch_page(engine, page.where(ledger.c.seq.is_not(None)))
        yield from batch
        if len(batch) < PAGE_SIZE:
            return
        page = query.where(ledger.c.seq > batch[-1][0].seq)


def fetch_page(engine: sa.Engine, query: sa.Select[Any]) -> list[tuple[Row, str | None]]:
    """Return rows with what stands beside their entries, as of one moment; raise `LedgerBroken`."""
    with read_only(engine).connect() as connection:
        rows = _fetch_rows(connection, query, {}, table="the ledger")
        people = _fetch_people(connection, [row.seq for row in rows])
    people_by_seq = {each.seq: each.disclosures for each in people}
    if len(people_by_seq) < len(people):
        raise LedgerBroken(f"the table {ledger_people.name} has two rows for one entry")
    return [(row, people_by_seq.get(row.seq)) for row in rows]


def _fetch_people(connection: sa.Connection, numbers: Sequence[Any]) -> Sequence[Any]:
    """Return what stands beside some entries; those of one review may lie far apart."""
    if not numbers:
        return []
    first, last = numbers[0], numbers[-1]
    query, parameters = _PEOPLE_OF, dict[str, Any](numbers=numbers)
    if type(first) is int and type(last) is int and last - first < len(numbers):
        query, parameters = _PEOPLE_BETWEEN, dict[str, Any](first=first, last=last)
    return _fetch_rows(connection, query, parameters, table=ledger_people.name)


def _fetch_rows(
    connection: sa.Connection, query: sa.Select[Any], parameters: Mapping[str, Any], *, table: str
) -> Sequence[Any]:
    try:
        return connection.execute(query, parameters).all()
    except (ValueError, TypeError):  # SQLite stores any value in any column, also one that is no time
        raise LedgerBroken(f"a row of {table} holds what was never written there") from None
    except (sa.exc.ProgrammingError, sa.exc.DataError):
        raise LedgerBroken(f"the columns of {table} are no longer those that it was made with") from None
    except sa.exc.OperationalError as error:
        if not is_undecodable(error):
            raise
        raise LedgerBroken(f"a row of {table} holds what was never written there") from None
