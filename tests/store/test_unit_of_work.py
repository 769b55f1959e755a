"""One transaction: all of it or nothing, and a chain that no number of writers can break."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.ledger.hash_chain import verify
from store.chain import read_head
from store.ledger_reading import Excerpt, find_excerpt, iterate_entries, iterate_stored
from store.ledger_rows import PAGE_SIZE
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, event, review
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.unit_of_work import Transactions


@pytest.fixture
def transactions(engine: sa.Engine) -> Transactions:
    return partial(SqlUnitOfWork, engine)


def test_what_is_not_committed_never_was(transactions: Transactions, engine: sa.Engine) -> None:
    with transactions() as work:
        work.events.add([(event(), None)], at=START)
        work.reviews.add(review())
        work.cards.owe("rev-1", [("paper", "C1")])
        work.ledger.append(build_entry())

    with transactions(reading=True) as work:
        assert work.events.list_recent(10) == []
        assert work.reviews.list_recent(10) == []
        assert work.cards.list_recent(10) == []
    assert list(iterate_entries(engine)) == []


def test_an_error_takes_everything_back(transactions: Transactions, engine: sa.Engine) -> None:
    def fail() -> None:
        with transactions() as work:
            work.reviews.add(review())
            work.ledger.append(build_entry())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert list(iterate_entries(engine)) == []
    with transactions(reading=True) as work:
        assert work.reviews.get("rev-1") is None


def test_what_is_committed_is_there_with_its_entries_in_order(
    transactions: Transactions, engine: sa.Engine
) -> None:
    with transactions() as work:
        work.ledger.append(build_entry(1))
        work.ledger.append(build_entry(2))
        work.commit()

    entries = [each.read for each in iterate_stored(engine)]
    assert [(each.entry["seq"], each.entry["review_id"]) for each in entries] == [(1, "rev-1"), (2, "rev-2")]
    assert verify(entries).intact


def test_a_transaction_that_reads_does_not_wait_for_one_that_writes(transactions: Transactions) -> None:
    with transactions() as writing:
        writing.reviews.add(review())
        with transactions(reading=True) as other:
            assert other.reviews.get("rev-1") is None
        writing.commit()

    with transactions(reading=True) as work:
        assert work.reviews.get("rev-1") is not None


def test_a_review_is_read_as_of_one_moment(transactions: Transactions, engine: sa.Engine) -> None:
    with transactions() as work:
        work.reviews.add(review())
        work.commit()
    still_to_come = [answer()]

    @sa.event.listens_for(engine, "after_cursor_execute")
    def answered_in_between(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM reviews" in statement and still_to_come:
            with transactions() as other:
                assert other.reviews.record_answer("rev-1", still_to_come.pop(), ReviewState.ACKNOWLEDGED)
                other.commit()

    with transactions(reading=True) as work:
        stored = work.reviews.get("rev-1")

    assert stored is not None
    assert (stored.state, stored.answers, still_to_come) == (ReviewState.OPEN, (), [])


def test_eight_writers_at_once_keep_the_chain(transactions: Transactions, engine: sa.Engine) -> None:
    barrier = threading.Barrier(8)

    def write(writer: int) -> None:
        barrier.wait(timeout=60)
        for number in range(5):
            with transactions() as work:
                work.ledger.append(build_entry(10 * writer + number))
                work.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))

    entries = [each.read for each in iterate_stored(engine)]
    with engine.connect() as connection:
        verdict = verify(entries, from_start=True, saved_heads=[read_head(connection)])
    assert verdict.intact
    assert verdict.checked == 40
    assert len({each.entry["review_id"] for each in entries}) == 40


def test_entries_are_read_a_page_at_a_time_and_within_limits(
    transactions: Transactions, engine: sa.Engine
) -> None:
    count = PAGE_SIZE + 3
    with transactions() as work:
        for number in range(1, count + 1):
            work.ledger.append(build_entry(number))
        work.commit()

    def piece(since: datetime | None = None, until: datetime | None = None) -> Excerpt:
        return find_excerpt(engine, since=since, until=until)

    def numbers(**limits: datetime) -> list[int]:
        return [each["seq"] for each in iterate_entries(engine, piece(**limits))]

    assert [each["seq"] for each in iterate_entries(engine)] == list(range(1, count + 1))
    assert numbers() == list(range(1, count + 1))
    assert numbers(since=START + timedelta(seconds=count)) == [count]
    assert numbers(until=START + timedelta(seconds=3)) == [1, 2]
    assert numbers(since=START + timedelta(seconds=2), until=START + timedelta(seconds=4)) == [2, 3]
    some = iterate_stored(engine, piece(since=START + timedelta(seconds=100)))
    assert verify(each.read for each in some).intact


def test_a_unit_of_work_is_opened_once(engine: sa.Engine) -> None:
    work = SqlUnitOfWork(engine, reading=True)
    with work:
        assert work.reviews.list_recent(1) == []

    with pytest.raises(RuntimeError, match="opened once"), work:
        pass
