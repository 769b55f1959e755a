"""Comparisons wait for events, which call DocSpace as well, and do not wait for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.comparison import ComparisonState
from runtime.wiring.sweeps import build_worker_sweep
from runtime.worker.capacity import Capacity, Lane
from runtime.worker.dispatcher import MAX_YIELD, Dispatcher
from runtime.worker.jobs import Jobs, WorkerUseCases
from tests.reviews.samples import START, Clock, review
from tests.runtime.worker_at_work import portal_with_one_file, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.wiring.wiring import Wiring

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    with wire_worker(database_url, portal_with_one_file()) as made:
        yield made


def dispatch(wiring: Wiring, *, after: timedelta, events: int) -> ComparisonState:
    """Look for due work once, while so many events are processed, and wait for its jobs."""
    capacity = Capacity()
    use_cases = WorkerUseCases(
        intake=wiring.build_worker_intake(lambda _seconds: True),
        delivery=wiring.delivery,
        sweep=build_worker_sweep(wiring, wait=lambda _seconds: True, stopping=lambda: False),
        comparing=wiring.build_comparing(lambda _seconds: True),
    )
    jobs = Jobs(use_cases, capacity=capacity, on_due=lambda: None, wait=lambda _seconds: True)
    for _ in range(events):
        capacity.claim(Lane.EVENTS)
    clock = Clock(START + after)
    dispatcher = Dispatcher(wiring.engine, jobs, capacity, worker="w", clock=clock, poll=1.0)
    dispatcher.dispatch()
    jobs.stop()
    with wiring.transactions(reading=True) as work:
        comparison = work.comparisons.get("rev-1")
    assert comparison is not None
    return comparison.summary.state


@pytest.fixture(autouse=True)
def _requested(wiring: Wiring) -> None:
    """A comparison that is due; its route is gone, so that it ends without a call."""
    with wiring.transactions() as work:
        work.reviews.add(review(route="former"))
        work.comparisons.request("rev-1", 1, at=START)
        work.commit()


def test_a_comparison_waits_while_events_are_processed(wiring: Wiring) -> None:
    assert dispatch(wiring, after=MAX_YIELD - MOMENT, events=1) is ComparisonState.WAITING


def test_it_does_not_wait_for_ever(wiring: Wiring) -> None:
    assert dispatch(wiring, after=MAX_YIELD, events=1) is ComparisonState.WITHHELD


def test_without_events_it_is_made_at_once(wiring: Wiring) -> None:
    assert dispatch(wiring, after=MOMENT, events=0) is ComparisonState.WITHHELD
