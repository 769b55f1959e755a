"""Whom the steps of a ladder ask: those who have not answered, and no one about their own change."""

from __future__ import annotations

import pytest

from reviews.identity import LinkedAccounts
from reviews.routes.route import Routes, SegregationOfDuties
from tests.databases import ON_SQLITE
from tests.reviews.desk import JURIS, Desk
from tests.reviews.ladders import (
    AUTHOR,
    EXAMPLE,
    FIRST,
    FRIDAY,
    LAST,
    MONDAY,
    SECOND,
    SECOND_OWNER,
    TUESDAY,
    WEDNESDAY,
    answer,
    at,
    escalate,
    lapse,
    list_notices,
    opened,
    remind,
)
from tests.reviews.samples import ALICE, DEPUTY, OWNER


@pytest.mark.parametrize("order", [1, -1])
def test_a_step_to_the_routes_own_channel_takes_the_place_of_no_one_who_is_asked_there(
    desk: Desk, order: int
) -> None:
    steps = (escalate(100, "paper:C1", place=("paper", "C1")), escalate(100))
    opened(desk, *steps[::order])

    at(desk, MONDAY)

    asked = [post.notice.mention for post in desk.notices() if post.notice and post.target == "C1"]
    assert sorted(asked) == [(), (OWNER, DEPUTY)]


def test_a_step_before_the_deadline_asks_those_whom_it_names_and_is_no_overdue_message(desk: Desk) -> None:
    opened(desk, escalate(50, "boss@example.com"), escalate(75, "@board"))

    assert at(desk, FRIDAY) == [("review:escalated", "50%", ("boss@example.com",))]
    assert at(desk, MONDAY.replace(hour=9)) == [("review:escalated", "75%", ("@board",))]
    assert list_notices(desk) == ["escalated", "escalated"]


@pytest.mark.parametrize("to", ["deputies", "boss@example.com"])
def test_no_one_is_asked_about_their_own_change(desk: Desk, to: str) -> None:
    people = {"owners": (AUTHOR.upper(), OWNER), "deputies": (AUTHOR, DEPUTY)}
    opened(
        desk, remind(50), escalate(100, to), escalate(150, AUTHOR),
        segregation_of_duties=SegregationOfDuties.OFF, **people,
    )  # fmt: skip
    asked = {"deputies": (OWNER, DEPUTY), "boss@example.com": ("boss@example.com",)}[to]

    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [("review:escalated", "100%", asked)]
    assert at(desk, TUESDAY) == [("review:lapsed", "150%", ())]


@ON_SQLITE
def test_a_person_with_two_addresses_is_not_asked_about_their_own_change(desk: Desk) -> None:
    """The routing file says that both are one person's."""
    common = LinkedAccounts(docspace="a1")
    opened(desk, remind(50), escalate(100, "alice@home.example"), owners=("alice@work.example", OWNER))
    people = dict.fromkeys((str(ALICE.email), "alice@work.example", "alice@home.example"), common)
    desk.follow(Routes(desk.routes.all, people))

    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [("review:lapsed", "100%", ())]


def test_a_step_that_would_ask_no_one_is_passed_over(desk: Desk) -> None:
    review = opened(desk, remind(50), lapse(200), owners=(AUTHOR,), deputies=())

    assert at(desk, FRIDAY) == []
    assert desk.latest(review.file_id).steps_taken == 1
    assert at(desk, WEDNESDAY) == [LAST]


def test_several_steps_of_one_time_all_ask(desk: Desk) -> None:
    opened(desk, escalate(100), escalate(100, "boss@example.com"), lapse(200))

    assert at(desk, MONDAY) == [SECOND, ("review:escalated", "100%", ("boss@example.com",))]
    [notice] = [post.notice for post in desk.notices() if post.target == "C1"]
    assert notice is not None
    assert notice.mention == (OWNER, DEPUTY, "boss@example.com")


def test_where_all_owners_have_to_answer_the_others_are_asked(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, owners=(OWNER, SECOND_OWNER), required=None)
    answer(desk, review)

    assert at(desk, FRIDAY) == [("review:reminded", "50%", (SECOND_OWNER,))]
    assert at(desk, MONDAY) == [("review:escalated", "100%", (SECOND_OWNER, DEPUTY))]


def test_a_deputys_answer_beside_an_owners_leaves_no_one_to_remind_twice(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, deputies=(DEPUTY, str(JURIS.email)), required=2)
    answer(desk, review, reviewer=JURIS)

    [(_, _, first)] = at(desk, FRIDAY)
    [(_, _, second)] = at(desk, MONDAY)

    assert str(JURIS.email) not in (*first, *second)
