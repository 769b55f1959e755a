"""A review goes by the ladder in force, whatever it was opened on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.reviews.desk import DANA
from tests.reviews.ladders import (
    DAY,
    EXAMPLE,
    FIRST,
    FRIDAY,
    HOUR,
    MONDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    at,
    escalate,
    follow,
    lapse,
    opened,
    remind,
)
from tests.reviews.samples import DEPUTY, OWNER

if TYPE_CHECKING:
    from datetime import datetime

    from tests.reviews.desk import Desk


def test_the_ladder_in_force_counts_from_the_step_that_was_reached(desk: Desk) -> None:
    opened(desk, *EXAMPLE)
    assert at(desk, FRIDAY) == [FIRST]
    follow(desk, remind(10), escalate(100, "boss@example.com"), lapse(150))

    assert at(desk, MONDAY) == [("review:escalated", "100%", ("boss@example.com",))]
    assert at(desk, TUESDAY) == [("review:lapsed", "150%", ())]
    assert at(desk, TUESDAY + 30 * DAY) == []


def test_a_ladder_that_became_shorter_still_lapses(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    for moment in (FRIDAY, MONDAY, TUESDAY):
        at(desk, moment)
    follow(desk, remind(10))

    assert at(desk, WEDNESDAY) == [("review:lapsed", "100%", ())]
    assert desk.latest(review.file_id).steps_taken == 4
    assert at(desk, WEDNESDAY + 30 * DAY) == []


@pytest.mark.parametrize(
    "rules", [{"name": "another"}, {}], ids=["a route that is gone", "no ladder any more"]
)
@pytest.mark.parametrize("taken", [THURSDAY, FRIDAY])
def test_without_its_ladder_a_review_is_overdue_at_its_deadline(
    desk: Desk, rules: dict[str, Any], taken: datetime
) -> None:
    opened(desk, *EXAMPLE)
    at(desk, taken)
    follow(desk, **rules)
    asked = (OWNER,) if rules else (OWNER, DEPUTY)

    assert at(desk, MONDAY) == [("review:escalated", "100%", asked), ("review:lapsed", "100%", ())]
    assert at(desk, MONDAY + 30 * DAY) == []


def test_without_its_ladder_no_one_is_asked_twice_at_the_deadline(desk: Desk) -> None:
    opened(desk, *EXAMPLE)
    at(desk, MONDAY)
    follow(desk)

    assert at(desk, TUESDAY) == [("review:lapsed", "100%", ())]


def test_a_review_that_lapsed_before_there_were_ladders_is_not_asked_about_again(desk: Desk) -> None:
    review = opened(desk, remind=4 * HOUR)
    with desk.transactions() as work:
        snoozed_until, lapsed_at = MONDAY, MONDAY + HOUR
        work.reviews.snooze(review.id, until=snoozed_until, snoozed_by=DANA, remind_at=TUESDAY)
        work.reviews.save_clock(replace(review, remind_at=TUESDAY, lapsed_at=lapsed_at))
        work.commit()
    follow(desk, *EXAMPLE)

    assert at(desk, TUESDAY) == []
    assert at(desk, WEDNESDAY + 30 * DAY) == []
    assert desk.latest(review.file_id).steps_taken == 0
