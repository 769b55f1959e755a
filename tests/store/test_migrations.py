"""The migrations make what the code expects, and the ledger refuses to be rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from reviews import record
from store.engine import create_engine
from store.migrate import is_current, migrate
from store.schema import metadata
from store.unit_of_work import UnitOfWork
from tests.reviews.samples import review

if TYPE_CHECKING:
    from tests.databases import SqliteDatabases


def test_the_migrated_database_has_exactly_the_tables_of_the_schema(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_migrating_twice_changes_nothing(engine: sa.Engine) -> None:
    migrate(engine)

    assert is_current(engine)


@pytest.mark.parametrize("statement", ["UPDATE ledger SET entry = ''", "DELETE FROM ledger"])
def test_the_database_refuses_to_change_the_ledger(engine: sa.Engine, statement: str) -> None:
    row = "INSERT INTO ledger VALUES (1, 'r', '2026-01-01 00:00:00', 'h', '{}')"
    with engine.begin() as connection:
        connection.execute(sa.text(row))

    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.execute(sa.text(statement))


def filled(engine: sa.Engine) -> None:
    with UnitOfWork(engine) as work:
        work.ledger.append(record.opened(review(), [1]))
        work.ledger.append(record.opened(review(), [2]))
        work.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_head SET seq = 0, hash = '0'",
        "UPDATE ledger_head SET seq = 1",
        "UPDATE ledger_head SET seq = 9, hash = 'made up'",
        "DELETE FROM ledger_head",
        "INSERT INTO ledger_head VALUES (2, 0, '0')",
    ],
)
def test_the_end_of_the_chain_only_goes_forward_to_what_was_written(
    engine: sa.Engine, statement: str
) -> None:
    filled(engine)

    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.execute(sa.text(statement))


def test_sqlite_refuses_to_replace_an_entry(sqlite_databases: SqliteDatabases) -> None:
    engine = create_engine(sqlite_databases.new())
    filled(engine)

    for taken in ("1, 'r', '2026-01-01 00:00:00', 'new'", "9, 'r', '2026-01-01 00:00:00', hash"):
        statement = f"INSERT OR REPLACE INTO ledger SELECT {taken}, '{{}}' FROM ledger WHERE seq = 1"  # noqa: S608
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text(statement))
    engine.dispose()
