"""What fell due during a snooze is asked at its end, once."""

from __future__ import annotations

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
    NEXT_MORNING,
    SATURDAY,
    SECOND,
    THIRD,
    TUESDAY,
    WEDNESDAY,
    at,
    lapse,
    opened,
    remind,
    request_changes,
)
from tests.reviews.samples import OWNER


def test_at_the_end_of_a_snooze_a_step_that_waits_for_the_morning_asks_once(desk: Desk) -> None:
    review = opened(desk, remind(50), lapse(200), urgent=True)
    desk.hand_over.snooze(make_review_request(review), until=SATURDAY)

    assert at(desk, SATURDAY) == []
    assert at(desk, NEXT_MORNING["Monday"]) == [FIRST]


def test_what_fell_due_during_a_snooze_is_asked_once_at_its_end(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    desk.hand_over.snooze(make_review_request(review), until=TUESDAY - HOUR)

    for moment in (FRIDAY, MONDAY, TUESDAY - HOUR - INSTANT):
        assert at(desk, moment) == []
    assert at(desk, TUESDAY - HOUR) == [SECOND]
    assert at(desk, TUESDAY) == [THIRD]


def test_at_the_end_of_a_snooze_those_who_have_not_answered_are_reminded_though_no_step_is_due(
    desk: Desk,
) -> None:
    review = opened(desk, *EXAMPLE)
    desk.hand_over.snooze(make_review_request(review), until=FRIDAY - HOUR)

    assert at(desk, FRIDAY - HOUR) == [("review:reminded", "", (OWNER,))]
    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [SECOND]


def test_at_the_end_of_a_snooze_those_who_snoozed_are_reminded_though_it_lapsed_meanwhile(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    for moment in (FRIDAY, MONDAY, TUESDAY):
        at(desk, moment)
    desk.hand_over.snooze(make_review_request(review), until=WEDNESDAY + HOUR)

    assert at(desk, WEDNESDAY) == []
    assert at(desk, WEDNESDAY + HOUR) == [("review:reminded", "", (OWNER,)), LAST]
    assert at(desk, WEDNESDAY + 30 * DAY) == []


def test_a_snooze_that_ends_on_a_weekend_asks_on_monday_and_leaves_the_card_at_its_end(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    desk.deliver_all()
    desk.hand_over.snooze(make_review_request(review), until=SATURDAY)
    desk.deliver_all()

    assert at(desk, SATURDAY) == []
    desk.deliver_all()
    cards = [card for place, _, card in desk.paper.updates if place == "C1"]
    assert [card.snoozed_until for card in cards] == [SATURDAY, None]
    assert at(desk, NEXT_MORNING["Monday"]) == [FIRST]


def test_a_withdrawn_answer_to_a_snoozed_review_leaves_the_look_at_its_deadline(desk: Desk) -> None:
    """The card says from then on that it is overdue."""
    review = opened(desk, *EXAMPLE)
    desk.hand_over.snooze(make_review_request(review), until=TUESDAY)
    request_changes(desk, review)
    desk.answers.withdraw(make_review_request(review))

    assert desk.latest(review.file_id).remind_at == MONDAY
