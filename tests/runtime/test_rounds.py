"""What a worker does over and over goes on whatever happens in one of the rounds."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from runtime.worker.rounds import Rounds
from tests.journeys.processes import eventually
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

SOON = 0.001


def run(task: Callable[[int], float], *, until: int) -> list[str]:
    """Make so many rounds; return the names of what was logged."""
    made: list[int] = []
    done = threading.Event()

    def counted() -> float:
        made.append(len(made))
        if len(made) > until:
            done.set()
        return task(len(made))

    rounds = Rounds("test", counted, retry_seconds=SOON)
    with capture_logs() as logs:
        rounds.start()
        assert done.wait(60)
        rounds.stop()
        rounds.join(60)
    return [line["event"] for line in logs]


@pytest.mark.parametrize("error", [sa.exc.TimeoutError(), ValueError("nobody expected this")])
def test_the_same_failure_is_logged_once_and_so_is_its_end(error: Exception) -> None:
    def task(number: int) -> float:
        if number <= 3:
            raise error
        return SOON

    assert run(task, until=5) == ["round_failed", "round_well_again"]


def test_another_failure_is_logged_too() -> None:
    def task(number: int) -> float:
        raise ValueError if number % 2 else OSError

    assert run(task, until=2)[:2] == ["round_failed", "round_failed"]


def test_a_round_is_overdue_from_when_it_was_due_until_one_has_ended_well() -> None:
    clock = Clock()
    started, may_end = threading.Event(), threading.Event()

    def task() -> float:
        started.set()
        may_end.wait(60)
        if not healed:
            raise ValueError
        return 60.0

    healed: list[bool] = []
    rounds = Rounds("test", task, retry_seconds=SOON, clock=clock.seconds)
    assert rounds.overdue_seconds == 0
    rounds.start()
    started.wait(60)
    clock.advance(seconds=100)
    assert rounds.overdue_seconds == 100
    may_end.set()
    clock.advance(seconds=100)
    assert rounds.overdue_seconds == 200
    healed.append(True)
    eventually(lambda: rounds.overdue_seconds == 0)
    rounds.stop()
    rounds.join(60)


def test_rounds_that_are_woken_are_made_at_once() -> None:
    made: list[int] = []

    def task() -> float:
        made.append(1)
        return 3600.0

    rounds = Rounds("test", task, retry_seconds=3600.0)
    rounds.start()
    eventually(lambda: len(made) == 1)

    rounds.wake()

    eventually(lambda: len(made) == 2)
    rounds.stop()
    rounds.join(60)


def test_what_hangs_is_waited_for_as_long_as_was_said() -> None:
    started, may_end = threading.Event(), threading.Event()

    def task() -> float:
        started.set()
        return float(may_end.wait(60))

    rounds = Rounds("test", task, retry_seconds=SOON)
    rounds.start()
    started.wait(60)
    rounds.stop()

    with capture_logs() as logs:
        rounds.join(SOON)

    may_end.set()
    rounds.join(60)
    assert [line["event"] for line in logs] == ["thread_left_behind"]


def test_rounds_that_were_never_started_need_no_waiting() -> None:
    Rounds("test", lambda: 0.0, retry_seconds=SOON).join(60)
