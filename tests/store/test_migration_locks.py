"""What the migrations since the last release hold up: nothing that grows with a table, nor for as long.

Which locks a migration holds is read between its statements, from another session: no clock matters.
"""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.engine import create_engine
from store.limits import WorkKind
from store.migrate import migrate, require_current
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import answer, review
from tests.store.earlier_schemas import add_written_columns, bring_to, use_old_database
from tests.store.killed_migrations import kill_at
from tests.store.recount import assert_sums_agree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases

STRONG = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}
"""PostgreSQL's locks against which no one can write to a table."""
_LONG = re.compile(r"UPDATE|DELETE|INSERT .* SELECT|CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)", re.DOTALL)
_READS_ALL = re.compile(
    r"ALTER TABLE (?P<table>\w+) .*"
    r"(SET NOT NULL|\bTYPE\b|ADD (CONSTRAINT|CHECK|FOREIGN|UNIQUE|PRIMARY)(?!.*NOT VALID))",
    re.DOTALL,
)
_LOCKS = sa.text(
    "SELECT relname, mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE pid = :pid AND granted"
)
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
_FILES = (
    "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


class LockWatch:
    """Writes down what one session's statements would make others wait for."""

    def __init__(self, migrating: sa.Engine, watching: sa.Connection, tables: set[str]) -> None:
        self._watching = watching
        self._tables = tables
        self._created: set[str] = set()
        self.complaints: list[str] = []
        sa.event.listen(migrating, "before_cursor_execute", self._note)

    def _note(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if created := re.match(r"\s*CREATE TABLE (?P<table>\w+)", statement):
            self._created.add(created["table"])
        built = re.match(r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY).* ON (?P<table>\w+)", statement)
        if built and built["table"] in self._created:
            return  # it is empty
        pid = connection.connection.driver_connection.info.backend_pid
        locks = self._watching.execute(_LOCKS, {"pid": pid}).all()
        held = {row.relname for row in locks if row.mode in STRONG} & self._tables
        if held and _LONG.match(statement) and "alembic_version" not in statement:
            self.complaints.append(f"holds {sorted(held)} during: {statement}")
        read = _READS_ALL.match(statement)
        for match in (built, read):
            if match and match["table"] in self._tables:
                self.complaints.append(f"locks {match['table']} for as long as it reads it: {statement}")


@pytest.fixture
def old_postgresql(postgres_databases: PostgresDatabases) -> Iterator[sa.Engine]:
    with use_old_database(postgres_databases) as engine:
        yield engine


def test_no_migration_holds_a_table_while_it_does_what_takes_long(old_postgresql: sa.Engine) -> None:
    tables = set(sa.inspect(old_postgresql).get_table_names()) - {"alembic_version"}
    migrating = create_engine(old_postgresql.url.render_as_string(hide_password=False))
    with old_postgresql.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        before = _files(watching)
        watch = LockWatch(migrating, watching, tables)

        migrate(migrating)

        after = _files(watching)
    migrating.dispose()
    assert watch.complaints == []
    assert {name for name in before if before[name] != after.get(name, before[name])} == set()


def _files(connection: sa.Connection) -> dict[str, int]:
    """Return the file of each table: another one where it was written anew."""
    return {row.relname: row.relfilenode for row in connection.exec_driver_sql(_FILES)}


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE INDEX of_events ON events (attempts)"],
        ["ALTER TABLE events ALTER COLUMN reason SET NOT NULL"],
        ["ALTER TABLE events ADD COLUMN late boolean", "UPDATE events SET late = false"],
    ],
)
def test_what_would_hold_up_others_is_noticed(old_postgresql: sa.Engine, statements: list[str]) -> None:
    other = create_engine(old_postgresql.url.render_as_string(hide_password=False))
    with old_postgresql.begin() as connection:
        connection.exec_driver_sql("UPDATE events SET reason = ''")
    with old_postgresql.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        watch = LockWatch(other, watching, {"events"})
        with other.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    other.dispose()

    assert len(watch.complaints) == 1


def test_events_are_stored_while_an_index_is_built(old_postgresql: sa.Engine) -> None:
    """A build waits for a transaction that began before it; nothing waits for the build."""
    address = old_postgresql.url.render_as_string(hide_password=False)
    migrating, patient = create_engine(address), create_engine(address, work_kind=WorkKind.COMMAND)
    inserted: list[int] = []
    writers: list[threading.Thread] = []

    @sa.event.listens_for(migrating, "before_cursor_execute")
    def write(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "CONCURRENTLY" in statement and "ON events" in statement and not writers:
            before = patient.connect().execution_options(isolation_level="REPEATABLE READ")
            before.exec_driver_sql("SELECT count(*) FROM events")
            writers.append(threading.Thread(target=insert, args=(before,)))
            writers[0].start()

    def insert(before: sa.Connection) -> None:
        """Write once the build waits for the transaction before it, then let it go on."""
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'virtualxid'"
        with before, patient.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            while not other.exec_driver_sql(waits).scalar_one():
                pass
            other.exec_driver_sql(
                "INSERT INTO events (id, delivery_key, semantic_key, file_id, said, received_at, state) "
                "VALUES (1000, 'd', 's', 'f', '{}', now(), 'received')"
            )
            inserted.append(1)

    migrate(migrating)
    for writer in writers:
        writer.join()
    migrating.dispose()
    patient.dispose()

    assert inserted == [1]
    require_current(old_postgresql)


@pytest.fixture
def postgresql_before_sums(postgres_databases: PostgresDatabases) -> Iterator[sa.Engine]:
    """Yield a database whose next migration adds triggers to `reviews`; it has one open review."""
    address = postgres_databases.empty()
    engine = create_engine(address)
    bring_to(engine, "0035")
    add_written_columns(engine)
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())
        work.commit()
    yield engine
    engine.dispose()
    postgres_databases.give_back(address)


@pytest.mark.parametrize("attempts", [1, 2])
def test_an_answer_under_way_is_recorded_and_counted_while_reviews_get_triggers(
    postgresql_before_sums: sa.Engine, attempts: int
) -> None:
    """It has locked its review, and changes it when the migration waits for it or is done.

    A second attempt finds the triggers of the first, which was killed while it counted.
    """
    engine = postgresql_before_sums
    address = engine.url.render_as_string(hide_password=False)
    if attempts == 2:
        kill_at(address, "DELETE FROM route_increments")
    migrating = create_engine(address)
    reasons: list[str] = []

    with (
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching,
        ThreadPoolExecutor(1) as pool,
        SqlUnitOfWork(engine) as work,
    ):
        assert work.reviews.get("rev-1", lock=True)
        migrated = pool.submit(migrate, migrating, on_wait=reasons.append)
        while not migrated.done() and not watching.exec_driver_sql(_WAITING).scalar_one():
            pass
        assert work.reviews.record_answer("rev-1", answer(), ReviewState.ACKNOWLEDGED)
        work.commit()
        migrated.result()
    migrating.dispose()

    assert reasons == []
    assert_sums_agree(engine)
