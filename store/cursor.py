"""A psycopg cursor that describes the columns of a result on demand.

SQLAlchemy takes the description of each result, but reads it only once for each statement it compiles. For
all columns of a review, making it takes longer than everything else that a client does for a query.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable


class Columns(Sequence[Any]):
    """A number of columns, described when one is read."""

    def __init__(self, count: int, describe: Callable[[], list[psycopg.Column]]) -> None:
        self._count, self._describe = count, describe

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        return iter(self._describe())

    def __getitem__(self, index: Any) -> Any:
        return self._describe()[index]


class Cursor(psycopg.Cursor[Any]):
    @property
    def description(self) -> Any:
        result = self.pgresult
        if result is None or not result.nfields:
            return super().description
        return Columns(result.nfields, self._describe)

    def _describe(self) -> list[psycopg.Column]:
        return super().description or []
