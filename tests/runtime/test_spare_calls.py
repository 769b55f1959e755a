"""Comparisons make the calls to DocSpace that events leave; without end those slow them down."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from runtime.call_limits.call_allowance import BACKGROUND_RATE, TOTAL_RATE, Allowance, build_shared_permit
from runtime.call_limits.spare_calls import MAX_SPARE_WAIT, SpareAllowance
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.ports.unit_of_work import Transactions

STEP = 0.05
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transactions(engine: sa.Engine) -> Transactions:
    return partial(SqlUnitOfWork, engine)


@pytest.fixture
def change(transactions: Transactions, clock: Clock) -> Callable[[], float]:
    """The calls of single changes."""
    return build_shared_permit([Allowance(transactions, clock)])


def repeat(ask: Callable[[], float], clock: Clock) -> Callable[[], int]:
    """Return a function that makes the next call as soon as it may, and returns how many it made now."""
    due = deque([clock()])

    def call() -> int:
        if clock() < due[0]:
            return 0
        wait = ask()
        due[0] = clock() + timedelta(seconds=wait)
        return 0 if wait else 1

    return call


def pass_time(clock: Clock, *, seconds: float) -> Iterator[None]:
    for _ in range(round(seconds / STEP)):
        yield
        clock.advance(seconds=STEP)


def drain(ask: Callable[[], float]) -> int:
    """Make calls until one has to wait; return how many."""
    count = 0
    while ask() == 0:
        count += 1
    return count


@pytest.fixture
def comparisons(transactions: Transactions, clock: Clock, processes: int) -> list[Callable[[], int]]:
    """The calls of comparisons, one after another in each process."""
    return [repeat(SpareAllowance(transactions, clock).take_permit, clock) for _ in range(processes)]


@pytest.mark.parametrize("processes", [1, 4])
def test_a_burst_of_events_finds_the_calls_that_are_free_at_once(
    comparisons: list[Callable[[], int]], change: Callable[[], float], clock: Clock
) -> None:
    calls = sum(call() for _ in pass_time(clock, seconds=10) for call in comparisons)

    assert drain(change) >= TOTAL_RATE.initial_calls - len(comparisons)
    assert 90 < calls <= 10 * TOTAL_RATE.per_second + len(comparisons)


@pytest.mark.parametrize(("processes", "seconds_between"), [(4, 0.5), (16, 1.25)])
def test_comparisons_leave_changes_their_calls_beside_a_flood(
    comparisons: list[Callable[[], int]], transactions: Transactions, clock: Clock, seconds_between: float
) -> None:
    """Each process has permits of its own, and those that it does not use lapse."""
    rates = (BACKGROUND_RATE, TOTAL_RATE)
    floods = [
        build_shared_permit([Allowance(transactions, clock, rate) for rate in rates]) for _ in comparisons
    ]
    changes = [build_shared_permit([Allowance(transactions, clock)]) for _ in comparisons]
    waits: list[float] = []
    for step, _ in enumerate(pass_time(clock, seconds=60)):
        for flood in floods:
            drain(flood)
        if step % round(seconds_between / STEP) == 0:
            waits.append(changes[len(waits) % len(changes)]())
        for call in comparisons:
            call()

    assert waits == [0.0] * len(waits)
    assert drain(changes[0]) > 50


@pytest.mark.parametrize("processes", [1])
def test_events_without_end_leave_comparisons_a_call_every_few_seconds(
    comparisons: list[Callable[[], int]], change: Callable[[], float], clock: Clock
) -> None:
    calls = 0
    for _ in pass_time(clock, seconds=120):
        drain(change)
        calls += comparisons[0]()

    assert 6 <= calls <= 15


def test_a_call_that_waits_takes_nothing(
    transactions: Transactions, change: Callable[[], float], clock: Clock
) -> None:
    drain(change)
    spare = SpareAllowance(transactions, clock)
    before = next_slot(transactions, clock)

    waits = [spare.take_permit() for _ in range(5)]

    assert waits[0] > 7
    assert next_slot(transactions, clock) == before


def test_a_call_that_has_waited_long_takes_its_turn_like_any_other(
    transactions: Transactions, clock: Clock
) -> None:
    spare = SpareAllowance(transactions, clock)
    set_next_slot(transactions, clock, ahead=timedelta(minutes=1))

    waits = [spare.take_permit()]
    clock.advance(seconds=(MAX_SPARE_WAIT - MOMENT).total_seconds())
    waits.append(spare.take_permit())
    before = next_slot(transactions, clock)
    clock.advance(seconds=MOMENT.total_seconds())
    waits.append(spare.take_permit())

    assert waits[:2] == [MAX_SPARE_WAIT.total_seconds(), MOMENT.total_seconds()]
    assert 40 < waits[2] < 60
    assert next_slot(transactions, clock) > before


def test_a_clock_that_was_ahead_holds_up_no_comparison(transactions: Transactions, clock: Clock) -> None:
    spare = SpareAllowance(transactions, clock)
    clock.advance(minutes=1)
    set_next_slot(transactions, clock, ahead=timedelta(seconds=5))
    assert spare.take_permit() == 5
    clock.advance(minutes=-1)

    assert spare.take_permit() == MAX_SPARE_WAIT.total_seconds()


def next_slot(transactions: Transactions, clock: Clock) -> datetime:
    with transactions() as work:
        return work.gates.find_next_slot(TOTAL_RATE.gate, clock())


def set_next_slot(transactions: Transactions, clock: Clock, *, ahead: timedelta) -> None:
    with transactions() as work:
        work.gates.take_next_slot(TOTAL_RATE.gate, clock(), interval=ahead)
        work.commit()
