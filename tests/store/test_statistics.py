"""The statistics of SQLite: each database has them, and plans by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.engine import create_engine
from store.migrate import migrate
from store.schema import metadata, reviews
from store.statistics import PARTIAL_ROWS, ROWS
from tests.reviews.samples import START
from tests.store.earlier_schemas import BEFORE, bring_to
from tests.store.plans import explain_plan
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases


@pytest.fixture
def migrated(sqlite_databases: SqliteDatabases) -> Iterator[sa.Engine]:
    engine = create_engine(sqlite_databases.empty())
    migrate(engine)
    yield engine
    engine.dispose()


def read_statistics(engine: sa.Engine) -> dict[str, list[int]]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT idx, stat FROM sqlite_stat1").all()
    return {index: [int(count) for count in counts.split()] for index, counts in rows}


def test_a_migrated_database_has_statistics_of_each_index(migrated: sa.Engine) -> None:
    statistics = read_statistics(migrated)

    for table in metadata.tables.values():
        for index in table.indexes:
            is_partial = index.dialect_options["sqlite"]["where"] is not None
            total, *shared = statistics[str(index.name)]
            assert total == (PARTIAL_ROWS if is_partial else ROWS)
            assert len(shared) == len(index.expressions)
            assert shared == sorted(shared, reverse=True)
            assert not index.unique or shared[-1] == 1
    assert statistics["sqlite_autoindex_review_index_1"][-1] == 1


def test_the_database_of_an_earlier_release_has_them_after_its_migration(
    sqlite_databases: SqliteDatabases, migrated: sa.Engine
) -> None:
    earlier = create_engine(sqlite_databases.empty())
    bring_to(earlier, BEFORE)
    with earlier.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    migrate(earlier)

    assert read_statistics(earlier) == read_statistics(migrated)
    earlier.dispose()


def test_a_span_of_time_is_read_rather_than_all_reviews_of_frequent_states(migrated: sa.Engine) -> None:
    query = sa.select(sa.func.count()).where(
        reviews.c.state.in_([ReviewState.ACKNOWLEDGED, ReviewState.CHANGES_REQUESTED]),
        reviews.c.answered_at >= START,
    )

    def ask() -> None:
        with migrated.connect() as connection:
            connection.execute(query)

    [statement] = list_statements(migrated, ask)
    assert "reviews_answered" in explain_plan(migrated, *statement)
