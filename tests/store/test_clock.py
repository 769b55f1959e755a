"""Hosts whose clocks are apart go by the database's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.intake import intake
from store.clock import QUERY_INTERVAL, RETRY_INTERVAL, DatabaseClock, read_database_time
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, Clock, event

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY, MOMENT = timedelta(days=1), timedelta(seconds=20)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Host:
    """A machine with a clock that can be set, and with ticking that can't."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.ticked = 100.0

    def passes(self, time: timedelta) -> None:
        self.clock.now += time
        self.ticked += time.total_seconds()

    def clock_on(self, engine: sa.Engine) -> DatabaseClock:
        return DatabaseClock(engine, system_clock=self.clock, monotonic=lambda: self.ticked)


@pytest.fixture
def asked(engine: sa.Engine) -> Iterator[list[str]]:
    """Yield the questions to the database, as they are asked."""
    questions: list[str] = []

    def note(*arguments: object) -> None:
        questions.append(str(arguments[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield questions
    sa.event.remove(engine, "before_cursor_execute", note)


def time_of(engine: sa.Engine) -> datetime:
    with engine.connect() as connection:
        return read_database_time(connection)


@ON_POSTGRESQL
def test_the_time_is_the_database_s_however_wrong_this_machine_is(engine: sa.Engine) -> None:
    clock = Host().clock_on(engine)

    assert abs(clock() - time_of(engine)) < MOMENT
    assert clock().tzinfo is UTC


@ON_POSTGRESQL
def test_the_database_is_asked_once_a_minute_and_its_time_carried_on(
    engine: sa.Engine, asked: list[str]
) -> None:
    host = Host()
    clock = host.clock_on(engine)

    first = clock()
    host.passes(QUERY_INTERVAL - timedelta(seconds=1))
    assert clock() == first + QUERY_INTERVAL - timedelta(seconds=1)
    assert len(asked) == 1
    host.passes(timedelta(seconds=2))
    assert abs(clock() - time_of(engine)) < MOMENT
    assert len(asked) == 3


@ON_POSTGRESQL
def test_a_clock_that_is_set_has_the_database_asked_at_once(engine: sa.Engine, asked: list[str]) -> None:
    """A machine that was suspended looks the same: its ticking stood still."""
    host = Host()
    clock = host.clock_on(engine)

    clock()
    host.clock.now += DAY
    assert abs(clock() - time_of(engine)) < MOMENT

    assert len(asked) == 3


def test_without_an_answer_the_time_is_this_machine_s_and_the_database_asked_again_soon() -> None:
    engine = create_engine("postgresql://nobody@127.0.0.1:1/none")
    host = Host()
    clock = host.clock_on(engine)

    first = clock()
    host.passes(RETRY_INTERVAL * 2)

    assert (first, clock()) == (START, START + RETRY_INTERVAL * 2)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_has_this_machine_s_clock(engine: sa.Engine) -> None:
    host = Host()

    assert host.clock_on(engine)() == START


def test_what_a_receiver_takes_without_a_time_has_the_database_s(engine: sa.Engine) -> None:
    transactions = partial(SqlUnitOfWork, engine)
    before = time_of(engine)

    first = event()
    twin = event(delivery_key=first.delivery_key, title="Something else")
    assert intake.receive_events(transactions, [first]) == [True]
    assert intake.receive_events(transactions, [twin]) == [True]

    with transactions(reading=True) as work:
        times = [stored.received_at for stored in work.events.list_recent(2)]
    assert all(before <= each <= time_of(engine) for each in times)
