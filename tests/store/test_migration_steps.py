"""The steps of migrations: what they make, what they leave behind, and that they can be done again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from store.migrations import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ROWS = 2 * steps.AT_ONCE + 7


@contextmanager
def migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield the connection of a migration; its transaction ends with the block."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        with context.begin_transaction(), Operations.context(context):
            yield connection
        connection.commit()


def fill_words(engine: sa.Engine, *words: str) -> None:
    table = sa.Table(
        "words", sa.MetaData(), sa.Column("word", sa.Text, primary_key=True), sa.Column("size", sa.Integer)
    )
    table.create(engine)
    with engine.begin() as connection:
        if words:
            connection.execute(sa.insert(table), [{"word": word} for word in words])


def indexes(engine: sa.Engine, table: str) -> dict[str | None, list[str | None]]:
    return {index["name"]: index["column_names"] for index in sa.inspect(engine).get_indexes(table)}


def test_an_index_is_made_once_however_often_it_is_asked_for_where_that_may_happen(engine: sa.Engine) -> None:
    fill_words(engine, "a", "b")

    for _ in range(2 if engine.dialect.name == "postgresql" else 1):
        with migrating(engine):
            steps.create_index("words_by_size", "words", ["size"], where="size IS NOT NULL")

    assert indexes(engine, "words") == {"words_by_size": ["size"]}
    with migrating(engine):
        steps.drop_index("words_by_size", "words")
    assert indexes(engine, "words") == {}


@ON_POSTGRESQL
def test_an_index_that_an_interrupted_build_left_behind_is_made_anew(engine: sa.Engine) -> None:
    fill_words(engine, "a", "b")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE INDEX words_by_size ON words (size)")
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'words_by_size'::regclass"
        )

    with migrating(engine):
        steps.create_index("words_by_size", "words", ["size"])

    with engine.connect() as connection:
        query = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'words_by_size'::regclass"
        assert connection.exec_driver_sql(query).scalar_one()


@ON_POSTGRESQL
def test_a_unique_index_that_cannot_be_leaves_nothing_behind(engine: sa.Engine) -> None:
    fill_words(engine, "a", "b")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE words SET size = 1")

    with pytest.raises(sa.exc.IntegrityError), migrating(engine):
        steps.create_index("one_a_size", "words", ["size"], unique=True)

    assert indexes(engine, "words") == {}


def test_a_column_is_added_with_its_default(engine: sa.Engine) -> None:
    fill_words(engine, "a")

    for _ in range(2 if engine.dialect.name == "postgresql" else 1):
        with migrating(engine):
            steps.add_column("words", sa.Column("count", sa.Integer, nullable=False, server_default="3"))

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT word, count FROM words").all() == [("a", 3)]


def test_rows_are_changed_some_thousand_at_a_time_each_once(engine: sa.Engine) -> None:
    fill_words(engine, *(f"{number:06}" for number in range(ROWS)))
    changed: list[int] = []

    @sa.event.listens_for(engine, "after_cursor_execute")
    def note(_connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE words"):
            changed.append(cursor.rowcount)  # type: ignore[attr-defined]

    for _ in range(2):
        with migrating(engine):
            steps.fill("words", "word", set_="size = length(word)", where="size IS NULL")

    assert changed == [steps.AT_ONCE, steps.AT_ONCE, 7, 0, 0, 0]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*), sum(size) FROM words").all() == [(ROWS, 6 * ROWS)]


def test_a_table_without_rows_is_filled_with_nothing(engine: sa.Engine) -> None:
    fill_words(engine)

    with migrating(engine):
        steps.fill("words", "word", set_="size = 1", where="size IS NULL")


@ON_POSTGRESQL
def test_what_a_filling_has_changed_stays_when_it_breaks_off(engine: sa.Engine) -> None:
    fill_words(engine, *(f"{number:06}" for number in range(ROWS)))
    breaks = f"size = CASE WHEN word = '{ROWS - 1:06}' THEN 1 / (length(word) - 6) ELSE 6 END"

    with pytest.raises(sa.exc.DBAPIError, match="division"), migrating(engine):
        steps.fill("words", "word", set_=breaks, where="size IS NULL")

    with engine.connect() as connection:
        done = connection.exec_driver_sql("SELECT count(size) FROM words").scalar_one()
    assert done == 2 * steps.AT_ONCE
