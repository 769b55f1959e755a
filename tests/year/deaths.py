"""Processes that die in the middle of their work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.unit_of_work import SqlUnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa


class KilledError(Exception):
    """The process died."""


class DyingUnitOfWork(SqlUnitOfWork):
    """A transaction whose process dies now and then, just before its commit or just after it."""

    def __init__(self, engine: sa.Engine, *, dies: Callable[[], bool], reading: bool = False) -> None:
        super().__init__(engine, reading=reading)
        self._dies = dies

    def commit(self) -> None:
        if self._dies():
            raise KilledError
        super().commit()
        if self._dies():
            raise KilledError
