"""A disk that fails is in the log once for each failed commit, and in the health check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from runtime.observe.disk_failures import log_disk_failures
from runtime.observe.health import Health
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, Clock

if TYPE_CHECKING:
    from tests.databases import SqliteDatabases


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
