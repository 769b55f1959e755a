"""What the ledger says was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.people_commitments import list_erased_commitments
from store.chain import NO_REVIEW
from store.engine import read_json, read_only
from store.ledger_rows import PAGE_SIZE
from store.schema import ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = f'"type":"{EntryType.PEOPLE_ERASED}"'
"""The type of such an entry in its canonical form, where quotes in a text are escaped."""
_ERASURES = (
    sa.select(ledger.c.seq, ledger.c.entry)
    .where(
        ledger.c.review_id == NO_REVIEW,
        ledger.c.seq > sa.bindparam("after"),
        ledger.c.entry.contains(_MARK, autoescape=True),
    )
    .order_by(ledger.c.seq)
)


def iterate_erasures(engine: sa.Engine, *, after: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each entry `people:erased` after one, with the commitments that it lists.

    They are read on demand. What is malformed lists none: the check of the chain reports it.
    """
    streamed = {"yield_per": PAGE_SIZE // 100}
    with (
        read_only(engine).connect() as connection,
        connection.execute(_ERASURES, {"after": after}, execution_options=streamed) as result,
    ):
        for seq, text in result:
            yield seq, _list_commitments(text)


def _list_commitments(text: str) -> list[str]:
    try:
        return list_erased_commitments(read_json(text))
    except (ValueError, TypeError, RecursionError):
        return []
