"""The clock with ladders: each step at its time, once, by any number of workers."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.identity import Person
from reviews.kinds import Decision, ReviewState, StepAction
from tests.reviews.desk import Desk, make_review_request
from tests.reviews.ladders import (
    DAY,
    EXAMPLE,
    FIRST,
    FRIDAY,
    HOUR,
    INSTANT,
    LAST,
    MONDAY,
    SECOND,
    THIRD,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    answer,
    at,
    follow,
    list_notices,
    opened,
    remind,
)
from tests.reviews.samples import BOB, event

if TYPE_CHECKING:
    from datetime import datetime


def test_each_step_is_taken_at_its_percentage_of_the_working_time_and_over_a_weekend(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)

    assert review.due_at == MONDAY
    for moment, asked in ((FRIDAY, FIRST), (MONDAY, SECOND), (TUESDAY, THIRD), (WEDNESDAY, LAST)):
        assert at(desk, moment - INSTANT) == []
        assert at(desk, moment) == [asked]
        assert at(desk, moment + HOUR) == []
    assert at(desk, WEDNESDAY + 90 * DAY) == []
    latest = desk.latest(review.file_id)
    assert (latest.steps_taken, latest.lapsed_at, latest.state) == (4, WEDNESDAY, ReviewState.OPEN)
    assert desk.verdict().intact


def test_each_step_has_its_message_and_a_lapse_has_none(desk: Desk) -> None:
    opened(desk, *EXAMPLE)

    for moment in (FRIDAY, MONDAY, TUESDAY, WEDNESDAY):
        at(desk, moment)

    assert list_notices(desk) == ["reminder", "overdue"]
    assert list_notices(desk, "C-OPS") == ["overdue"]


def test_the_review_says_which_step_was_taken_last(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)

    steps = []
    for moment in (THURSDAY, FRIDAY, MONDAY, TUESDAY, WEDNESDAY):
        at(desk, moment)
        last = desk.latest(review.file_id).last_step
        steps.append((last.action.value, last.after, last.at) if last else None)

    assert steps == [
        None,
        ("remind", "50%", FRIDAY),
        ("escalate", "100%", MONDAY),
        ("escalate", "150%", TUESDAY),
        ("lapse", "200%", WEDNESDAY),
    ]


def test_an_unwritten_lapse_leaves_the_last_step_as_the_one_that_was_taken(desk: Desk) -> None:
    review = opened(desk, remind(50))

    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [("review:lapsed", "100%", ())]
    last = desk.latest(review.file_id).last_step
    assert last is not None
    assert (last.action, last.at) == (StepAction.REMIND, FRIDAY)


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("taken", [THURSDAY, FRIDAY, MONDAY, TUESDAY, WEDNESDAY])
def test_no_step_follows_an_answer(desk: Desk, decision: Decision, taken: datetime) -> None:
    review = opened(desk, *EXAMPLE)
    for moment in (FRIDAY, MONDAY, TUESDAY, WEDNESDAY):
        if moment <= taken:
            at(desk, moment)
    desk.clock.now = taken + HOUR
    answer(desk, review, decision=decision, note="No.")

    for moment in (FRIDAY, MONDAY, TUESDAY, WEDNESDAY, WEDNESDAY + 30 * DAY):
        if moment > taken:
            assert at(desk, moment) == []
    assert desk.verdict().intact


def test_a_worker_that_slept_asks_each_person_once_and_lapses(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)

    assert at(desk, WEDNESDAY + DAY) == [SECOND, THIRD, LAST]
    assert (list_notices(desk), list_notices(desk, "C-OPS")) == (["overdue"], ["overdue"])
    assert desk.latest(review.file_id).steps_taken == 4
    assert desk.verdict().intact


def test_an_acknowledgement_that_is_withdrawn_goes_on_with_the_next_step(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    at(desk, FRIDAY)
    answer(desk, review)
    assert at(desk, MONDAY) == []
    desk.clock.now = MONDAY + HOUR
    desk.answers.withdraw(make_review_request(review))
    withdrawn = len(desk.entries())

    assert at(desk, MONDAY + 2 * HOUR) == [SECOND]
    assert at(desk, TUESDAY) == [THIRD]
    assert withdrawn == len(desk.entries()) - 2
    assert desk.verdict().intact


def test_a_clock_that_is_set_back_asks_no_one_twice(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    assert at(desk, MONDAY) == [SECOND]

    for moment in (FRIDAY, THURSDAY, MONDAY, MONDAY + HOUR):
        assert at(desk, moment) == []
        assert desk.latest(review.file_id).steps_taken == 2
    assert at(desk, TUESDAY) == [THIRD]


def test_more_edits_change_no_step(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    at(desk, FRIDAY)
    desk.portal.versions[review.file_id] = 9
    assert desk.open(event(actor=Person(id=BOB.id, name=""))).revision == 2

    assert desk.latest(review.file_id).steps_taken == 1
    assert at(desk, FRIDAY + HOUR) == []
    assert [step for _, step, _ in at(desk, MONDAY)] == ["100%"]


def test_several_workers_at_once_take_each_step_once(desk: Desk) -> None:
    desk.clock.now = THURSDAY
    follow(desk, *EXAMPLE)
    for number in range(10):
        desk.open(event(file_id=f"f{number}"))
    desk.clock.now = WEDNESDAY
    together = Barrier(4)

    def work() -> None:
        together.wait()
        with suppress(sa.exc.OperationalError):  # a busy SQLite is asked again in the next round
            desk.look()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at(desk, WEDNESDAY)

    types = [entry["type"] for entry in desk.entries()]
    assert (types.count("review:escalated"), types.count("review:lapsed")) == (20, 10)
    assert {desk.latest(f"f{number}").steps_taken for number in range(10)} == {4}
    assert desk.verdict().intact
