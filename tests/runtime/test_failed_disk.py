"""A disk that fails or is full is in the log; one that failed also in the health check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from runtime.observe.disk_failures import log_disk_failures
from runtime.observe.health import Health
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, Clock

if TYPE_CHECKING:
    from tests.databases import PostgresDatabases, SqliteDatabases

FULL_ON_POSTGRESQL = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
"""The error of a server without room, by the name of its code in PostgreSQL's documentation, appendix A."""


def write(engine: sa.Engine, key: str) -> None:
    with SqlUnitOfWork(engine) as work:
        work.idempotency_keys.add_if_new(key, at=START)
        work.commit()


def test_a_failed_disk_is_logged_and_breaks_the_health_check(sqlite_databases: SqliteDatabases) -> None:
    address = sqlite_databases.new()
    engine = create_engine(address)
    log_disk_failures(engine)
    health = Health(engine=engine, clock=Clock())
    write(engine, "before")
    assert health.check_parts()["database"] == {"state": "ok"}

    Path(f"{engine.url.database}-wal").unlink()  # it can't be flushed any more, as on a failing disk
    with capture_logs() as logs:
        for key in ("lost", "refused"):
            with pytest.raises(sa.exc.OperationalError):
                write(engine, key)

    assert [(line["event"], line["log_level"]) for line in logs] == [("disk_failed", "error")]
    assert "the disk failed, restart" in logs[0]["reason"]
    database = health.check_parts()["database"]
    assert database == {"state": "broken", "reason": "the disk failed (No such file or directory), restart"}
    engine.dispose()
    sqlite_databases.give_back(address)


def test_a_full_disk_is_logged_once_in_a_while_and_needs_no_restart(
    sqlite_databases: SqliteDatabases,
) -> None:
    """SQLite refuses a page beyond its limit with the same code as a disk without room: SQLITE_FULL."""
    address = sqlite_databases.new()
    engine = create_engine(address)
    log_disk_failures(engine)
    has_room = False

    @sa.event.listens_for(engine, "begin")
    def limit_pages(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {10**6 if has_room else 1}")

    with capture_logs() as logs:
        for key in ("first", "second"):
            with pytest.raises(sa.exc.OperationalError):
                write(engine, key * 4000)
        has_room = True
        write(engine, "third" * 4000)

    assert logs == [{"event": "disk_full", "log_level": "error", "reason": "database or disk is full"}]
    engine.dispose()
    sqlite_databases.give_back(address)


def test_a_full_disk_of_postgresql_is_logged(postgres_databases: PostgresDatabases) -> None:
    address = postgres_databases.new()
    engine = create_engine(address)
    log_disk_failures(engine)

    with (
        capture_logs() as logs,
        engine.connect() as connection,
        pytest.raises(sa.exc.DBAPIError, match="could not extend file"),
    ):
        connection.exec_driver_sql(FULL_ON_POSTGRESQL)

    assert [line["event"] for line in logs] == ["disk_full"]
    assert logs[0]["reason"].startswith("could not extend file")
    engine.dispose()
    postgres_databases.give_back(address)
