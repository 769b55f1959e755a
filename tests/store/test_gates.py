"""A remote service's limit, kept among all workers."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

SECOND = timedelta(seconds=1)


@pytest.fixture
def work(engine: sa.Engine) -> Iterator[SqlUnitOfWork]:
    with partial(SqlUnitOfWork, engine)() as unit:
        yield unit


def test_places_in_a_line_are_a_second_apart_and_other_lines_are_free(work: SqlUnitOfWork) -> None:
    places = [work.gates.take_next_slot("slack:C1", START, interval=SECOND) for _ in range(3)]

    assert places == [START, START + SECOND, START + 2 * SECOND]
    assert work.gates.take_next_slot("slack:C2", START, interval=SECOND) == START


def test_a_line_that_was_empty_for_a_while_starts_now(work: SqlUnitOfWork) -> None:
    work.gates.take_next_slot("slack:C1", START, interval=SECOND)

    assert work.gates.take_next_slot("slack:C1", START + 9 * SECOND, interval=SECOND) == START + 9 * SECOND


def test_a_worker_that_wakes_too_early_waits_for_the_distance(work: SqlUnitOfWork) -> None:
    assert work.gates.pass_or_wait("slack:C1", START, interval=SECOND) == timedelta()
    assert work.gates.pass_or_wait("slack:C1", START + 0.3 * SECOND, interval=SECOND) == 0.7 * SECOND
    assert work.gates.pass_or_wait("slack:C1", START + SECOND, interval=SECOND) == timedelta()


def test_a_gate_that_the_far_side_shut_stays_shut_for_all(work: SqlUnitOfWork) -> None:
    work.gates.close("slack:C1", START + 30 * SECOND)
    work.gates.close("slack:C1", START + 10 * SECOND)

    assert work.gates.find_opening("slack:C1", START + 29 * SECOND) == START + 30 * SECOND
    assert work.gates.find_opening("slack:C1", START + 31 * SECOND) == START + 31 * SECOND
    assert work.gates.pass_or_wait("slack:C1", START, interval=SECOND) == 30 * SECOND
    assert work.gates.take_next_slot("slack:C1", START, interval=SECOND) == START + 30 * SECOND
    assert work.gates.find_opening("slack:C2", START) == START


def test_what_a_clock_that_was_a_day_ahead_wrote_does_not_count_once_it_is_right(work: SqlUnitOfWork) -> None:
    ahead = START + timedelta(days=1)
    work.gates.take_next_slot("slack:C1", ahead, interval=SECOND)
    work.gates.pass_or_wait("slack:C1", ahead, interval=SECOND)
    work.gates.close("slack:C1", ahead + 60 * SECOND)

    assert work.gates.find_opening("slack:C1", START) == START
    assert work.gates.take_next_slot("slack:C1", START, interval=SECOND) == START
    assert work.gates.pass_or_wait("slack:C1", START, interval=SECOND) == SECOND
    assert work.gates.pass_or_wait("slack:C1", START + SECOND, interval=SECOND) == timedelta()
    work.gates.close("slack:C1", START + 30 * SECOND)
    assert work.gates.pass_or_wait("slack:C1", START + 2 * SECOND, interval=SECOND) == 28 * SECOND


def test_a_line_may_be_as_long_as_the_cards_that_stand_in_it(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())
    work.cards.owe("rev-1", [("slack", "C1")])
    hour = timedelta(hours=1)

    places = [work.gates.take_next_slot("slack:C1", START, interval=hour) for _ in range(5)]

    assert places == [START, START + hour, START + 2 * hour, START + 3 * hour, START]
