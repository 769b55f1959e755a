"""The steps of a ladder keep to working hours, unless they are urgent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.reviews.desk import Desk, make_review_request
from tests.reviews.ladders import (
    EXAMPLE,
    FIRST,
    FRIDAY,
    HOUR,
    INSTANT,
    MONDAY,
    NEXT_MORNING,
    SATURDAY,
    SECOND,
    THURSDAY,
    TUESDAY,
    at,
    escalate,
    follow,
    lapse,
    opened,
    remind,
)
from tests.reviews.samples import OWNER, event


def test_nothing_is_sent_outside_working_hours(desk: Desk) -> None:
    opened(desk, *EXAMPLE)

    assert at(desk, SATURDAY) == []
    assert at(desk, NEXT_MORNING["Monday"] - INSTANT - timedelta(microseconds=345_678)) == []
    assert at(desk, NEXT_MORNING["Monday"]) == [FIRST]


def test_an_urgent_step_is_sent_at_once(desk: Desk) -> None:
    opened(desk, remind(50, urgent=True), escalate(100))

    assert at(desk, SATURDAY) == [FIRST]
    assert at(desk, MONDAY) == [SECOND, ("review:lapsed", "100%", ())]


def test_outside_working_hours_the_urgent_steps_are_taken_before_the_first_that_waits(desk: Desk) -> None:
    boss = escalate(100, "boss@example.com", urgent=True)
    opened(desk, remind(50, urgent=True), escalate(100), boss, escalate(120, "later@example.com"))
    night = MONDAY.replace(hour=22)

    assert at(desk, night) == [FIRST, ("review:escalated", "100%", ("boss@example.com",))]
    assert at(desk, TUESDAY.replace(hour=9)) == [
        SECOND,
        ("review:escalated", "120%", ("later@example.com",)),
        ("review:lapsed", "120%", ()),
    ]


def test_an_urgent_step_lapses_with_it_where_no_lapse_is_written_and_before_one_that_is(desk: Desk) -> None:
    night = MONDAY.replace(hour=22)
    opened(desk, escalate(100, urgent=True))
    assert at(desk, night) == [SECOND, ("review:lapsed", "100%", ())]

    desk.clock.now = THURSDAY
    follow(desk, escalate(100, urgent=True), lapse(100))
    desk.open(event(file_id="f2"))
    assert at(desk, night) == [SECOND]
    assert at(desk, TUESDAY.replace(hour=9)) == [("review:lapsed", "100%", ())]


def test_reminders_of_an_urgent_route_without_a_ladder_are_sent_at_once(desk: Desk) -> None:
    opened(desk, urgent=True, remind=8 * HOUR, due=None)

    assert at(desk, SATURDAY) == [("review:reminded", "", (OWNER,))]


def test_a_lapse_alone_waits_for_working_hours_though_it_is_urgent(desk: Desk) -> None:
    review = opened(desk, remind(50), replace(lapse(100), urgent=True))
    at(desk, FRIDAY)
    night = MONDAY.replace(hour=22)
    desk.hand_over.snooze(make_review_request(review), until=night)

    assert at(desk, night) == []
    assert at(desk, TUESDAY.replace(hour=9)) == [
        ("review:reminded", "", (OWNER,)),
        ("review:lapsed", "100%", ()),
    ]
