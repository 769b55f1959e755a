"""What a reminder shows, and leads to, in each place: private titles, and links that are enough to answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.kinds import Decision, StepAction
from reviews.notice import NoticeKind, ReminderListNotice, is_answerable
from reviews.routes.ladder import LadderStep, end_ladder
from reviews.routes.route import PageIdentity, SegregationOfDuties
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.reminded import (
    HOUR,
    MONDAY,
    answer,
    deliver,
    follow,
    remind,
    remind_beside_cards_of_two_routes,
    remind_of,
    titles,
)
from tests.reviews.samples import ALICE, DEPUTY, NOTE, OWNER, SECRET, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@ON_SQLITE
def test_each_line_leads_to_its_page_where_there_are_pages(desk: Desk) -> None:
    remind_of(desk, 2)
    desk.delivery = replace(desk.delivery, get_answer_url=lambda each: f"https://r.example/{each.review_id}")

    [(_, notice)] = deliver(desk)
    assert isinstance(notice, ReminderListNotice)
    assert {line.page_url for line in notice.reminders} == {
        "https://r.example/rev-1",
        "https://r.example/rev-2",
    }


@ON_SQLITE
def test_contributors_are_led_to_the_document(desk: Desk) -> None:
    reviews = remind_of(desk, 2, remind=None, after_request=HOUR)
    for review in reviews:
        answer(desk, review, Decision.REQUEST_CHANGES)
    remind(desk, MONDAY + HOUR * 2)
    desk.delivery = replace(desk.delivery, get_answer_url=lambda each: f"https://r.example/{each.review_id}")

    [(target, notice)] = deliver(desk)
    assert target == f"@{ALICE.email}"
    assert isinstance(notice, ReminderListNotice)
    assert {line.page_url for line in notice.reminders} == {""}


def test_a_list_in_a_public_channel_shows_no_title_of_a_private_route(desk: Desk) -> None:
    desk.paper.public = {"C1", "C2"}
    desk.clock.now = MONDAY
    follow(desk, remind=HOUR, private=True, owners=("@team",), deputies=())
    for number in range(2):
        desk.open(event(file_id=f"f{number}", title=SECRET))
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)

    notices = [notice for _, notice in deliver(desk)]
    assert [titles(notice) for notice in notices] == [["A file in Compliance"] * 2] * 2
    assert SECRET not in str(notices)
    assert "Legal / Compliance" not in str(notices)


def test_a_direct_list_shows_the_titles_of_a_private_route(desk: Desk) -> None:
    desk.paper.public = {"C1", "C2"}
    remind_of(desk, 2, private=True)

    [(_, notice)] = deliver(desk)
    assert titles(notice) == ["0.docx", "1.docx"]


def test_in_a_channel_of_another_route_a_list_names_no_document_of_a_private_route(desk: Desk) -> None:
    """Its members are not those of the private route's own channel, though neither is public."""
    remind_beside_cards_of_two_routes(desk, private=True)

    [(target, notice)] = deliver(desk)
    assert target == "C1"
    assert titles(notice) == ["A file in there", "here.docx"]


def test_a_follow_up_in_a_public_channel_quotes_nothing_of_a_private_route(desk: Desk) -> None:
    desk.paper.public = {"C1", "C2"}
    [review] = remind_of(desk, remind=None, after_request=HOUR, private=True)
    desk.answers.record_answer(build_answer_request(review, decision=Decision.REQUEST_CHANGES, note=NOTE))
    remind(desk, MONDAY + HOUR * 2)

    notices = [notice for _, notice in deliver(desk) if notice.kind is NoticeKind.FOLLOW_UP]
    assert len(notices) == 2
    assert NOTE not in str(notices)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("identity", list(PageIdentity))
@ON_SQLITE
def test_a_channel_that_is_notified_gets_no_link_that_is_enough_to_answer(
    desk: Desk, count: int, identity: PageIdentity
) -> None:
    step = LadderStep(after=100, action=StepAction.ESCALATE, to="paper:OPS", place=("paper", "OPS"))
    off = SegregationOfDuties.OFF
    desk.clock.now = MONDAY
    follow(desk, due=HOUR, ladder=end_ladder((step,)), identity=identity, segregation_of_duties=off)
    desk.delivery = replace(desk.delivery, get_answer_url=lambda each: f"https://r.example/{each.review_id}")
    for number in range(count):
        desk.open(event(file_id=f"f{number}"))
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)

    [(target, notice)] = deliver(desk)
    assert target == "OPS"
    if isinstance(notice, ReminderListNotice):
        may_answer = {bool(line.page_url) for line in notice.reminders}
    else:
        may_answer = {is_answerable(notice)}
    assert may_answer == {identity is PageIdentity.PROVEN}


def test_in_a_channel_of_another_route_a_list_has_no_link_that_is_enough_to_answer(desk: Desk) -> None:
    """The list of a person who can't be reached alone is shown beside a card, to all in that channel."""
    remind_beside_cards_of_two_routes(
        desk, identity=PageIdentity.LINK, segregation_of_duties=SegregationOfDuties.OFF
    )
    desk.delivery = replace(desk.delivery, get_answer_url=lambda each: f"https://r.example/{each.review_id}")

    [(target, notice)] = deliver(desk)
    assert target == "C1"
    assert isinstance(notice, ReminderListNotice)
    assert {line.review_id: bool(line.page_url) for line in notice.reminders} == {
        "here": True,
        "there": False,
    }


def test_a_channel_that_is_notified_learns_who_is_waited_for(desk: Desk) -> None:
    step = LadderStep(after=100, action=StepAction.ESCALATE, to="paper:OPS", place=("paper", "OPS"))
    desk.clock.now = MONDAY
    follow(desk, remind=None, due=HOUR, ladder=end_ladder((step,)))
    reviews = [desk.open(event(file_id=f"f{number}")) for number in range(3)]
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)
    answer(desk, reviews[0])

    [(target, notice)] = deliver(desk)
    assert (target, notice.mention) == ("OPS", ())
    assert isinstance(notice, ReminderListNotice)
    assert [line.recipients for line in notice.reminders] == [(OWNER,), (OWNER,)]
    assert DEPUTY not in str(notice)
