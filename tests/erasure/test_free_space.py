"""What was deleted is cleaned from the files of SQLite, while others read them, and from statistics."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.erasure.table_rules import TABLES
from store import schema
from store.erasure.free_space import SpaceInUse, StatisticsInUse, clean_free_space
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.erasure.erasing import erase, reopen
from tests.erasure.people import insert, make_account, make_desk
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import ALICE, OWNER, START, event
from tests.runtime.lived import live_through

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext


@ON_SQLITE
def test_a_reader_holds_up_the_cleaning_of_free_pages(engine: sa.Engine) -> None:
    live_through(engine)
    with engine.connect().execution_options(reading=True) as reader:
        reader.execute(sa.select(schema.reviews)).all()
        with pytest.raises(SpaceInUse):
            clean_free_space(engine, max_wait=0)

    clean_free_space(engine)


@ON_SQLITE
def test_a_file_is_written_anew_once_while_a_reader_holds_up_its_log(engine: sa.Engine) -> None:
    live_through(engine)
    statements: list[str] = []
    other = reopen(engine)
    reader = other.connect().execution_options(reading=True)

    def note(statement: str) -> None:
        statements.append(statement)
        if count_tries() == 3:
            reader.rollback()

    def count_tries() -> int:
        return sum("wal_checkpoint" in each for each in statements)

    engine.dispose()
    sa.event.listen(engine, "connect", lambda driver, _: driver.set_trace_callback(note))
    reader.execute(sa.select(schema.reviews)).all()
    clean_free_space(engine, try_seconds=0.01)
    reader.close()
    other.dispose()

    assert (statements.count("VACUUM"), count_tries()) == (1, 3)


@ON_POSTGRESQL
def test_the_statistics_of_a_table_forget_the_person(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    for number in range(20):
        desk.answers.record_answer(build_answer_request(desk.open(event(file_id=f"f{number}"))))
    assert OWNER in gather_statistics(engine)

    erase(engine, OWNER)

    with engine.connect() as connection:
        assert OWNER not in read_statistics(connection)


@ON_POSTGRESQL
def test_the_statistics_of_a_table_that_is_empty_afterwards_go(engine: sa.Engine) -> None:
    rows = [make_account(f"U{number}", ALICE.name, str(ALICE.email)) for number in range(20)]
    insert(engine, schema.accounts, *rows)
    assert ALICE.name in gather_statistics(engine)
    types = list_column_types(engine)

    erase(engine, str(ALICE.email))

    with engine.connect() as connection:
        assert "accounts" not in {table for table, _ in connection.execute(_COLUMNS)}
        assert ALICE.name not in read_statistics(connection)
    assert list_column_types(engine) == types


@ON_POSTGRESQL
def test_the_statistics_of_each_table_go_if_all_are_empty(engine: sa.Engine) -> None:
    live_through(engine)
    gather_statistics(engine)
    types = list_column_types(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(sa.delete(table))

    clean_free_space(engine)

    with engine.connect() as connection:
        left = {tuple(each) for each in connection.execute(_COLUMNS)}
    personal = {(name, each) for name, rule in TABLES.items() for each in (*rule.searched, *rule.with_ledger)}
    assert left & personal == set()
    assert list_column_types(engine) == types


@ON_POSTGRESQL
def test_a_reader_of_a_table_holds_up_the_statistics_of_none_that_has_rows(engine: sa.Engine) -> None:
    fill_accounts_and_people(engine)
    insert(engine, schema.people, {"id": "g-99", "name": "Bob", "email": None, "seen_at": START})
    other = reopen(engine)
    with other.connect() as reader, engine.connect() as connection:
        reader.execute(sa.select(schema.accounts)).all()
        with pytest.raises(SpaceInUse):
            clean_free_space(engine, max_wait=0)
        assert ALICE.name in read_statistics(connection, "accounts")
        assert ALICE.name not in read_statistics(connection, "people")
    other.dispose()

    clean_free_space(engine)

    with engine.connect() as connection:
        assert ALICE.name not in read_statistics(connection, "accounts")


@ON_POSTGRESQL
def test_who_is_held_up_by_a_reader_tries_again_and_lets_others_pass(engine: sa.Engine) -> None:
    fill_accounts_and_people(engine)
    other = reopen(engine)
    reader = other.connect()
    reader.execute(sa.select(schema.accounts)).all()
    tries: list[str] = []

    @sa.event.listens_for(engine, "handle_error")
    def note(context: ExceptionContext) -> None:
        tries.append(str(context.statement))
        if len(tries) == 3:
            reader.rollback()

    started_at = time.monotonic()
    clean_free_space(engine, try_seconds=0.1)
    reader.close()
    other.dispose()

    assert [each.partition(" ALTER COLUMN")[0] for each in tries] == ["ALTER TABLE accounts"] * 3
    assert time.monotonic() - started_at < 10  # the lock timeout of the session, for which others would wait


_FUNCTION = "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"


@ON_POSTGRESQL
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW names AS SELECT name FROM people",
        "ALTER TABLE people ADD COLUMN initial text GENERATED ALWAYS AS (left(name, 1)) STORED",
        "CREATE PUBLICATION names FOR TABLE people WHERE (name <> '')",
        f"{_FUNCTION}; CREATE TRIGGER names AFTER UPDATE OF name ON people EXECUTE FUNCTION note()",
    ],
    ids=["view", "generated column", "publication", "trigger"],
)
def test_what_names_a_column_keeps_its_statistics_and_no_others(engine: sa.Engine, statement: str) -> None:
    fill_accounts_and_people(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)

    with pytest.raises(StatisticsInUse, match=r"^people$"):
        clean_free_space(engine)
    with engine.connect() as connection:
        assert ALICE.name in read_statistics(connection, "people")
        assert ALICE.name not in read_statistics(connection, "accounts")
        assert str(ALICE.email) not in read_statistics(connection)


def fill_accounts_and_people(engine: sa.Engine) -> None:
    """Have a person in the statistics of two tables that are empty by now."""
    name, email = ALICE.name, str(ALICE.email)
    people = [{"id": f"g-{number}", "name": name, "email": email, "seen_at": START} for number in range(20)]
    insert(engine, schema.accounts, *(make_account(f"U{number}", name, email) for number in range(20)))
    insert(engine, schema.people, *people)
    gather_statistics(engine)
    with engine.begin() as connection:
        for table in (schema.accounts, schema.people):
            connection.execute(sa.delete(table))


@ON_POSTGRESQL
def test_the_statistics_of_the_causes_of_bulk_reviews_forget_the_person(engine: sa.Engine) -> None:
    desk = make_desk(engine, bulk=3)
    for folder in range(2):
        for number in range(8):
            desk.clock.advance(seconds=90)
            changed = event(file_id=f"{folder}-{number}", actor=ALICE, occurred_at=desk.clock())
            desk.intake.process(desk.receive(changed))
        desk.clock.advance(hours=5)
    of_alice = re.compile(rf"\b{ALICE.id}\b")  # as a word: a cause may have these characters by chance
    assert of_alice.search(gather_statistics(engine, "bulk_reviews"))

    erase(engine, str(ALICE.email))

    with engine.connect() as connection:
        assert not of_alice.search(read_statistics(connection, "bulk_reviews"))


_COLUMNS = sa.text("SELECT tablename, attname FROM pg_stats WHERE schemaname = 'public'")


def gather_statistics(engine: sa.Engine, table: str = "%") -> str:
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE")
        return read_statistics(connection, table)


def list_column_types(engine: sa.Engine) -> list[str]:
    query = sa.text("SELECT CAST(each AS text) FROM information_schema.columns AS each ORDER BY 1")
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def read_statistics(connection: sa.Connection, table: str = "%") -> str:
    values = "most_common_vals::text, histogram_bounds::text, most_common_elems::text"
    where = "schemaname = 'public' AND tablename LIKE :table"
    query = sa.text(f"SELECT {values} FROM pg_stats WHERE {where}")  # noqa: S608 - our own names
    return str(connection.execute(query, {"table": table}).all())
