"""Migrations that end somewhere in the middle, as with their process."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.engine import create_engine
from store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


class Killed(Exception):
    """The process ended here."""


@contextmanager
def killing_after(address: str, most: int) -> Iterator[sa.Engine]:
    """Yield an engine that raises `Killed` in the place of the statement after so many."""
    migrating = create_engine(address)
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        if done > most:
            raise Killed

    sa.event.listen(migrating, "before_cursor_execute", count)
    yield migrating
    migrating.dispose()


def kill_at(address: str, part: str) -> None:
    """Migrate up to the statement that has this part."""
    migrating = create_engine(address)

    @sa.event.listens_for(migrating, "before_cursor_execute")
    def kill(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if part in statement:
            raise Killed

    with suppress(Killed):
        migrate(migrating)
    migrating.dispose()
