"""What a remote service has told already: of all who hear of it exactly one is the first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.expiry import BATCH_SIZE
from store.schema import idempotency_keys
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.reviews.samples import START

if TYPE_CHECKING:
    from reviews.ports.unit_of_work import Transactions
    from tests.databases import PostgresDatabases

SECOND = timedelta(seconds=1)


def first(transactions: Transactions, key: str) -> bool:
    with transactions() as work:
        is_new = work.idempotency_keys.add_if_new(key, at=START)
        work.commit()
    return is_new


def test_a_key_is_told_for_the_first_time_once(engine: sa.Engine) -> None:
    transactions = partial(SqlUnitOfWork, engine)

    assert [first(transactions, key) for key in ("a", "a", "b", "a")] == [True, False, True, False]


def test_what_is_not_committed_was_not_told(engine: sa.Engine) -> None:
    transactions = partial(SqlUnitOfWork, engine)
    with transactions() as work:
        work.idempotency_keys.add_if_new("a", at=START)

    assert first(transactions, "a")


def test_of_many_at_once_one_is_the_first(engine: sa.Engine) -> None:
    transactions = partial(SqlUnitOfWork, engine)
    together = threading.Barrier(8)

    def tell(_: int) -> bool:
        together.wait()
        return first(transactions, "a")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tell, range(8))) == 1


def test_a_commit_that_rewrites_a_key_waits_for_what_another_one_has_not_waited_for(
    postgres_databases: PostgresDatabases,
) -> None:
    address = postgres_databases.new()
    engine = engine_on(address)
    position = sa.text("SELECT pg_current_wal_insert_lsn()")
    is_flushed = sa.text("SELECT pg_current_wal_flush_lsn() >= CAST(:position AS pg_lsn)")

    with SqlUnitOfWork(engine) as work:
        work.connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
        work.idempotency_keys.add_if_new("a", at=START)
        work.commit()
    with SqlUnitOfWork(engine) as work:
        written = work.connection.execute(position).scalar_one()
        work.idempotency_keys.rewrite("a")
        work.commit()

    with engine.connect() as connection:
        assert connection.execute(is_flushed, {"position": written}).scalar_one()
    engine.dispose()
    postgres_databases.give_back(address)


def test_what_was_told_long_ago_is_forgotten(engine: sa.Engine) -> None:
    transactions = partial(SqlUnitOfWork, engine)
    first(transactions, "a")

    with transactions() as work:
        forgotten = work.idempotency_keys.forget(before=START)
        gone = work.idempotency_keys.forget(before=START + timedelta(seconds=1))
        work.commit()

    assert (forgotten, gone) == (0, 1)
    assert first(transactions, "a")


def test_so_much_as_is_forgotten_at_once_holds_no_lock_for_long_and_the_oldest_goes_first(
    engine: sa.Engine,
) -> None:
    keys = [{"key": f"k{number:04}", "at": START + number * SECOND} for number in range(BATCH_SIZE + 5)]
    with engine.begin() as connection:
        connection.execute(sa.insert(idempotency_keys), keys)

    def forget() -> int:
        with SqlUnitOfWork(engine) as work:
            gone = work.idempotency_keys.forget(before=START + (BATCH_SIZE + 3) * SECOND)
            work.commit()
        return gone

    assert [forget(), forget(), forget()] == [BATCH_SIZE, 3, 0]
    with engine.connect() as connection:
        assert connection.execute(
            sa.select(idempotency_keys.c.key).order_by(idempotency_keys.c.key)
        ).scalars().all() == [
            f"k{BATCH_SIZE + 3:04}",
            f"k{BATCH_SIZE + 4:04}",
        ]
