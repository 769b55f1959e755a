"""The rows of the index in the order of their reviews."""

from __future__ import annotations

from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from store.schema import review_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = sa.Row[Any, Any, Any]

PAGE_SIZE = 2000
_MARK, _OWNER = itemgetter(0, 1), itemgetter(2)
"""Kind and value of a row, and the number of its review."""


class IndexRows:
    """The index rows of the reviews above `after` and up to `until`; never in memory as a whole."""

    def __init__(self, connection: sa.Connection, after: int | None, until: int | None) -> None:
        columns = (review_index.c.kind, review_index.c.value, review_index.c.seq)
        query = sa.select(*columns).order_by(review_index.c.seq)
        query = query if after is None else query.where(review_index.c.seq > after)
        query = query if until is None else query.where(review_index.c.seq <= until)
        streamed = {"yield_per": PAGE_SIZE}
        self._result = connection.execute(query, execution_options=streamed)
        self._groups = groupby(chain.from_iterable(self._result.partitions()), key=_OWNER)
        self._next = next(self._groups, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._result.close()

    def take_rows(self, seq: int) -> tuple[list[Row], set[tuple[str, str]]]:
        """Return the rows before this review that belong to none, and kind and value of its own rows.

        SQLite accepts text as a number too; text sorts after all numbers.
        """
        strays: list[Row] = []
        while self._next is not None:
            owner, group = self._next
            if not isinstance(owner, int) or owner > seq:
                break
            if owner == seq:
                own_pairs = set(map(_MARK, group))
                self._next = next(self._groups, None)
                return strays, own_pairs
            strays += group
            self._next = next(self._groups, None)
        return strays, set()

    def iterate_rest(self) -> Iterator[Row]:
        """Yield the rows after the last review."""
        while self._next is not None:
            yield from self._next[1]
            self._next = next(self._groups, None)
