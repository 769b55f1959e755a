"""How often something may be done within a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ports.quotas import MAX_QUOTA_PERIOD, Quota, make_quota_key
from store.schema import quotas
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START

if TYPE_CHECKING:
    from datetime import datetime

SECOND = timedelta(seconds=1)
TWICE = Quota(2, timedelta(minutes=1))


def take(engine: sa.Engine, now: datetime, key: str = "dana") -> timedelta:
    with SqlUnitOfWork(engine) as work:
        wait = work.quotas.take(key, TWICE, now=now)
        work.commit()
    return wait


def test_a_quota_is_used_up_until_its_time_since_the_first_use_is_over(engine: sa.Engine) -> None:
    waits = [take(engine, START + seconds * SECOND) for seconds in (0, 10, 20, 59, 60, 61, 62)]

    assert [wait / SECOND for wait in waits] == [0, 0, 40, 1, 0, 0, 58]


def test_another_key_has_a_quota_of_its_own(engine: sa.Engine) -> None:
    for _ in range(3):
        take(engine, START)

    assert take(engine, START, "sam") == timedelta()


def test_what_a_clock_ahead_has_counted_does_not_hold_once_it_is_right_again(engine: sa.Engine) -> None:
    for _ in range(3):
        take(engine, START + timedelta(days=1))

    assert [take(engine, START) / SECOND for _ in range(3)] == [0, 0, 60]


def test_of_many_at_once_no_more_pass_than_the_quota_allows(engine: sa.Engine) -> None:
    barrier = threading.Barrier(6)

    def race(_: int) -> timedelta:
        barrier.wait(timeout=60)
        return take(engine, START)

    with ThreadPoolExecutor(6) as pool:
        waits = list(pool.map(race, range(6)))

    assert waits.count(timedelta()) == TWICE.max_uses


def test_what_was_counted_is_forgotten_once_no_quota_can_be_as_long(engine: sa.Engine) -> None:
    take(engine, START, "old")
    take(engine, START + SECOND, "young")

    with SqlUnitOfWork(engine) as work:
        forgotten = work.quotas.forget(before=START + SECOND)
        left = work.quotas.take("young", Quota(1, MAX_QUOTA_PERIOD), now=START + MAX_QUOTA_PERIOD)
        work.commit()

    assert (forgotten, left) == (1, SECOND)


def test_neither_people_nor_networks_can_be_read_in_the_table(engine: sa.Engine) -> None:
    take(engine, START, make_quota_key("mailed", "dana@example.com"))

    with engine.connect() as connection:
        stored = str(connection.execute(sa.select(quotas)).all())

    assert "dana" not in stored
