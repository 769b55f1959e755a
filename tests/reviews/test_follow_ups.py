"""Contributors are asked again for the changes that were requested of them."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from reviews.identity import Reviewer
from reviews.kinds import ReviewState
from reviews.ladder.next_look import MAX_FOLLOW_UPS, find_next_look
from reviews.routes.route import SegregationOfDuties
from store.schema import reviews
from tests.reviews.desk import Desk, make_review_request
from tests.reviews.ladders import (
    AUTHOR,
    DAY,
    EXAMPLE,
    FRIDAY,
    HOUR,
    HOURS,
    INSTANT,
    MONDAY,
    NEXT_MORNING,
    SATURDAY,
    SECOND,
    THIRD,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Asked,
    at,
    follow,
    opened,
    request_changes,
)
from tests.reviews.samples import ALICE, event
from tests.reviews.samples import review as make_review
from tests.reviews.samples import route as make_route

FOLLOWED_UP: Asked = ("review:followed_up", "", (AUTHOR,))


def test_contributors_are_asked_again_for_requested_changes_at_most_five_times(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, after_request=8 * HOUR)
    request_changes(desk, review)

    assert at(desk, FRIDAY - INSTANT) == []
    days = [FRIDAY, MONDAY, TUESDAY, WEDNESDAY, WEDNESDAY + DAY]
    assert [at(desk, day) for day in days] == [[FOLLOWED_UP]] * MAX_FOLLOW_UPS
    assert at(desk, WEDNESDAY + 30 * DAY) == []
    assert desk.latest(review.file_id).follow_ups == MAX_FOLLOW_UPS
    assert desk.verdict().intact


def test_contributors_are_not_asked_early_where_an_earlier_release_left_the_look_of_a_step(
    desk: Desk,
) -> None:
    """It stores a request without a new time of the next look."""
    review = opened(desk, *EXAMPLE, after_request=8 * HOUR)
    request_changes(desk, review)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).values(remind_at=THURSDAY + HOUR))

    assert at(desk, THURSDAY + HOUR) == []
    assert desk.latest(review.file_id).remind_at == FRIDAY
    assert at(desk, FRIDAY) == [FOLLOWED_UP]


def test_without_the_key_contributors_are_not_asked_again(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    request_changes(desk, review)

    assert at(desk, WEDNESDAY + 30 * DAY) == []


def test_contributors_are_asked_within_working_hours_unless_the_route_is_urgent(desk: Desk) -> None:
    review = opened(desk, after_request=8 * HOUR)
    request_changes(desk, review)
    assert at(desk, SATURDAY) == []
    assert at(desk, NEXT_MORNING["Monday"]) == [FOLLOWED_UP]

    desk.clock.now = THURSDAY
    follow(desk, after_request=8 * HOUR, urgent=True)
    urgent = desk.open(event(file_id="f2"))
    request_changes(desk, urgent)
    assert at(desk, SATURDAY) == [FOLLOWED_UP]


def test_a_newer_version_ends_the_questions_to_contributors(desk: Desk) -> None:
    review = opened(desk, after_request=8 * HOUR)
    request_changes(desk, review)
    assert at(desk, FRIDAY) == [FOLLOWED_UP]
    desk.portal.versions[review.file_id] = 9
    newer = desk.open(event())

    assert newer.id != review.id
    asked = [type_ for day in (MONDAY, TUESDAY, WEDNESDAY) for type_, _, _ in at(desk, day)]
    assert "review:followed_up" not in asked
    assert desk.verdict().intact


def test_a_superseded_review_is_not_looked_at_for_its_request() -> None:
    requested = make_review(state=ReviewState.CHANGES_REQUESTED)
    asking = make_route(after_request=8 * HOUR, working_hours=HOURS)

    assert find_next_look(requested, asking, THURSDAY) == FRIDAY
    assert find_next_look(replace(requested, superseded_by="rev-2"), asking, THURSDAY) is None


def test_a_withdrawn_request_ends_the_questions_to_contributors_and_the_ladder_goes_on(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, after_request=8 * HOUR)
    at(desk, FRIDAY)
    request_changes(desk, review)
    desk.clock.now = FRIDAY + HOUR
    desk.answers.withdraw(make_review_request(review))

    assert at(desk, MONDAY) == [SECOND]
    assert at(desk, TUESDAY) == [THIRD]


def test_who_requested_changes_to_their_own_document_is_not_asked_for_them(desk: Desk) -> None:
    author = Reviewer(name=ALICE.name, email=AUTHOR, chat_ids={"slack": "U9"})
    review = opened(
        desk, owners=(AUTHOR,), after_request=8 * HOUR, segregation_of_duties=SegregationOfDuties.OFF
    )
    request_changes(desk, review, reviewer=author)

    assert at(desk, FRIDAY) == []
    assert desk.latest(review.file_id).remind_at is None


def test_requests_of_a_route_that_is_gone_are_not_followed_up(desk: Desk) -> None:
    review = opened(desk, after_request=8 * HOUR)
    request_changes(desk, review)
    follow(desk, name="another", after_request=8 * HOUR)

    assert at(desk, FRIDAY) == []
