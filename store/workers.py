"""The roll of living workers: who was heard of when, and whose work has to be taken over."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from store.engine import now, reading
from store.schema import cards, workers

SILENT = timedelta(seconds=20)
SILENT_AND_GONE = timedelta(seconds=5)
_RETIRED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Roll:
    """Each process has an id of its own, so that two can never be taken for one.

    Silence is measured by the database's clock: those of two hosts may differ by more than it lasts.
    """

    engine: sa.Engine

    def enlist(self) -> str:
        """Put this process on the roll and return its id."""
        name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.enlist_again(name)
        return name

    def enlist_again(self, name: str) -> None:
        """Put this process back on the roll, under the id that its engine has."""
        row = {"id": name, "host": socket.gethostname(), "pid": os.getpid()}
        with self.engine.begin() as connection:
            at = now(connection)
            connection.execute(sa.insert(workers).values(row | {"started_at": at, "seen_at": at}))

    def beat(self, name: str) -> bool:
        """Say that this process lives; `False` where it was believed dead and its work taken over."""
        update = sa.update(workers).where(workers.c.id == name)
        with self.engine.begin() as connection:
            return connection.execute(update.values(seen_at=now(connection))).rowcount == 1

    def retire(self, name: str) -> None:
        """Hand over what this process leaves unfinished, without waiting to be missed."""
        update = sa.update(workers).where(workers.c.id == name).values(seen_at=_RETIRED)
        with self.engine.begin() as connection:
            connection.execute(update)

    def silence(self) -> timedelta | None:
        """Return for how long no worker was heard of; `None` where none was ever."""
        with reading(self.engine).connect() as connection:
            last = connection.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar_one()
            return now(connection) - last if last else None

    def living(self) -> int:
        """Return how many workers were heard of lately."""
        with reading(self.engine).connect() as connection:
            heard = workers.c.seen_at >= now(connection) - SILENT
            count: int = connection.execute(sa.select(sa.func.count()).where(heard)).scalar_one()
        return count

    def dead(self) -> list[str]:
        """Return those who were silent for too long, or for a moment if their process is gone from here."""
        here = socket.gethostname()
        with reading(self.engine).connect() as connection:
            at = now(connection)
            silent = connection.execute(
                sa.select(workers).where(workers.c.seen_at < at - SILENT_AND_GONE)
            ).all()
        return [
            row.id for row in silent if row.seen_at < at - SILENT or (row.host == here and not _runs(row.pid))
        ]

    def free(self, name: str) -> None:
        """Let go of the cards that a dead process had claimed."""
        # Of all cards those that are claimed have an index, and they are few.
        owned = sa.and_(
            cards.c.claimed_by.is_not(None), cards.c.claimed_by.startswith(f"{name}:", autoescape=True)
        )
        with self.engine.begin() as connection:
            connection.execute(sa.update(cards).where(owned).values(claimed_by=None))

    def strike(self, name: str) -> None:
        """Take a dead process off the roll, after its work was taken over."""
        with self.engine.begin() as connection:
            connection.execute(sa.delete(workers).where(workers.c.id == name))


def _runs(pid: int) -> bool:
    if pid == os.getpid():
        return False  # its number is ours now
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
