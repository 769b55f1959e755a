"""The migrations make what the code expects, and the ledger refuses to be rewritten."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from reviews.campaign import CampaignReference
from reviews.kinds import Decision, ReviewState
from reviews.ledger import ledger_entries
from reviews.tree import Place
from store.engine import create_engine
from store.migrate import UnusableTables, migrate, refuse_old_server, require_current
from store.schema import campaigns, metadata, review_index, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, review
from tests.reviews.small_portal import SmallPortal
from tests.store.earlier_schemas import bring_to

if TYPE_CHECKING:
    from tests.databases import SqliteDatabases


# Of SQLite's indexes of expressions Alembic sees nothing; the test below does.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrated_database_has_exactly_the_tables_of_the_schema(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_sqlite_has_exactly_the_indexes_of_the_schema(sqlite_databases: SqliteDatabases) -> None:
    engine = create_engine(sqlite_databases.new())

    with engine.connect() as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        indexes = set(connection.exec_driver_sql(query).scalars())

    assert indexes == {index.name for table in metadata.tables.values() for index in table.indexes}
    engine.dispose()


def test_the_names_of_the_migrations_tell_their_order() -> None:
    files = sorted(file.name for file in Path("store/migrations/versions").glob("[0-9]*.py"))

    in_order = [script.revision for script in ScriptDirectory("store/migrations").walk_revisions()][::-1]

    assert [name.partition("_")[0] for name in files] == in_order


def test_migrating_twice_changes_nothing(engine: sa.Engine) -> None:
    migrate(engine)

    require_current(engine)


def test_a_server_that_is_too_old_is_told_so_in_a_sentence() -> None:
    refuse_old_server(13)

    with pytest.raises(UnusableTables, match=r"^PostgreSQL 12 is too old: 13 or newer is needed$"):
        refuse_old_server(12)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["reviews", "review_index", "events", "cards"])
def test_postgresql_vacuums_what_is_searched_long_before_a_fifth_of_it_is_new(
    engine: sa.Engine, table: str
) -> None:
    with engine.connect() as connection:
        query = sa.text("SELECT unnest(reloptions) FROM pg_class WHERE oid = CAST(:table AS regclass)")
        options = set(connection.execute(query, {"table": table}).scalars())

    assert options == {
        "autovacuum_vacuum_scale_factor=0.02",
        "autovacuum_vacuum_insert_scale_factor=0.02",
        "autovacuum_analyze_scale_factor=0.02",
    }


@pytest.mark.parametrize("statement", ["UPDATE ledger SET entry = ''", "DELETE FROM ledger"])
def test_the_database_refuses_to_change_the_ledger(engine: sa.Engine, statement: str) -> None:
    row = "INSERT INTO ledger VALUES (1, 'r', '2026-01-01 00:00:00', 'h', '{}', NULL)"
    with engine.begin() as connection:
        connection.execute(sa.text(row))

    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.execute(sa.text(statement))


def filled(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.ledger.append(ledger_entries.build_opened(review(), [1]))
        work.ledger.append(ledger_entries.build_opened(review(), [2]))
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
        statement = f"INSERT OR REPLACE INTO ledger SELECT {taken}, '{{}}', mac FROM ledger WHERE seq = 1"  # noqa: S608
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text(statement))
    engine.dispose()


def test_reviews_from_before_there_were_lists_are_listed_as_those_written_today(engine: sa.Engine) -> None:
    place = Place(folders=(("1", "Rooms"), ("2", "Legal"), ("539564", "Compliance")))
    with SqlUnitOfWork(engine) as work:
        work.folders.put(place, at=START)
        state = SmallPortal().get_file("f1")
        assert state is not None
        work.files.put(state)
        work.reviews.add(review(id="r1", file_id="f1", folders=place.folder_ids))
        work.reviews.add(review(id="r2", file_id="f2", owners=("Straße@Example.com",)))
        work.reviews.record_answer(
            "r2", answer(note="No", decision=Decision.REQUEST_CHANGES), ReviewState.CHANGES_REQUESTED
        )
        work.commit()
    script = import_module("store.migrations.versions.0006_lists")
    columns = sa.select(reviews.c.seq, reviews.c.folders, reviews.c.marks, reviews.c.answered_at)
    columns = columns.add_columns(reviews.c.answered_late, reviews.c.took_seconds).order_by(reviews.c.seq)
    marks = sa.select(review_index).order_by(*review_index.c)
    with engine.begin() as connection:
        before = (connection.execute(columns).all(), set(connection.execute(marks)))
        connection.execute(sa.delete(review_index))
        nothing: dict[str, Any] = {"folders": [], "marks": [], "answered_at": None, "took_seconds": None}
        connection.execute(sa.update(reviews).values(nothing))

        script._fill(connection)  # noqa: SLF001 - the migration's own step

        assert (connection.execute(columns).all(), set(connection.execute(marks))) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_campaign_with_a_private_review_is_private(kind: str, request: pytest.FixtureRequest) -> None:
    databases = request.getfixturevalue("sqlite_databases" if kind == "sqlite" else "postgres_databases")
    address = databases.empty()
    engine = create_engine(address)
    bring_to(engine, "0061")
    moment: dict[str, Any] = {"due_at": START, "started_at": START}
    members = {"name": "n", "route": "r", "folder_id": "1", "path": "p", "people": [], "state": "running"}
    with engine.begin() as connection:
        insert = sa.insert(campaigns)
        for name in ("public", "secret"):
            connection.execute(insert, {"id": name, "name_key": name, **members, **moment})
    with SqlUnitOfWork(engine) as work:
        for name in ("public", "secret"):
            reference = CampaignReference(id=name, name="n")
            work.reviews.add(review(id=name, file_id=name, campaign=reference, private=name == "secret"))
        work.commit()

    migrate(engine)

    with engine.connect() as connection:
        query = sa.select(campaigns.c.id).where(campaigns.c.private)
        assert connection.execute(query).scalars().all() == ["secret"]
    engine.dispose()
    databases.give_back(address)
