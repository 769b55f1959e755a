"""Posts of one process to one target are an interval apart, also where some take longer to be drawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviews.delivery.pace import MAX_TARGETS, Pace
from tests.reviews.samples import Clock

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def pace(clock: Clock, slept: list[float]) -> Pace:
    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds=seconds)

    return Pace(monotonic=clock.seconds, sleep=sleep)


def test_what_comes_early_waits_for_the_rest_of_the_interval(
    pace: Pace, clock: Clock, slept: list[float]
) -> None:
    pace.wait_for("slack:C1", SECOND)
    clock.advance(seconds=0.75)
    pace.wait_for("slack:C1", SECOND)
    clock.advance(seconds=1)
    pace.wait_for("slack:C1", SECOND)

    assert slept == [0.25]


def test_other_targets_and_channels_without_a_pace_do_not_wait(pace: Pace, slept: list[float]) -> None:
    for target in ("slack:C1", "slack:C2"):
        pace.wait_for(target, SECOND)
    for _ in range(2):
        pace.wait_for("console:", timedelta())

    assert slept == []


def test_no_one_is_held_back_for_longer_than_an_interval(clock: Clock, slept: list[float]) -> None:
    """The second and the third come while the first one sleeps."""
    pace = Pace(monotonic=clock.seconds, sleep=slept.append)

    for _ in range(3):
        pace.wait_for("slack:C1", SECOND)

    assert slept == [1.0, 1.0]


def test_targets_whose_interval_is_over_are_forgotten(pace: Pace, clock: Clock, slept: list[float]) -> None:
    for number in range(MAX_TARGETS - 1):
        pace.wait_for(f"slack:C{number}", SECOND)
    clock.advance(seconds=2)
    pace.wait_for("slack:new", SECOND)
    pace.wait_for("slack:newer", SECOND)
    pace.wait_for("slack:new", SECOND)

    assert slept == [1.0]
    assert len(pace.targets) == 2
