"""The roll of living workers: who was heard of when, and whose work has to be taken over."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.engine import insert_into, read_database_time, read_only
from store.schema import cards, workers

if TYPE_CHECKING:
    from collections.abc import Sequence

SILENCE_TIMEOUT = timedelta(seconds=20)
GONE_SILENCE_TIMEOUT = timedelta(seconds=5)
MAX_HEARTBEAT_GAP = timedelta(seconds=6)
"""Between two beats of a worker that beats every other second. After a longer one it does not judge others by
their silence, until it has beaten without a gap for as long as they may be silent."""
_RETIRED = datetime(1970, 1, 1, tzinfo=UTC)
_BOOT, _SPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
_BEATS = sa.select(workers.c.seen_at, workers.c.overdue)


@dataclass(frozen=True, kw_only=True)
class WorkerRow:
    """A row of the roll."""

    id: str
    host: str
    pid: int
    seen_at: datetime

    @property
    def has_retired(self) -> bool:
        return self.seen_at == _RETIRED

    @property
    def is_gone(self) -> bool:
        """Whether it was a process of this host that does not run any more."""
        return self.host == find_host() and not _runs(self.pid)


@dataclass(frozen=True, kw_only=True)
class Roster:
    """What a worker finds on the roll as it beats, by the database's clock.

    `gap` is how long ago its own beat before this one was, and `None` where others believed it dead.
    """

    at: datetime
    gap: timedelta | None
    others: tuple[WorkerRow, ...]

    @property
    def is_steady(self) -> bool:
        """Whether this beat followed the last one in time; if not, the others may have missed theirs too."""
        return self.gap is not None and timedelta() <= self.gap <= MAX_HEARTBEAT_GAP

    @property
    def living_count(self) -> int:
        """How many workers were heard of lately, this one included."""
        return 1 + sum(self._silence(other) <= SILENCE_TIMEOUT for other in self.others)

    def find_dead(self, *, steady_for: timedelta) -> list[WorkerRow]:
        """Return those whose work is to be taken over.

        Those that have signed off, those whose process is gone from this host, and those that were silent
        for too long: that only where the one who judges has beaten for as long without a gap. After a
        database that was away, everybody's last beat is old.
        """
        return [
            other
            for other in self.others
            if other.has_retired
            or (self._silence(other) > GONE_SILENCE_TIMEOUT and other.is_gone)
            or (self._silence(other) > SILENCE_TIMEOUT and steady_for >= SILENCE_TIMEOUT)
        ]

    def _silence(self, other: WorkerRow) -> timedelta:
        return self.at - other.seen_at


@dataclass(frozen=True, kw_only=True)
class WorkerHealth:
    """For how long no worker has beaten, `None` where none ever did; which rounds of the living hang."""

    silence: timedelta | None
    overdue_rounds: tuple[str, ...]


def find_worker_health(connection: sa.Connection, at: datetime) -> WorkerHealth:
    """Return how the workers' heartbeats stand; `at` is the time by the database's clock."""
    found = connection.execute(_BEATS).all()
    last = max((row.seen_at for row in found), default=None)
    overdue = sorted(name for row in found if at - row.seen_at <= SILENCE_TIMEOUT for name in row.overdue)
    return WorkerHealth(silence=at - last if last else None, overdue_rounds=tuple(overdue))


@dataclass(frozen=True)
class WorkerRegistry:
    """Each process has an id of its own, so that two can never be taken for one.

    Silence is measured by the database's clock: those of two hosts may differ by more than it lasts.
    """

    engine: sa.Engine

    def register(self) -> str:
        """Put this process on the roll and return its id."""
        name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.register_again(name)
        return name

    def register_again(self, name: str) -> None:
        """Put this process back on the roll, under the id that its engine has; its row may be there still."""
        own = {"host": find_host(), "pid": os.getpid(), "overdue": list[str]()}
        with self.engine.begin() as connection:
            at = read_database_time(connection)
            own |= {"started_at": at, "seen_at": at}
            insert = insert_into(connection, workers).values(id=name, **own)
            connection.execute(insert.on_conflict_do_update(index_elements=[workers.c.id], set_=own))

    def record_heartbeat(self, name: str, *, overdue: Sequence[str] = ()) -> Roster:
        """Say that this process lives, and which of its rounds have not ended for long; return what it finds.

        Its own row is looked at first, as it was: it may be as old as those of the others.
        """
        with self.engine.begin() as connection:
            own = sa.select(workers.c.seen_at).where(workers.c.id == name).with_for_update()
            seen_at: datetime | None = connection.execute(own).scalar_one_or_none()
            at = read_database_time(connection)
            columns = (workers.c.id, workers.c.host, workers.c.pid, workers.c.seen_at)
            others = connection.execute(sa.select(*columns).where(workers.c.id != name)).mappings().all()
            update = sa.update(workers).where(workers.c.id == name)
            connection.execute(update.values(seen_at=at, overdue=list(overdue)))
        return Roster(
            at=at,
            gap=at - seen_at if seen_at else None,
            others=tuple(WorkerRow(**other) for other in others),
        )

    def retire(self, name: str) -> None:
        """Hand over what this process leaves unfinished, without waiting to be missed."""
        update = sa.update(workers).where(workers.c.id == name).values(seen_at=_RETIRED, overdue=[])
        with self.engine.begin() as connection:
            connection.execute(update)

    def list_names(self) -> set[str]:
        """Return the ids of all who are on the roll, the living and the dead."""
        with read_only(self.engine).connect() as connection:
            return set(connection.execute(sa.select(workers.c.id)).scalars())

    def has_heartbeat_since(self, found: WorkerRow) -> bool:
        """Say whether a worker was heard of, or taken off the roll, after it was found dead."""
        same = sa.select(workers.c.id).where(workers.c.id == found.id, workers.c.seen_at == found.seen_at)
        with read_only(self.engine).connect() as connection:
            return connection.execute(same).first() is None

    def release_cards(self, name: str) -> None:
        """Let go of the cards that a dead process had claimed.

        One by one: it never waits for a card while it holds another.
        """
        # Of all cards those that are claimed have an index, and they are few.
        owned = sa.and_(
            cards.c.claimed_by.is_not(None), cards.c.claimed_by.startswith(f"{name}:", autoescape=True)
        )
        with read_only(self.engine).connect() as connection:
            found = connection.execute(sa.select(cards.c.id).where(owned)).scalars().all()
        for card in found:
            with self.engine.begin() as connection:
                connection.execute(sa.update(cards).where(owned, cards.c.id == card).values(claimed_by=None))

    def remove(self, name: str, *, seen_at: datetime) -> None:
        """Take a dead process off the roll, after its work was taken over; not one that has beaten since."""
        found = sa.and_(workers.c.id == name, workers.c.seen_at == seen_at)
        with self.engine.begin() as connection:
            connection.execute(sa.delete(workers).where(found))


@cache
def find_host() -> str:
    """Return where the number of a process means that process: a host's name, its boot, a space of processes.

    Containers may have one name, and in most of them the worker is number 1. Where Linux does not tell boot
    and space, the name has to do.
    """
    name = socket.gethostname()
    try:
        boot, space = _BOOT.read_text(encoding="ascii").strip(), _SPACE.stat().st_ino
    except OSError:
        return name
    return f"{name} {boot} {space}"


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
