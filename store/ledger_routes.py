"""The names of the routes that entries of the ledger are on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken, encode_canonical, parse_entry
from store.engine import is_undecodable, read_only
from store.schema import ledger

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROUTE = '"route":'
"""The member's name in canonical form, where quotes in a text are escaped."""
_NAMED = (
    sa.select(ledger.c.seq, ledger.c.entry)
    .where(ledger.c.entry.contains(f'{_ROUTE}"', autoescape=True))
    .order_by(ledger.c.seq)
    .limit(1)
)


def list_route_names(engine: sa.Engine, *, limit: int) -> list[str]:
    """Return the first names in order of the ledger, at most `limit`; raise `LedgerBroken`.

    The database looks through the entries once, and hands out one for each name.
    """
    names: dict[str, None] = {}
    after = 0
    with read_only(engine).connect() as connection:
        while len(names) < limit and (row := _fetch_next(connection, names, after=after)):
            after = row.seq
            name = parse_entry(row.entry, label=f"entry {row.seq}").get("route")
            if isinstance(name, str):
                names[name] = None
    return list(names)


def _fetch_next(connection: sa.Connection, names: Iterable[str], *, after: int) -> sa.Row[int, str] | None:
    """Return the first entry after another that has none of these names; `None` if there is none."""
    query = _NAMED.where(ledger.c.seq > after, *map(_lacks_name, names))
    try:
        return connection.execute(query).one_or_none()
    except sa.exc.OperationalError as error:
        if not is_undecodable(error):
            raise
        raise LedgerBroken("a row of the ledger holds what was never written there") from None


def _lacks_name(name: str) -> sa.ColumnElement[bool]:
    """Return the condition that an entry has another name, which LIKE would take for it in other case."""
    written = f"{_ROUTE}{encode_canonical([name]).decode()[1:-1]}"
    return sa.func.replace(ledger.c.entry, written, "") == ledger.c.entry
