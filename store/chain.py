"""The ledger's rows: appended at the end of a transaction, read back for checking and handing out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ledger import Head, canonical, chained
from store.engine import reading
from store.schema import ledger, ledger_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

READ_AT_ONCE = 500


class Chain:
    """Implements the product's port `Ledger`.

    Entries wait until `write`, the last thing before the commit: the lock on the chain's end is always taken
    after every other lock, so that writers can't block each other in a circle.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._waiting: list[Mapping[str, Any]] = []

    def append(self, body: Mapping[str, Any]) -> None:
        self._waiting.append(body)

    def write(self) -> None:
        if not self._waiting:
            return
        end = head(self._connection, lock=True)
        for body in self._waiting:
            entry = chained(end, body)
            values = {
                "seq": entry["seq"],
                "review_id": entry["review_id"],
                "at": datetime.fromisoformat(entry["at"]),
                "hash": entry["hash"],
                "entry": canonical(entry).decode(),
            }
            self._connection.execute(sa.insert(ledger).values(values))
            end = Head(seq=entry["seq"], hash=entry["hash"])
        self._connection.execute(sa.update(ledger_head).values(seq=end.seq, hash=end.hash))
        self._waiting.clear()


def head(connection: sa.Connection, *, lock: bool = False) -> Head:
    """Return the chain's end; with `lock`, nobody else can append until the transaction ends."""
    query = sa.select(ledger_head.c.seq, ledger_head.c.hash)
    seq, digest = connection.execute(query.with_for_update() if lock else query).one()
    return Head(seq=seq, hash=digest)


def entries(
    engine: sa.Engine,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield entries in order, a page at a time, so that no reader stays long."""
    after = 0
    while True:
        query = sa.select(ledger.c.seq, ledger.c.entry).where(ledger.c.seq > after)
        if since is not None:
            query = query.where(ledger.c.at >= since)
        if until is not None:
            query = query.where(ledger.c.at < until)
        with reading(engine).connect() as connection:
            page = connection.execute(query.order_by(ledger.c.seq).limit(READ_AT_ONCE)).all()
        for seq, text in page:
            after = seq
            yield json.loads(text)
        if len(page) < READ_AT_ONCE:
            return
