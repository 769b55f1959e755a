"""The kind of the database, for operators."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import read_only
from store.private_files import stop_creating
from store.schema import workers
from store.workers import SILENCE_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class DatabaseDescription:
    """`journal` is SQLite's mode, empty on PostgreSQL; `workers` and `hosts` have a recent heartbeat."""

    kind: str
    version: str
    journal: str
    workers: int
    hosts: int


def describe_database(engine: sa.Engine) -> DatabaseDescription:
    with read_only(engine).connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        version = connection.exec_driver_sql(
            "SELECT sqlite_version()" if is_sqlite else "SHOW server_version"
        )
        alive = workers.c.seen_at >= read_database_time(connection) - SILENCE_TIMEOUT
        count = sa.select(sa.func.count(), sa.func.count(workers.c.host.distinct())).where(alive)
        living, hosts = connection.execute(count).one()
        return DatabaseDescription(
            kind="SQLite" if is_sqlite else "PostgreSQL",
            version=str(version.scalar_one()).split()[0],
            journal=str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()) if is_sqlite else "",
            workers=living,
            hosts=hosts,
        )


def find_database_file(engine: sa.Engine) -> Path | None:
    """Return the file of a SQLite database."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def refuse_to_create(engine: sa.Engine) -> None:
    """Refuse to connect to a SQLite file that does not exist, where SQLite would create an empty one."""
    file = find_database_file(engine)
    if file is not None:
        stop_creating(engine)
        sa.event.listen(engine, "do_connect", _require_file(file))


def _require_file(file: Path) -> Callable[..., None]:
    def check(*_: Any) -> None:
        if not file.exists():
            raise sqlite3.OperationalError(f"there is no file {file}")

    return check
