"""Databases as earlier releases have left them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from store.engine import create_engine
from tests.store.any_rows import fill_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.databases import PostgresDatabases, SqliteDatabases

BEFORE = "0023"
"""The last migration of the release before: what an installation upgrades from."""


def add_written_columns(engine: sa.Engine) -> None:
    """Add the columns of later migrations that the product of today writes with reviews and answers."""
    with engine.begin() as connection:
        for column in ("changes", "carried", "last_step", "snoozer"):
            connection.exec_driver_sql(f"ALTER TABLE reviews ADD COLUMN {column} JSON")
        for column in ("steps_taken", "follow_ups"):
            connection.exec_driver_sql(f"ALTER TABLE reviews ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
        for column in ("stand_ins", "reassigned_to"):
            connection.exec_driver_sql(f"ALTER TABLE reviews ADD COLUMN {column} JSON NOT NULL DEFAULT '[]'")
        connection.exec_driver_sql("ALTER TABLE reviews ADD COLUMN private BOOLEAN NOT NULL DEFAULT false")
        for column in ("campaign VARCHAR(32)", "campaign_name TEXT"):
            connection.exec_driver_sql(f"ALTER TABLE reviews ADD COLUMN {column} NOT NULL DEFAULT ''")
        connection.exec_driver_sql("ALTER TABLE reviews ADD COLUMN closed_at TIMESTAMP WITH TIME ZONE")
        for column in ("sha256 VARCHAR(64)", "size BIGINT", "not_read VARCHAR(32)", "stand_in_for TEXT"):
            connection.exec_driver_sql(f"ALTER TABLE answers ADD COLUMN {column}")
        connection.exec_driver_sql("ALTER TABLE cards ADD COLUMN given_up BOOLEAN NOT NULL DEFAULT false")


def bring_to(engine: sa.Engine, revision: str) -> None:
    """Bring an empty database to where an earlier release had left it."""
    config = Config()
    config.set_main_option("script_location", "store/migrations")
    # Some migrations commit in the middle, on PostgreSQL.
    with engine.connect() if engine.dialect.name == "postgresql" else engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def use_old_database(databases: PostgresDatabases | SqliteDatabases) -> Iterator[sa.Engine]:
    """Yield a database as the release before has left it, with rows in each table."""
    address = databases.empty()
    engine = create_engine(address)
    bring_to(engine, BEFORE)
    fill_tables(engine, 20)
    yield engine
    engine.dispose()
    databases.give_back(address)
