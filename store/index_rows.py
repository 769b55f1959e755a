"""The rows of the index in the order of the reviews that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from store.schema import review_index

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_AT_ONCE = 2000


class IndexRows:
    """What the index has of the reviews past `after` and up to `until`; it is never in memory as a whole."""

    def __init__(self, connection: sa.Connection, after: int | None, until: int | None) -> None:
        query = sa.select(review_index).order_by(review_index.c.seq)
        query = query if after is None else query.where(review_index.c.seq > after)
        query = query if until is None else query.where(review_index.c.seq <= until)
        streamed = {"yield_per": READ_AT_ONCE}
        self._rows = connection.execute(query, execution_options=streamed)
        self._next = next(self._rows, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def take(self, seq: int) -> tuple[list[sa.Row[Any]], set[tuple[str, str]]]:
        """Return the rows of no review that come before this one, and kind and value of each of its own.

        SQLite takes text for a number too, which comes after all numbers.
        """
        strays, mine = [], set()
        while self._next is not None and isinstance(self._next.seq, int) and self._next.seq <= seq:
            if self._next.seq == seq:
                mine.add((self._next.kind, self._next.value))
            else:
                strays.append(self._next)
            self._next = next(self._rows, None)
        return strays, mine

    def rest(self) -> Iterator[sa.Row[Any]]:
        """Yield what comes after the last review."""
        while self._next is not None:
            yield self._next
            self._next = next(self._rows, None)
