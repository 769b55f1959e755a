"""Reminders between the decision to send them and their message: who is still asked, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.delivery.notice_delivery import OVER
from reviews.errors import TryLater
from reviews.identity import Reviewer
from reviews.kinds import CardState, ChangeKind, Decision, StepAction
from reviews.ladder.message_updates import find_sending_time
from reviews.notice import (
    FollowUpNotice,
    Notice,
    NoticeKind,
    ReminderListNotice,
    ReminderNotice,
    is_answerable,
)
from reviews.routes.ladder import LadderStep, end_ladder
from reviews.routes.route import PageIdentity, Routes, SegregationOfDuties, Target
from reviews.routes.working_time import WorkingHours
from store.backlog import find_backlog
from store.schema import cards
from tests.databases import ON_SQLITE
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.notices import RefusingChannel, speak_through
from tests.reviews.people import make_proven_person
from tests.reviews.samples import (
    ALICE,
    DEPUTY,
    NOTE,
    OWNER,
    SECRET,
    event,
    notice,
    reminder_line,
    route,
    routes,
)
from tests.reviews.samples import review as make_review
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

MONDAY = datetime(2026, 3, 9, 9, 0, 0, 345_678, tzinfo=UTC)
HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
NEW_OWNER, LEAD = Reviewer(name="Second", email="second@example.com"), "lead@example.com"
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


def remind_of(desk: Desk, count: int = 1, **rules: Any) -> list[Review]:
    """Open reviews on Monday at nine, deliver their cards, and have the clock remind of them at ten."""
    desk.clock.now = MONDAY
    follow(desk, **{"remind": HOUR, **rules})
    reviews = [desk.open(event(file_id=f"f{number}", title=f"{number}.docx")) for number in range(count)]
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)
    return reviews


def follow(desk: Desk, **rules: Any) -> None:
    desk.follow(routes(**{"working_hours": HOURS, "review": frozenset(ChangeKind), **rules}))


def remind(desk: Desk, at: datetime) -> None:
    desk.clock.now = at
    while desk.reminders.process_due_reviews():
        pass


def deliver(desk: Desk) -> list[tuple[str, Notice]]:
    """Deliver what is due now, once each, and return what arrived."""
    before = len(desk.paper.notices)
    for post in desk.notices():
        if is_reminder(post.notice) and post.message_id is None:
            deliver_card(desk.delivery, post.id)
    return desk.paper.notices[before:]


def is_reminder(notice: Notice | None) -> bool:
    return isinstance(notice, ReminderNotice | ReminderListNotice | FollowUpNotice)


def answer(desk: Desk, review: Review, decision: Decision = Decision.ACKNOWLEDGE) -> None:
    desk.answers.record_answer(build_answer_request(review, decision=decision, note="No."))


def titles(notice: Notice) -> list[str]:
    assert isinstance(notice, ReminderListNotice)
    return sorted(line.title for line in notice.reminders)


@pytest.mark.parametrize("decision", list(Decision))
def test_a_review_that_was_answered_meanwhile_is_not_reminded_of(desk: Desk, decision: Decision) -> None:
    [review] = remind_of(desk)
    answer(desk, review, decision)

    assert deliver(desk) == []
    posts = [post for post in desk.notices() if isinstance(post.notice, ReminderNotice)]
    assert [(post.state, post.message_id) for post in posts] == [(CardState.POSTED, OVER)] * 2
    assert deliver(desk) == []


def test_a_list_leaves_out_what_was_answered_meanwhile(desk: Desk) -> None:
    reviews = remind_of(desk, 3)
    answer(desk, reviews[1])

    [(target, notice)] = deliver(desk)
    assert target == f"@{OWNER}"
    assert titles(notice) == ["0.docx", "2.docx"]


def test_a_list_with_one_review_left_is_a_list_of_one_and_with_none_it_is_not_sent(desk: Desk) -> None:
    first, second, third, fourth = remind_of(desk, 4)
    for review in (first, second, third):
        answer(desk, review)
    [(_, notice)] = deliver(desk)
    assert titles(notice) == ["3.docx"]

    remind(desk, MONDAY + HOUR * 2)
    answer(desk, fourth)
    assert deliver(desk) == []


def test_what_was_snoozed_meanwhile_is_not_reminded_of(desk: Desk) -> None:
    first, second = remind_of(desk, 2)
    desk.hand_over.snooze(make_review_request(first), until=desk.clock.now + HOUR * 3)

    [(_, notice)] = deliver(desk)
    assert titles(notice) == ["1.docx"]

    desk.hand_over.snooze(make_review_request(second), until=desk.clock.now + HOUR * 3)
    remind(desk, MONDAY + HOUR * 2)
    assert deliver(desk) == []


def test_who_reassigned_a_review_is_not_asked_any_more(desk: Desk) -> None:
    first, _ = remind_of(desk, 2, deputies=())
    desk.hand_over.reassign(make_review_request(first), new_owner=make_proven_person(NEW_OWNER))

    [(_, notice)] = deliver(desk)
    assert titles(notice) == ["1.docx"]


def test_beside_a_card_only_those_are_mentioned_who_are_still_asked(desk: Desk) -> None:
    second = str(NEW_OWNER.email)
    [review] = remind_of(desk, owners=(OWNER, second), required=None)
    answer(desk, review)

    assert {notice.mention for _, notice in deliver(desk)} == {(second,)}


def test_who_became_a_contributor_meanwhile_is_not_asked(desk: Desk) -> None:
    second = str(ALICE.email)
    desk.clock.now = MONDAY
    follow(desk, remind=HOUR, owners=(OWNER, second), required=None)
    review = desk.open(event())
    with desk.transactions() as work:
        work.reviews.revise(replace(review, contributors=()))
        work.commit()
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)
    with desk.transactions() as work:
        stored = work.reviews.get(review.id, lock=True)
        assert stored is not None
        work.reviews.revise(replace(stored, contributors=(ALICE,)))
        work.commit()

    assert {notice.mention for _, notice in deliver(desk)} == {(OWNER,)}


def test_whom_a_step_names_is_asked_until_the_route_names_another(desk: Desk) -> None:
    ladder = end_ladder((LadderStep(after=50, action=StepAction.ESCALATE, to=LEAD),))
    remind_of(desk, remind=None, due=HOUR * 2, ladder=ladder)
    assert {notice.mention for _, notice in deliver(desk)} == {(LEAD,)}

    [_, second] = [desk.open(event(file_id=each, title="2.docx")) for each in ("g1", "g2")]
    desk.deliver_all()
    answer(desk, second)
    remind(desk, desk.clock.now + HOUR)
    follow(desk, remind=None, due=HOUR * 2)
    assert deliver(desk) == []


def test_titles_and_deadlines_are_those_of_now(desk: Desk) -> None:
    [review] = remind_of(desk, due=HOUR * 8)
    with desk.transactions() as work:
        stored = work.reviews.get(review.id, lock=True)
        assert stored is not None
        work.reviews.revise(replace(stored, title="Renamed.docx", revision=2))
        work.commit()
    desk.clock.now = MONDAY + timedelta(days=1, hours=1)

    [(_, notice), _] = deliver(desk)
    assert isinstance(notice, ReminderNotice)
    assert (notice.title, notice.revision, notice.is_overdue) == ("Renamed.docx", 2, True)


def test_a_follow_up_is_not_sent_once_there_is_a_newer_version(desk: Desk) -> None:
    [review] = remind_of(desk, remind=None, after_request=HOUR)
    answer(desk, review, Decision.REQUEST_CHANGES)
    remind(desk, MONDAY + HOUR * 2)
    desk.portal.versions[review.file_id] = 9
    desk.open(event(file_id=review.file_id))

    assert [notice for _, notice in deliver(desk) if isinstance(notice, FollowUpNotice)] == []


def test_a_follow_up_says_what_was_requested_by_whom_and_when(desk: Desk) -> None:
    [review] = remind_of(desk, remind=None, after_request=HOUR)
    answer(desk, review, Decision.REQUEST_CHANGES)
    requested_at = desk.clock.now
    remind(desk, MONDAY + HOUR * 2)

    [(_, notice), _] = deliver(desk)
    assert isinstance(notice, FollowUpNotice)
    assert (notice.who, notice.note, notice.requested_at) == ("Dana Ozola", "No.", requested_at)
    assert notice.mention == (ALICE.email,)


def test_a_follow_up_whose_request_was_withdrawn_is_not_sent(desk: Desk) -> None:
    [review] = remind_of(desk, remind=None, after_request=HOUR)
    answer(desk, review, Decision.REQUEST_CHANGES)
    remind(desk, MONDAY + HOUR * 2)
    desk.answers.withdraw(make_review_request(review))

    assert [notice for _, notice in deliver(desk) if isinstance(notice, FollowUpNotice)] == []


@pytest.mark.parametrize("count", [1, 2])
def test_what_could_not_be_sent_in_working_hours_waits_for_the_next(desk: Desk, count: int) -> None:
    remind_of(desk, count)
    evening, morning = MONDAY + timedelta(hours=8, minutes=1), MONDAY + timedelta(days=1)

    desk.clock.now = evening
    assert deliver(desk) == []
    desk.clock.now = morning - timedelta(seconds=1)
    assert deliver(desk) == []
    desk.clock.now = morning
    assert len(deliver(desk)) == (2 if count == 1 else 1)


def test_a_retry_waits_for_the_morning_too(desk: Desk) -> None:
    remind_of(desk, 2)
    desk.clock.now = MONDAY + timedelta(hours=7, minutes=59, seconds=50)
    desk.paper.trouble = [TryLater("later")]
    assert deliver(desk) == []
    desk.clock.advance(minutes=2)
    assert deliver(desk) == []
    desk.clock.now = MONDAY + timedelta(days=1)
    assert len(deliver(desk)) == 1


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_urgent_is_sent_in_the_evening(desk: Desk, count: int) -> None:
    remind_of(desk, count, urgent=True)
    desk.clock.now = MONDAY + timedelta(hours=9)

    assert len(deliver(desk)) == (2 if count == 1 else 1)


def test_what_waits_for_the_morning_is_due_then_and_no_backlog_before(desk: Desk) -> None:
    """Else the operators would get an alarm in the night: a card has waited for hours."""
    remind_of(desk, 2)
    desk.clock.now = MONDAY + timedelta(hours=9)
    [post] = [post for post in desk.notices() if is_reminder(post.notice)]

    morning = MONDAY.replace(microsecond=0) + timedelta(days=1)
    assert deliver_card(desk.delivery, post.id) == (morning - desk.clock.now).total_seconds()
    with desk.engine.connect() as connection:
        assert find_backlog(connection).oldest_card == morning
        due = sa.select(cards.c.due_at, cards.c.claimed_by).where(cards.c.id == post.id)
        assert tuple(connection.execute(due).one()) == (morning, None)


def test_a_list_is_sent_in_the_working_hours_of_any_of_its_routes() -> None:
    late = WorkingHours.parse("Mon-Fri 12:00-20:00", ZoneInfo("UTC"))
    rules = Routes([route(name="early", working_hours=HOURS), route(name="late", working_hours=late)])
    evening, night = MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=14)
    lines = reminder_line(route="early"), reminder_line(route="late")
    both, early = (notice(NoticeKind.REMINDER_LIST, reminders=each) for each in (lines, lines[:1]))
    assert isinstance(both, ReminderListNotice)
    assert isinstance(early, ReminderListNotice)

    morning = MONDAY.replace(microsecond=0) + timedelta(days=1)
    assert find_sending_time(both, rules, evening) == evening
    assert find_sending_time(early, rules, evening) == morning
    assert find_sending_time(both, rules, night) == morning
    assert find_sending_time(replace(early, urgent=True), rules, night) == night


def test_all_reviews_of_a_list_are_read_at_once(desk: Desk) -> None:
    remind_of(desk, 2)
    few = list_statements(desk.engine, lambda: deliver(desk))
    desk.clock.now = MONDAY
    remind_of(desk, 12)
    many = list_statements(desk.engine, lambda: deliver(desk))

    assert len(many) <= len(few) + 2


def test_who_can_not_be_reached_alone_gets_the_list_beside_a_card(desk: Desk) -> None:
    remind_of(desk, 2)
    speak_through(desk, RefusingChannel(shy=True))

    assert deliver(desk) == []
    desk.clock.advance(seconds=2)
    [(target, notice)] = deliver(desk)
    assert (target, notice.mention, titles(notice)) == ("C1", (OWNER,), ["0.docx", "1.docx"])
    assert notice.thread


def test_lists_of_several_people_who_get_no_direct_message_all_stand_beside_the_same_card(desk: Desk) -> None:
    remind_of(desk, 2, owners=(OWNER, LEAD))
    speak_through(desk, RefusingChannel(shy=True))

    assert deliver(desk) == []
    desk.clock.advance(seconds=2)
    assert [(target, notice.mention) for target, notice in deliver(desk)] == [
        ("C1", (OWNER,)),
        ("C1", (LEAD,)),
    ]


def test_at_most_ten_reviews_are_shown_and_the_others_counted(desk: Desk) -> None:
    remind_of(desk, 14)

    [(_, notice)] = deliver(desk)
    assert isinstance(notice, ReminderListNotice)
    assert (len(notice.reminders), notice.unlisted_count, notice.count) == (10, 4, 14)


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
    common = {"working_hours": HOURS, "review": frozenset(ChangeKind), "remind": HOUR}
    first, second = (Target(notifier="paper", address=address) for address in ("C1", "C2"))
    desk.follow(
        Routes(
            [
                route(name="here", watch=("1",), notify=(first,), **common),
                route(name="there", watch=("2",), notify=(second,), private=True, **common),
            ]
        )
    )
    speak_through(desk, RefusingChannel(shy=True))
    desk.clock.now = MONDAY
    with desk.transactions() as work:
        for number, (name, address) in enumerate((("here", "C1"), ("there", "C2"))):
            each = make_review(id=name, file_id=name, title=f"{name}.docx", route=name, opened_at=MONDAY)
            work.reviews.add(replace(each, remind_at=MONDAY + number * INSTANT))
            work.cards.owe(name, [("paper", address)])
        work.commit()
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)

    deliver(desk)
    desk.clock.advance(seconds=2)
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
    common = {"working_hours": HOURS, "review": frozenset(ChangeKind), "remind": HOUR}
    first, second = (Target(notifier="paper", address=address) for address in ("C1", "C2"))
    off, link = SegregationOfDuties.OFF, PageIdentity.LINK
    there = route(
        name="there", watch=("2",), notify=(second,), identity=link, segregation_of_duties=off, **common
    )
    desk.follow(Routes([route(name="here", watch=("1",), notify=(first,), **common), there]))
    speak_through(desk, RefusingChannel(shy=True))
    desk.delivery = replace(desk.delivery, get_answer_url=lambda each: f"https://r.example/{each.review_id}")
    desk.clock.now = MONDAY
    with desk.transactions() as work:
        for number, (name, address) in enumerate((("here", "C1"), ("there", "C2"))):
            each = make_review(id=name, file_id=name, route=name, opened_at=MONDAY)
            work.reviews.add(replace(each, remind_at=MONDAY + number * INSTANT))
            work.cards.owe(name, [("paper", address)])
        work.commit()
    desk.deliver_all()
    remind(desk, MONDAY + HOUR)

    deliver(desk)
    desk.clock.advance(seconds=2)
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
