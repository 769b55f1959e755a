"""Who stands in for owners and deputies: chains, circles, people who made the change, and no one at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviews.identity import LinkedAccounts, Person, Reviewer
from reviews.ladder.people import Recipients
from reviews.notice import NoticeKind
from reviews.routes.route import Routes
from tests.reviews.absences import (
    HANDED_BACK,
    HANDED_OVER,
    MINUTE,
    NEXT,
    STAND_IN,
    THIRD,
    WEEK,
    change,
    get,
    hand_over,
    leave,
    list_entries,
    list_stand_ins,
    pass_time,
    read,
)
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood, handle, receive_events
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER, START, event, route, routes

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review
    from tests.reviews.desk import Desk

AUTHOR = str(ALICE.email)
SECOND_OWNER, SECOND_DEPUTY = "second@example.com", "other.deputy@example.com"


def open_on(desk: Desk, **rules: Any) -> Review:
    desk.follow(routes(**rules))
    return desk.open(event())


def list_asked(desk: Desk, review: Review, *, deputies: bool = False) -> tuple[str, ...]:
    return Recipients(review=get(desk, review), routes=desk.routes).list_people(deputies=deputies)


def test_a_stand_in_who_is_away_is_replaced_by_their_own(desk: Desk, review: Review) -> None:
    leave(desk, STAND_IN, NEXT)
    leave(desk, NEXT, THIRD)
    leave(desk)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (THIRD,))]


def test_a_stand_in_who_leaves_later_hands_over_and_gets_it_back(desk: Desk, review: Review) -> None:
    leave(desk)
    hand_over(desk)
    desk.clock.advance(days=1)
    leave(desk, STAND_IN, NEXT, ends_at=START + timedelta(days=3))

    hand_over(desk)
    pass_time(desk, START + timedelta(days=3))

    to_stand_in = (HANDED_OVER, OWNER, (STAND_IN,))
    assert list_entries(desk, review) == [to_stand_in, (HANDED_OVER, OWNER, (NEXT,)), to_stand_in]


def test_a_circle_of_stand_ins_ends_with_the_deputies(desk: Desk, review: Review) -> None:
    leave(desk)
    leave(desk, STAND_IN, NEXT)
    leave(desk, NEXT, OWNER)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]


def test_people_who_stand_in_for_each_other_are_replaced_by_the_deputies(desk: Desk) -> None:
    review = open_on(desk, owners=(OWNER, SECOND_OWNER))
    leave(desk, OWNER, SECOND_OWNER)
    leave(desk, SECOND_OWNER, OWNER)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,)), (SECOND_OWNER, (DEPUTY,))]


def test_no_one_stands_in_for_themselves(desk: Desk, review: Review) -> None:
    leave(desk, OWNER, OWNER.upper())

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]


def test_who_made_the_change_is_passed_over(desk: Desk, review: Review) -> None:
    leave(desk, stand_in=AUTHOR)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]


def test_who_made_the_change_under_another_address_is_passed_over(desk: Desk) -> None:
    people = {AUTHOR: LinkedAccounts(docspace="a1"), STAND_IN: LinkedAccounts(docspace="a1")}
    desk.follow(Routes([route()], people=people))
    review = desk.open(event())
    leave(desk)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]


@pytest.mark.parametrize("source", ["routes", "docspace"])
@pytest.mark.parametrize("stand_in", [STAND_IN, None], ids=["named", "a deputy"])
def test_who_made_the_change_is_passed_over_where_docspace_hides_their_address(
    desk: Desk, source: str, stand_in: str | None
) -> None:
    desk.portal.people = {"a1": replace(ALICE, email=None)}
    people = {STAND_IN: LinkedAccounts(docspace="a1")} if source == "routes" else {}
    desk.follow(Routes([route(deputies=(STAND_IN, DEPUTY))], people=people))
    if source == "docspace":
        with desk.transactions() as work:
            work.docspace_accounts.remember({STAND_IN: "a1"}, at=desk.clock())
            work.commit()
    review = desk.open(event())
    leave(desk, stand_in=stand_in)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]


def test_without_a_stand_in_the_deputies_are_asked_who_are_there(desk: Desk) -> None:
    review = open_on(desk, deputies=(DEPUTY, SECOND_DEPUTY, AUTHOR))
    leave(desk, DEPUTY, NEXT)
    leave(desk, stand_in=None)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (NEXT, SECOND_DEPUTY)), (DEPUTY, (NEXT,))]
    assert list_asked(desk, review) == (NEXT, SECOND_DEPUTY)


def test_an_owner_whom_no_one_can_replace_is_asked_all_the_same(desk: Desk) -> None:
    review = open_on(desk, deputies=(AUTHOR,))
    leave(desk, stand_in=None)

    hand_over(desk)

    assert list_stand_ins(desk, review) == []
    assert list_entries(desk) == []
    assert list_asked(desk, review) == (OWNER,)


def test_a_deputy_who_is_away_is_not_asked(desk: Desk, review: Review) -> None:
    absence = leave(desk, DEPUTY, stand_in=None)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(DEPUTY, ())]
    assert list_asked(desk, review, deputies=True) == (OWNER,)
    assert list_entries(desk) == []
    assert desk.notices() == []
    pass_time(desk, absence.ends_at)
    assert list_asked(desk, review, deputies=True) == (OWNER, DEPUTY)


def test_a_deputy_who_is_away_is_asked_if_no_one_else_would_be(desk: Desk) -> None:
    review = open_on(desk, owners=(AUTHOR,))
    leave(desk, DEPUTY, stand_in=None)

    hand_over(desk)

    assert list_asked(desk, review) == (DEPUTY,)


def test_a_stand_in_of_a_deputy_is_asked_in_their_place_and_not_told(desk: Desk, review: Review) -> None:
    leave(desk, DEPUTY)

    hand_over(desk)

    assert list_asked(desk, review, deputies=True) == (OWNER, STAND_IN)
    assert desk.notices() == []
    assert desk.verdict().findings == ()


def test_a_group_is_not_handed_over(desk: Desk) -> None:
    review = open_on(desk, owners=("@juris",), deputies=())
    leave(desk, "@juris")

    hand_over(desk)

    assert list_stand_ins(desk, review) == []


def test_where_several_have_to_answer_no_one_stands_in_for_two(desk: Desk) -> None:
    review = open_on(desk, owners=(OWNER, SECOND_OWNER), required=None)
    assert review.required is None
    leave(desk, SECOND_OWNER, STAND_IN)
    desk.clock.advance(hours=1)
    leave(desk, OWNER, STAND_IN)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,)), (SECOND_OWNER, (STAND_IN,))]


def test_where_several_have_to_answer_an_owner_stands_in_for_no_other(desk: Desk) -> None:
    review = open_on(desk, owners=(OWNER, SECOND_OWNER), required=None)
    leave(desk, OWNER, SECOND_OWNER)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]


def test_an_owner_who_has_answered_keeps_their_stand_in_until_they_are_back(desk: Desk) -> None:
    review = open_on(desk, owners=(OWNER, SECOND_OWNER), required=None)
    absence = leave(desk)
    hand_over(desk)
    owning = Reviewer(name="Dana Ozola", email=OWNER)
    desk.answers.record_answer(build_answer_request(review, reviewer=owning))
    desk.clock.advance(days=1)
    change(desk, absence)

    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,))]
    pass_time(desk, absence.ends_at)
    assert list_stand_ins(desk, review) == []
    assert [kind for kind, _owner, _people in list_entries(desk)] == [HANDED_OVER, HANDED_BACK]
    kinds = [post.notice.kind for post in desk.notices() if post.notice is not None]
    assert NoticeKind.HANDED_BACK in kinds
    desk.deliver_all()
    assert NoticeKind.HANDED_BACK not in [notice.kind for _place, notice in desk.paper.notices]


def test_an_owner_is_asked_where_their_stand_in_can_not_answer_any_more(desk: Desk, review: Review) -> None:
    leave(desk)
    hand_over(desk)
    after = replace(get(desk, review), contributors=(replace(ALICE, email=STAND_IN),))

    asked = Recipients(review=after, routes=desk.routes).list_people(deputies=False)

    assert asked == (OWNER,)


@pytest.mark.parametrize(
    ("starts_at", "wrong_time", "expected"),
    [
        (START, START + WEEK + MINUTE, [(OWNER, (STAND_IN,))]),
        (START + timedelta(days=3), START + timedelta(days=4), []),
    ],
    ids=["ended a moment ago", "begun too early"],
)
def test_an_absence_is_as_it_should_be_after_a_clock_was_ahead_of_its_check(
    desk: Desk, review: Review, starts_at: datetime, wrong_time: datetime, expected: list[object]
) -> None:
    leave(desk, starts_at=starts_at)
    hand_over(desk)
    pass_time(desk, wrong_time)
    desk.clock.now = START + timedelta(days=1)

    with desk.transactions() as work:
        assert work.absences.plan_missing_checks(desk.clock()) == 1
        work.commit()
    hand_over(desk)

    assert list_stand_ins(desk, review) == expected
    with desk.transactions() as work:
        assert work.absences.plan_missing_checks(desk.clock()) == 0
    assert desk.verdict().intact


def test_an_absence_that_a_wrong_clock_ended_is_taken_up_again(desk: Desk, review: Review) -> None:
    absence = leave(desk)
    hand_over(desk)
    pass_time(desk, START + 2 * WEEK)
    assert read(desk, absence).check_at is None

    desk.clock.now = START + MINUTE
    with desk.transactions() as work:
        assert work.absences.plan_missing_checks(desk.clock()) == 1
        work.commit()
    hand_over(desk)

    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,))]


def test_a_stand_in_who_changed_one_of_many_files_is_passed_over(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    leave(desk)
    many = flood(desk, 5, actor=BOB)
    assert list_stand_ins(desk, many) == [(OWNER, (STAND_IN,))]
    desk.portal.versions["f001"] += 1

    author = Person(id="j1", name="Juris Bite", email=STAND_IN)
    handle(desk, receive_events(desk, ["f001"], trigger="file.updated", actor=author))

    assert list_stand_ins(desk, many) == [(OWNER, (DEPUTY,))]
    assert desk.verdict().findings == ()


def test_a_file_that_is_reviewed_separately_goes_to_the_stand_in_too(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    leave(desk)
    many = flood(desk, 5, actor=BOB)

    apart = desk.separation.separate(make_review_request(many), file_id="f002")

    assert list_stand_ins(desk, apart) == [(OWNER, (STAND_IN,))]
    assert desk.verdict().findings == ()
