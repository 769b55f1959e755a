"""Commands about the key of a ledger in a SQLite file that has a folder of its own."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from runtime.cli import cli
from runtime.evidence.key_file import find_key_file, read_key_file
from tests.databases import engine_on
from tests.runtime.command import CommandResult, run_command
from tests.runtime.signed_ledger import SignedLedger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.evidence.ledger_key import LedgerKeys
    from tests.databases import SqliteDatabases

URL = "https://reviews.example.com"


def copy_database(databases: SqliteDatabases, folder: Path) -> Path:
    """Return a new, migrated file in this folder, beside which no key is yet."""
    file = folder / "reviews.db"
    address = databases.new()
    file.write_bytes(Path(str(sa.make_url(address).database)).read_bytes())
    databases.give_back(address)
    return file


def command(database: Path, *arguments: str, **settings: str) -> CommandResult:
    where = {"DATABASE_URL": f"sqlite:///{database}", "PUBLIC_URL": URL}
    return run_command(list(arguments), cli, **where, **settings)


@contextmanager
def open_signed_file(database: Path) -> Iterator[SignedLedger]:
    """Yield the ledger of that file, with its key as the first start made it."""
    assert command(database, "migrate").code == 0
    engine = engine_on(f"sqlite:///{database}")
    yield SignedLedger(engine, load_keys(database))
    engine.dispose()


def load_keys(database: Path) -> LedgerKeys:
    return read_key_file(find_key_file(database))
