"""DocSpace's limit on requests, shared by all workers."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from runtime.call_limits.call_allowance import (
    BACKGROUND_RATE,
    PERMIT_LIFETIME,
    RESERVED_RATE,
    SWEEP_RATE,
    TOTAL_RATE,
    Allowance,
    TurnWait,
    build_person_permit,
    build_shared_permit,
)
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from runtime.call_limits.call_allowance import CallRate

MOST_IN_A_MINUTE = 1_500
"""Facts on DocSpace, 4.1."""


def granted(workers: list[Allowance], clock: Clock, *, seconds: int) -> int:
    """Let the workers ask as often as they are let, for so long; return how often that was."""
    count = 0
    for _ in range(seconds):
        for worker in workers:
            while worker.take_permit() == 0:
                count += 1
        clock.advance(seconds=1)
    return count


def test_all_workers_together_stay_within_the_limit_of_a_minute(engine: sa.Engine) -> None:
    clock = Clock()
    workers = [Allowance(partial(SqlUnitOfWork, engine), clock) for _ in range(3)]

    first_minute = granted(workers, clock, seconds=60)
    second_minute = granted(workers, clock, seconds=60)

    assert 1_200 <= first_minute <= 1_400
    assert 1_100 <= second_minute <= 1_300


@pytest.mark.parametrize("processes", [1, 4, 8])
@pytest.mark.parametrize("saved_for", [2.9, 100])
def test_in_no_minute_more_calls_are_made_than_docspace_allows(
    engine: sa.Engine, processes: int, saved_for: float
) -> None:
    clock = Clock()
    transactions = partial(SqlUnitOfWork, engine)
    asks = [
        build_shared_permit([Allowance(transactions, clock, pace) for pace in paces])
        for paces in ([TOTAL_RATE], [BACKGROUND_RATE, TOTAL_RATE], [SWEEP_RATE, BACKGROUND_RATE, TOTAL_RATE])
        for _ in range(processes)
    ]
    asks += [build_person_permit(transactions, clock) for _ in range(processes)]
    for ask in asks:  # each keeps the rest of a batch
        ask()
    clock.advance(seconds=saved_for)

    calls: list[datetime] = []
    for _ in range(2 * 70):
        for ask in asks:
            while ask() == 0:
                calls.append(clock())
        clock.advance(seconds=0.5)

    assert 1_000 < most_in_a_minute(calls) <= MOST_IN_A_MINUTE


def most_in_a_minute(calls: Sequence[datetime]) -> int:
    """Return how many calls there were in that minute which had most of them; `calls` are in order."""
    minute = timedelta(minutes=1)
    return max(number - bisect_left(calls, each - minute) for number, each in enumerate(calls, 1))


def test_what_was_saved_up_by_however_many_processes_stays_within_the_limit_too() -> None:
    saved = 60 + PERMIT_LIFETIME.total_seconds()
    most = [pace.initial_calls + pace.batch + saved * pace.per_second for pace in (TOTAL_RATE, RESERVED_RATE)]

    assert sum(most) <= MOST_IN_A_MINUTE


def test_a_permit_that_was_not_used_lapses(engine: sa.Engine) -> None:
    clock = Clock()
    idle, busy = (Allowance(partial(SqlUnitOfWork, engine), clock) for _ in range(2))
    idle.take_permit()
    granted([busy], clock, seconds=1)
    clock.advance(seconds=PERMIT_LIFETIME.total_seconds())
    while busy.take_permit() == 0:
        pass

    assert idle.take_permit() > 0


def test_a_caller_who_has_to_wait_is_told_how_long(engine: sa.Engine) -> None:
    clock = Clock()
    worker = Allowance(partial(SqlUnitOfWork, engine), clock)
    while (wait := worker.take_permit()) == 0:
        pass
    clock.advance(seconds=wait)

    assert 0 < wait < 2
    assert worker.take_permit() == 0


def test_a_clock_that_was_a_day_ahead_holds_up_no_worker_once_it_is_right(engine: sa.Engine) -> None:
    clock = Clock()
    worker, other = (Allowance(partial(SqlUnitOfWork, engine), clock) for _ in range(2))
    clock.advance(days=1)
    granted([worker], clock, seconds=1)
    worker.take_permit()
    clock.advance(days=-1)

    waits = [worker.take_permit(), other.take_permit()]

    assert max(waits) < 2


def test_the_sweeps_of_all_workers_leave_half_of_the_calls_to_others(engine: sa.Engine) -> None:
    clock = Clock()
    sweeps = [Allowance(partial(SqlUnitOfWork, engine), clock, SWEEP_RATE) for _ in range(3)]

    first_minute = granted(sweeps, clock, seconds=60)
    second_minute = granted(sweeps, clock, seconds=60)

    assert 600 <= first_minute <= 750
    assert 550 <= second_minute <= 650
    assert Allowance(partial(SqlUnitOfWork, engine), clock).take_permit() == 0


def test_floods_and_sweeps_together_never_have_a_single_change_wait(engine: sa.Engine) -> None:
    clock = Clock()

    def ask_within(*paces: CallRate) -> Callable[[], float]:
        return build_shared_permit([Allowance(partial(SqlUnitOfWork, engine), clock, pace) for pace in paces])

    unhurried = [
        ask_within(BACKGROUND_RATE, TOTAL_RATE),
        ask_within(SWEEP_RATE, BACKGROUND_RATE, TOTAL_RATE),
    ] * 2
    change = ask_within(TOTAL_RATE)
    for _ in range(90):
        for ask in unhurried:
            while ask() == 0:
                pass
        assert [change() for _ in range(5)] == [0.0] * 5
        clock.advance(seconds=1)


def test_a_call_in_line_waits_for_its_turn_and_takes_one_permit_of_each_pace(
    engine: sa.Engine,
) -> None:
    clock, ends = Clock(), False

    def wait(seconds: float) -> bool:
        clock.advance(seconds=seconds)
        return ends

    paces = [Allowance(partial(SqlUnitOfWork, engine), clock, pace) for pace in (BACKGROUND_RATE, TOTAL_RATE)]
    ask = build_shared_permit(paces, TurnWait(seconds=5, wait=wait))
    began = clock()

    calls = BACKGROUND_RATE.initial_calls + 10 * BACKGROUND_RATE.per_second
    assert [ask() for _ in range(calls)] == [0.0] * calls
    assert 8 < (clock() - began).total_seconds() < 12

    ends = True
    assert max(ask() for _ in range(100)) > 0


def test_a_call_waits_in_line_no_longer_than_it_may(engine: sa.Engine) -> None:
    clock = Clock()
    one, other = (Allowance(partial(SqlUnitOfWork, engine), clock) for _ in range(2))
    while one.take_permit() == 0:
        pass

    def wait(seconds: float) -> bool:
        raise AssertionError(f"it waits for {seconds} s")

    assert build_shared_permit([other], TurnWait(seconds=0.2, wait=wait))() > 0.2


def test_clicks_find_calls_left_while_workers_stand_in_line(engine: sa.Engine) -> None:
    clock = Clock()
    transactions = partial(SqlUnitOfWork, engine)
    workers = [
        build_shared_permit([Allowance(transactions, clock, pace) for pace in paces])
        for paces in ([TOTAL_RATE], [BACKGROUND_RATE, TOTAL_RATE]) * 2
    ]
    webs = [build_person_permit(transactions, clock) for _ in range(3)]

    def work_on_the_backlog(*, seconds: int) -> None:
        for _ in range(2 * seconds):
            for worker in workers:
                while worker() == 0:
                    pass
            clock.advance(seconds=0.5)

    work_on_the_backlog(seconds=20)
    waits = []
    for click in range(40):
        waits.append(webs[click % 3]())
        work_on_the_backlog(seconds=1)

    assert waits == [0] * 40


def test_clicks_take_what_workers_leave_where_more_come_than_are_kept_free(engine: sa.Engine) -> None:
    click = build_person_permit(partial(SqlUnitOfWork, engine), Clock())

    assert [click() for _ in range(RESERVED_RATE.initial_calls + 100)] == [0] * (
        RESERVED_RATE.initial_calls + 100
    )
