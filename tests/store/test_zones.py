"""Times on a PostgreSQL whose settings name a zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ledger.ledger_entries import format_moment
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from tests.databases import PostgresDatabases


def test_a_time_comes_back_in_utc_whatever_zone_the_server_lives_in(
    postgres_databases: PostgresDatabases,
) -> None:
    engine = create_engine(postgres_databases.new())
    with engine.begin() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {engine.url.database} SET timezone = 'Europe/Riga'"))
    engine.dispose()

    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review(due_at=START))
        [current] = work.reviews.list_recent(1)
    engine.dispose()

    assert current.due_at is not None
    assert current.due_at.utcoffset() == timedelta()
    assert format_moment(current.due_at) == format_moment(START)
