"""Migrating beside others: several at once, against locks, over what an earlier release has left."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from store.engine import create_engine
from store.migrate import UnusableTables, migrate, require_current
from store.schema import cards
from tests.store.any_rows import fill_tables
from tests.store.earlier_schemas import bring_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases, SqliteDatabases

IDLE = "idle_in_transaction_session_timeout"
OLD = "0021"
"""The next migration after this one changes a table that requests write to: `told`."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        files: SqliteDatabases = request.getfixturevalue("sqlite_databases")
        yield files.empty()
        return
    made: PostgresDatabases = request.getfixturevalue("postgres_databases")
    address = made.empty()
    yield address
    made.give_back(address)


@pytest.fixture
def old_engine(empty_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(empty_url)
    bring_to(engine, OLD)
    yield engine
    engine.dispose()


def test_several_that_migrate_at_once_all_end_with_the_tables_of_this_version(empty_url: str) -> None:
    together = threading.Barrier(4)

    def start() -> None:
        engine = create_engine(empty_url)
        together.wait()
        migrate(engine)
        require_current(engine)
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(start) for _ in range(4)]:
            done.result()


def test_a_migration_waits_for_a_lock_without_holding_up_those_behind_it(old_engine: sa.Engine) -> None:
    """Another session has read the table, and has not ended its transaction."""
    holder = old_engine.connect()
    if old_engine.dialect.name == "postgresql":
        holder.exec_driver_sql("SELECT count(*) FROM told")
    else:
        holder.begin()  # the writer's lock
    reasons = []

    def let_go(reason: str) -> None:
        reasons.append(reason)
        if old_engine.dialect.name == "postgresql":
            with old_engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                connection.exec_driver_sql("INSERT INTO told (key, at) VALUES ('key', now())")
        holder.close()

    migrate(old_engine, on_wait=let_go)

    assert reasons == ["the migration waits for a lock that other sessions hold"]
    require_current(old_engine)


def test_a_migration_that_is_suspended_in_its_transaction_loses_its_locks_and_begins_anew(
    postgres_databases: PostgresDatabases,
) -> None:
    """The limit is a second here: the test says which one the session has."""
    address = postgres_databases.empty()
    engine, other = create_engine(address), create_engine(address)
    bring_to(engine, OLD)
    limits: list[str] = []
    reasons: list[str] = []

    @sa.event.listens_for(engine, "after_cursor_execute")
    def freeze_once(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        if limits or not statement.startswith("ALTER TABLE told"):
            return
        limits.extend(cursor.connection.execute(f"SHOW {IDLE}").fetchone())
        cursor.connection.execute(f"SET {IDLE} = '1s'")
        with other.begin() as connection:  # which has to wait until the server has ended the frozen session
            connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
            connection.exec_driver_sql("INSERT INTO told (key, at) VALUES ('key', now())")

    migrate(engine, on_wait=reasons.append)

    assert limits == ["20s"]
    assert reasons == ["this process paused for so long that the server released its locks"]
    require_current(engine)
    engine.dispose()
    other.dispose()
    postgres_databases.give_back(address)


def test_a_migration_gives_up_in_a_sentence_when_the_lock_is_never_let_go(old_engine: sa.Engine) -> None:
    with old_engine.connect() as holder:
        if old_engine.dialect.name == "postgresql":
            holder.exec_driver_sql("SELECT count(*) FROM told")
        else:
            holder.begin()

        with pytest.raises(UnusableTables, match="lock that other sessions hold: run docspace-review"):
            migrate(old_engine, timeout=timedelta())

    migrate(old_engine)
    require_current(old_engine)


def test_a_notice_of_how_a_review_ended_is_needed_until_another_takes_its_place(
    old_engine: sa.Engine,
) -> None:
    fill_tables(old_engine, 3)
    with old_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cards SET cause = 'outcome:1:1:acknowledged:a' WHERE id < 3")
        connection.exec_driver_sql("UPDATE reviews SET superseded_by = 'v3' WHERE id = 'v2'")

    migrate(old_engine)

    with old_engine.connect() as connection:
        rows = connection.execute(sa.select(cards.c.id, cards.c.until_superseded).order_by(cards.c.id)).all()
    assert rows == [(1, True), (2, False), (3, False)]
