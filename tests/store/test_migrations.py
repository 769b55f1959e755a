"""The migrations make what the code expects, and the ledger refuses to be rewritten."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from store.migrate import is_current, migrate
from store.schema import metadata


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
