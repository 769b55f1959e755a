"""What the ledger says was erased, and rows of people beside it that belong to no entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ledger.hash_chain import EntryType
from store.chain import NO_REVIEW
from store.engine import read_json, read_only
from store.ledger_rows import PAGE_SIZE
from store.schema import ledger, ledger_people

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
_LAST = sa.select(sa.func.coalesce(sa.func.max(ledger.c.seq), 0)).scalar_subquery()
_SEQ = ledger_people.c.seq
# Each of these is found by the index; one query for all would read through the table.
_STRAYS = tuple(
    sa.select(_SEQ).where(condition).order_by(_SEQ).limit(sa.bindparam("most"))
    for condition in (_SEQ.is_(None), _SEQ < 1, _SEQ > _LAST)
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


def find_strays(engine: sa.Engine, limit: int) -> list[int | None]:
    """Return the numbers of rows of people before the first entry and after the last; usually there are none.

    `None` is that of a row without a number. There are at most `limit` of each. In between there is an entry
    for each number, or the chain has a gap.
    """
    with read_only(engine).connect() as connection:
        return [seq for query in _STRAYS for seq in connection.execute(query, {"most": limit}).scalars()]


def _list_commitments(text: str) -> list[str]:
    try:
        entry = read_json(text)
        if entry["type"] != EntryType.PEOPLE_ERASED:
            return []
        return [each for each in entry["commitments"] if isinstance(each, str)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
