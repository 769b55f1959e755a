"""The register of live workers: their heartbeats, and whose work must be taken over."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import insert_into, read_only
from store.schema import workers

if TYPE_CHECKING:
    from collections.abc import Sequence

SILENCE_TIMEOUT = timedelta(seconds=20)
GONE_SILENCE_TIMEOUT = timedelta(seconds=5)
MAX_HEARTBEAT_GAP = timedelta(seconds=6)
"""The longest gap between two heartbeats, which come every other second.

After a longer gap a worker does not judge others by their silence, until it has had no gap for as long as
they may be silent.
"""
_RETIRED = datetime(1970, 1, 1, tzinfo=UTC)
_BOOT, _SPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
_BEATS = sa.select(workers.c.seen_at, workers.c.overdue)


@dataclass(frozen=True, kw_only=True)
class WorkerRow:
    """A row of the register."""

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
        return self.host == find_host() and not _is_running(self.pid)


@dataclass(frozen=True, kw_only=True)
class Roster:
    """What a worker reads from the register at its heartbeat, by the database's clock.

    `gap` is the time since its previous heartbeat, `None` if others believed it dead.
    """

    at: datetime
    gap: timedelta | None
    others: tuple[WorkerRow, ...]

    @property
    def is_steady(self) -> bool:
        """Whether this heartbeat followed the last one in time; if not, others may have missed theirs too."""
        return self.gap is not None and timedelta() <= self.gap <= MAX_HEARTBEAT_GAP

    @property
    def living_count(self) -> int:
        """The number of workers with a recent heartbeat, this one included."""
        return 1 + sum(self._measure_silence(other) <= SILENCE_TIMEOUT for other in self.others)

    def find_dead(self, *, steady_for: timedelta) -> list[WorkerRow]:
        """Return the workers whose work must be taken over.

        Those are workers that retired, whose process is gone from this host, or that were silent for too
        long. The last only counts if this worker has had no gap for as long: after the database was away,
        every worker's last heartbeat is old.
        """
        return [
            other
            for other in self.others
            if other.has_retired
            or (self._measure_silence(other) > GONE_SILENCE_TIMEOUT and other.is_gone)
            or (self._measure_silence(other) > SILENCE_TIMEOUT and steady_for >= SILENCE_TIMEOUT)
        ]

    def _measure_silence(self, other: WorkerRow) -> timedelta:
        return self.at - other.seen_at


@dataclass(frozen=True, kw_only=True)
class WorkerHealth:
    """The time since any worker's last heartbeat, `None` without any, and the overdue rounds of live ones."""

    silence: timedelta | None
    overdue_rounds: tuple[str, ...]


def find_worker_health(connection: sa.Connection, at: datetime) -> WorkerHealth:
    """Return the state of the workers' heartbeats; `at` is the time by the database's clock."""
    heartbeats = connection.execute(_BEATS).all()
    last = max((row.seen_at for row in heartbeats), default=None)
    overdue = sorted(
        name for row in heartbeats if at - row.seen_at <= SILENCE_TIMEOUT for name in row.overdue
    )
    return WorkerHealth(silence=at - last if last else None, overdue_rounds=tuple(overdue))


@dataclass(frozen=True)
class WorkerRegistry:
    """The register of workers. Each process has an id of its own, so that no two are confused.

    Silence is measured by the database's clock: the clocks of two hosts may differ by more than it lasts.
    """

    engine: sa.Engine

    def register(self) -> str:
        """Register this process and return its id."""
        name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.register_again(name)
        return name

    def register_again(self, name: str) -> None:
        """Register this process again, under the same id; its row may still exist."""
        values: dict[str, Any] = {
            "host": find_host(),
            "pid": os.getpid(),
            "overdue": [],
            "slack_reason": None,
        }
        with self.engine.begin() as connection:
            at = read_database_time(connection)
            values |= {"started_at": at, "seen_at": at}
            insert = insert_into(connection, workers).values(id=name, **values)
            connection.execute(insert.on_conflict_do_update(index_elements=[workers.c.id], set_=values))

    def record_heartbeat(
        self, name: str, *, overdue: Sequence[str] = (), slack_reason: str | None = None
    ) -> Roster:
        """Record that this process lives, with its overdue rounds; return the register.

        `slack_reason` is why it has no connection to Slack: empty if it has, `None` if it needs none. Its own
        row is read first, as it was: it may be as old as those of the others.
        """
        with self.engine.begin() as connection:
            query = sa.select(workers.c.seen_at).where(workers.c.id == name).with_for_update()
            seen_at: datetime | None = connection.execute(query).scalar_one_or_none()
            at = read_database_time(connection)
            columns = (workers.c.id, workers.c.host, workers.c.pid, workers.c.seen_at)
            others = connection.execute(sa.select(*columns).where(workers.c.id != name)).mappings().all()
            values: dict[str, Any] = {"seen_at": at, "overdue": list(overdue), "slack_reason": slack_reason}
            if slack_reason == "":
                values["slack_open_at"] = at
            connection.execute(sa.update(workers).where(workers.c.id == name).values(values))
        return Roster(
            at=at,
            gap=at - seen_at if seen_at else None,
            others=tuple(WorkerRow(**other) for other in others),
        )

    def retire(self, name: str) -> None:
        """Let others take over the unfinished work of this process at once."""
        update = (
            sa.update(workers)
            .where(workers.c.id == name)
            .values(seen_at=_RETIRED, overdue=[], slack_reason=None)
        )
        with self.engine.begin() as connection:
            connection.execute(update)

    def list_names(self) -> set[str]:
        """Return the ids of all registered workers, live and dead."""
        with read_only(self.engine).connect() as connection:
            return set(connection.execute(sa.select(workers.c.id)).scalars())

    def has_heartbeat_since(self, worker: WorkerRow) -> bool:
        """Return whether a worker had a heartbeat, or was removed, after it was judged dead."""
        query = sa.select(workers.c.id).where(workers.c.id == worker.id, workers.c.seen_at == worker.seen_at)
        with read_only(self.engine).connect() as connection:
            return connection.execute(query).first() is None

    def remove(self, name: str, *, seen_at: datetime) -> None:
        """Remove a dead process after its work was taken over, unless it has had a heartbeat since."""
        unchanged = sa.and_(workers.c.id == name, workers.c.seen_at == seen_at)
        with self.engine.begin() as connection:
            connection.execute(sa.delete(workers).where(unchanged))


@cache
def find_host() -> str:
    """Return the scope in which a process number is unique: host name, boot, process namespace.

    Containers may share a name, and in most of them the worker is number 1. Without Linux's boot and
    namespace ids only the name is returned.
    """
    name = socket.gethostname()
    try:
        boot, space = _BOOT.read_text(encoding="ascii").strip(), _SPACE.stat().st_ino
    except OSError:
        return name
    return f"{name} {boot} {space}"


def _is_running(pid: int) -> bool:
    if pid == os.getpid():
        return False  # its number is ours now
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
