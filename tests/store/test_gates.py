"""A remote service's limit, kept among all workers."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.delivery.pace import BRIEF_WAIT
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import sqlalchemy as sa

SECOND = timedelta(seconds=1)


@pytest.fixture
def work(engine: sa.Engine) -> Iterator[SqlUnitOfWork]:
    with partial(SqlUnitOfWork, engine)() as unit:
        yield unit


def take_turn(work: SqlUnitOfWork, at: datetime) -> timedelta:
    """Take the turn of one who has a place in the line that has come."""
    return work.gates.take_turn("slack:C1", at, place=START, interval=SECOND)


def test_a_place_in_a_queue_is_taken_once_and_passed_at_its_turn(work: SqlUnitOfWork) -> None:
    def wait(at: datetime, *, place: datetime | None = None) -> timedelta:
        return work.gates.take_turn("slack:C1", at, place=place, interval=SECOND)

    assert [wait(START), wait(START), wait(START)] == [timedelta(), SECOND, 2 * SECOND]
    assert wait(START + 0.4 * SECOND, place=START + SECOND) == 0.6 * SECOND
    assert wait(START + 1.2 * SECOND, place=START + SECOND) == timedelta()
    assert wait(START + 2 * SECOND, place=START + 2 * SECOND) == 0.2 * SECOND, "the one before came late"
    assert wait(START + 2.2 * SECOND, place=START + 2 * SECOND) == timedelta()


def test_of_all_that_are_late_one_passes_and_each_other_takes_a_place_of_its_own(work: SqlUnitOfWork) -> None:
    """After a while in which no worker ran, all that stand in a queue come at the same time."""
    late = START + 60 * SECOND
    for _ in range(5):
        work.gates.take_turn("slack:C1", START, place=None, interval=SECOND)

    waits = [
        work.gates.take_turn("slack:C1", late, place=START + number * SECOND, interval=SECOND)
        for number in range(5)
    ]

    assert waits == [number * SECOND for number in range(5)]


def test_without_a_pace_only_a_closed_gate_is_waited_for(work: SqlUnitOfWork) -> None:
    def wait(at: datetime) -> timedelta:
        return work.gates.take_turn("console:", at, place=None, interval=timedelta())

    assert [wait(START), wait(START)] == [timedelta(), timedelta()]
    work.gates.close("console:", START + 9 * SECOND)
    assert [wait(START), wait(START)] == [9 * SECOND, 9 * SECOND]
    assert wait(START + 9 * SECOND) == timedelta()


def test_places_in_a_line_are_a_second_apart_and_other_lines_are_free(work: SqlUnitOfWork) -> None:
    places = [work.gates.take_next_slot("slack:C1", START, interval=SECOND) for _ in range(3)]

    assert places == [START, START + SECOND, START + 2 * SECOND]
    assert work.gates.take_next_slot("slack:C2", START, interval=SECOND) == START


def test_a_line_that_was_empty_for_a_while_starts_now(work: SqlUnitOfWork) -> None:
    work.gates.take_next_slot("slack:C1", START, interval=SECOND)

    assert work.gates.take_next_slot("slack:C1", START + 9 * SECOND, interval=SECOND) == START + 9 * SECOND


def test_a_worker_that_wakes_too_early_waits_for_the_distance(work: SqlUnitOfWork) -> None:
    assert take_turn(work, START) == timedelta()
    assert take_turn(work, START + 0.3 * SECOND) == 0.7 * SECOND
    assert take_turn(work, START + SECOND) == timedelta()


def test_a_turn_that_comes_within_a_moment_is_taken_and_the_next_one_counts_from_it(
    work: SqlUnitOfWork,
) -> None:
    def wait(at: datetime) -> timedelta:
        return work.gates.take_turn("slack:C1", at, place=START + SECOND, interval=SECOND)

    assert take_turn(work, START) == timedelta()
    assert wait(START + SECOND - BRIEF_WAIT) == BRIEF_WAIT
    assert wait(START + SECOND) == SECOND, "it was taken"
    assert wait(START + 2 * SECOND) == timedelta()


def test_the_interval_counts_from_the_arrival_if_that_was_later_than_the_turn(work: SqlUnitOfWork) -> None:
    take_turn(work, START)
    work.gates.note_arrival("slack:C1", START + 0.4 * SECOND)
    work.gates.note_arrival("slack:C1", START + 0.3 * SECOND)
    work.gates.note_arrival("slack:C2", START + 0.9 * SECOND)

    assert take_turn(work, START + SECOND) == 0.4 * SECOND
    assert take_turn(work, START + 1.4 * SECOND) == timedelta()


def test_a_place_that_comes_while_a_gate_is_shut_for_a_moment_is_kept(work: SqlUnitOfWork) -> None:
    for _ in range(5):
        work.gates.take_turn("slack:C1", START, place=None, interval=SECOND)
    work.gates.close("slack:C1", START + 1.3 * SECOND)

    wait = work.gates.take_turn("slack:C1", START + SECOND, place=START + SECOND, interval=SECOND)

    assert wait == 0.3 * SECOND


def test_a_gate_that_the_far_side_shut_stays_shut_for_all(work: SqlUnitOfWork) -> None:
    work.gates.close("slack:C1", START + 30 * SECOND)
    work.gates.close("slack:C1", START + 10 * SECOND)

    assert work.gates.find_opening("slack:C1", START + 29 * SECOND) == START + 30 * SECOND
    assert work.gates.find_opening("slack:C1", START + 31 * SECOND) == START + 31 * SECOND
    assert take_turn(work, START) == 30 * SECOND
    assert work.gates.take_next_slot("slack:C1", START, interval=SECOND) == START + 31 * SECOND
    assert work.gates.find_opening("slack:C2", START) == START


def test_what_a_clock_that_was_a_day_ahead_wrote_does_not_count_once_it_is_right(work: SqlUnitOfWork) -> None:
    ahead = START + timedelta(days=1)
    work.gates.take_next_slot("slack:C1", ahead, interval=SECOND)
    take_turn(work, ahead)
    work.gates.close("slack:C1", ahead + 60 * SECOND)

    assert work.gates.find_opening("slack:C1", START) == START
    assert work.gates.take_next_slot("slack:C1", START, interval=SECOND) == START
    assert take_turn(work, START) == SECOND
    assert take_turn(work, START + SECOND) == timedelta()
    work.gates.close("slack:C1", START + 30 * SECOND)
    assert take_turn(work, START + 2 * SECOND) == 28 * SECOND


def test_a_line_may_be_as_long_as_the_cards_that_stand_in_it(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())
    work.cards.owe("rev-1", [("slack", "C1")])
    hour = timedelta(hours=1)

    places = [work.gates.take_next_slot("slack:C1", START, interval=hour) for _ in range(5)]

    assert places == [START, START + hour, START + 2 * hour, START + 3 * hour, START]


def test_the_next_place_in_a_line_is_found_without_taking_it(work: SqlUnitOfWork) -> None:
    unknown = work.gates.find_next_slot("slack:C1", START)
    work.gates.take_next_slot("slack:C1", START, interval=SECOND)

    slots = [work.gates.find_next_slot("slack:C1", START) for _ in range(2)]

    assert (unknown, slots) == (START, [START + SECOND] * 2)
    assert work.gates.find_next_slot("slack:C1", START + 9 * SECOND) == START + 9 * SECOND
