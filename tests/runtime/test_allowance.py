"""DocSpace's limit on requests, shared by all workers."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from runtime.far_sides.call_allowance import ALL_CALLS, GOOD_FOR, RESERVED, SWEEPS, UNHURRIED, Allowance
from runtime.far_sides.docspace_calls import InLine, permit_all, permit_person
from store.unit_of_work import UnitOfWork
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from runtime.far_sides.call_allowance import Pace

MOST_IN_A_MINUTE = 1_500
"""Facts on DocSpace, 4.1."""


def granted(workers: list[Allowance], clock: Clock, *, seconds: int) -> int:
    """Let the workers ask as often as they are let, for so long; return how often that was."""
    count = 0
    for _ in range(seconds):
        for worker in workers:
            while worker.ask() == 0:
                count += 1
        clock.advance(seconds=1)
    return count


def test_all_workers_together_stay_within_the_limit_of_a_minute(engine: sa.Engine) -> None:
    clock = Clock()
    workers = [Allowance(partial(UnitOfWork, engine), clock) for _ in range(3)]

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
    transactions = partial(UnitOfWork, engine)
    asks = [
        permit_all([Allowance(transactions, clock, pace) for pace in paces])
        for paces in ([ALL_CALLS], [UNHURRIED, ALL_CALLS], [SWEEPS, UNHURRIED, ALL_CALLS])
        for _ in range(processes)
    ]
    asks += [permit_person(transactions, clock) for _ in range(processes)]
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
    saved = 60 + GOOD_FOR.total_seconds()
    most = [pace.at_once + pace.batch + saved * pace.a_second for pace in (ALL_CALLS, RESERVED)]

    assert sum(most) <= MOST_IN_A_MINUTE


def test_a_permit_that_was_not_used_lapses(engine: sa.Engine) -> None:
    clock = Clock()
    idle, busy = (Allowance(partial(UnitOfWork, engine), clock) for _ in range(2))
    idle.ask()
    granted([busy], clock, seconds=1)
    clock.advance(seconds=GOOD_FOR.total_seconds())
    while busy.ask() == 0:
        pass

    assert idle.ask() > 0


def test_whoever_has_to_wait_is_told_how_long(engine: sa.Engine) -> None:
    clock = Clock()
    worker = Allowance(partial(UnitOfWork, engine), clock)
    while (wait := worker.ask()) == 0:
        pass
    clock.advance(seconds=wait)

    assert 0 < wait < 2
    assert worker.ask() == 0


def test_a_clock_that_was_a_day_ahead_holds_nobody_up_once_it_is_right(engine: sa.Engine) -> None:
    clock = Clock()
    worker, other = (Allowance(partial(UnitOfWork, engine), clock) for _ in range(2))
    clock.advance(days=1)
    granted([worker], clock, seconds=1)
    worker.ask()
    clock.advance(days=-1)

    waits = [worker.ask(), other.ask()]

    assert max(waits) < 2


def test_the_sweeps_of_all_workers_leave_half_of_the_calls_to_others(engine: sa.Engine) -> None:
    clock = Clock()
    sweeps = [Allowance(partial(UnitOfWork, engine), clock, SWEEPS) for _ in range(3)]

    first_minute = granted(sweeps, clock, seconds=60)
    second_minute = granted(sweeps, clock, seconds=60)

    assert 600 <= first_minute <= 750
    assert 550 <= second_minute <= 650
    assert Allowance(partial(UnitOfWork, engine), clock).ask() == 0


def test_floods_and_sweeps_together_never_have_a_single_change_wait(engine: sa.Engine) -> None:
    clock = Clock()

    def ask_within(*paces: Pace) -> Callable[[], float]:
        return permit_all([Allowance(partial(UnitOfWork, engine), clock, pace) for pace in paces])

    unhurried = [ask_within(UNHURRIED, ALL_CALLS), ask_within(SWEEPS, UNHURRIED, ALL_CALLS)] * 2
    change = ask_within(ALL_CALLS)
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

    paces = [Allowance(partial(UnitOfWork, engine), clock, pace) for pace in (UNHURRIED, ALL_CALLS)]
    ask = permit_all(paces, InLine(seconds=5, wait=wait))
    began = clock()

    calls = UNHURRIED.at_once + 10 * UNHURRIED.a_second
    assert [ask() for _ in range(calls)] == [0.0] * calls
    assert 8 < (clock() - began).total_seconds() < 12

    ends = True
    assert max(ask() for _ in range(100)) > 0


def test_a_call_waits_in_line_no_longer_than_it_may(engine: sa.Engine) -> None:
    clock = Clock()
    one, other = (Allowance(partial(UnitOfWork, engine), clock) for _ in range(2))
    while one.ask() == 0:
        pass

    def wait(seconds: float) -> bool:
        raise AssertionError(f"it waits for {seconds} s")

    assert permit_all([other], InLine(seconds=0.2, wait=wait))() > 0.2


def test_clicks_find_calls_left_while_workers_stand_in_line(engine: sa.Engine) -> None:
    clock = Clock()
    transactions = partial(UnitOfWork, engine)
    workers = [
        permit_all([Allowance(transactions, clock, pace) for pace in paces])
        for paces in ([ALL_CALLS], [UNHURRIED, ALL_CALLS]) * 2
    ]
    webs = [permit_person(transactions, clock) for _ in range(3)]

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
    click = permit_person(partial(UnitOfWork, engine), Clock())

    assert [click() for _ in range(RESERVED.at_once + 100)] == [0] * (RESERVED.at_once + 100)
