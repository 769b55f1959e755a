"""A card is drawn anew when it becomes overdue, is put off or handed over, and says what was asked before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reviews.cards.card_context import find_context, find_contexts, find_successors
from reviews.cards.card_state import CardLook, choose_look
from reviews.identity import Reviewer
from reviews.kinds import Decision, StepAction
from reviews.routes.ladder import LadderStep
from reviews.routes.working_time import WorkingHours
from tests.reviews.desk import DANA, Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, NOTE, OWNER, SECRET, event, routes

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.model import Review

HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
MONDAY = datetime(2026, 3, 9, 9, 0, 0, 123456, tzinfo=UTC)
A_DAY = timedelta(hours=8)
SAM = Reviewer(name="Sam Ito", email=DEPUTY)


def opened(desk: Desk, **rules: Any) -> Review:
    desk.clock.now = MONDAY
    desk.follow(routes(**{"due": A_DAY, "working_hours": HOURS, **rules}))
    review = desk.open(event())
    desk.deliver_all()
    return review


def drawn(desk: Desk, target: str = "C1") -> list[Card]:
    """Return how the cards in one place were redrawn, in order."""
    return [card for to, _, card in desk.paper.updates if to == target]


def look_at(desk: Desk, moment: datetime) -> None:
    """Let it be then, let the clock look until nothing is due, and deliver what it owes."""
    desk.clock.now = moment
    while desk.reminders.process_due_reviews():
        pass
    desk.deliver_all()


def send_back(desk: Desk, review: Review, note: str = NOTE) -> Review:
    """Have changes requested, and then made; return the next review of the document."""
    desk.answers.record_answer(build_answer_request(review, decision=Decision.REQUEST_CHANGES, note=note))
    desk.deliver_all()
    return change(desk, review)


def change(desk: Desk, review: Review) -> Review:
    desk.clock.advance(hours=1)
    desk.portal.versions[review.file_id] += 1
    after = desk.open(event())
    desk.deliver_all()
    return after


def test_a_card_says_that_it_is_overdue_from_when_the_clock_finds_it_and_is_drawn_once_for_that(
    desk: Desk,
) -> None:
    review = opened(desk)
    assert review.due_at is not None
    look_at(desk, review.due_at - timedelta(seconds=1))
    assert drawn(desk) == []

    look_at(desk, review.due_at)
    [card] = drawn(desk)
    for days in range(1, 15):
        look_at(desk, review.due_at + timedelta(days=days))

    assert (card.overdue_since, choose_look(card)) == (review.due_at, CardLook.LAPSED)
    assert card.lapsed_at is not None
    assert card.last_step is not None
    assert len(drawn(desk)) == 1


def test_a_card_is_drawn_once_as_overdue_where_no_step_comes_with_the_deadline(desk: Desk) -> None:
    ladder = (LadderStep(after=50, action=StepAction.REMIND), LadderStep(after=300, action=StepAction.LAPSE))
    review = opened(desk, ladder=ladder)
    assert review.due_at is not None
    look_at(desk, review.due_at - timedelta(seconds=1))
    before = len(drawn(desk))

    for hours in range(4):
        look_at(desk, review.due_at + timedelta(hours=hours))

    [card] = drawn(desk)[before:]
    assert (card.overdue_since, choose_look(card)) == (review.due_at, CardLook.LATE)


def test_a_card_is_drawn_at_each_reminder_and_says_whom_it_went_to(desk: Desk) -> None:
    review = opened(desk, remind=timedelta(hours=3))
    assert review.due_at is not None

    for hours in (3, 6):
        look_at(desk, MONDAY + timedelta(hours=hours))

    steps = [card.last_step for card in drawn(desk)]
    assert [(each.at, each.whom) for each in steps if each] == [
        (MONDAY + timedelta(hours=hours), (OWNER,)) for hours in (3, 6)
    ]
    assert {card.overdue_since for card in drawn(desk)} == {None}


def test_a_card_says_until_when_its_reminders_rest_and_who_put_them_off_while_they_do(desk: Desk) -> None:
    review = opened(desk, remind=timedelta(hours=1))
    until = MONDAY + timedelta(hours=6)

    desk.hand_over.snooze(make_review_request(review), until=until)
    desk.deliver_all()
    look_at(desk, until)
    [resting, over] = drawn(desk)
    look_at(desk, until + timedelta(minutes=59))

    assert (resting.snoozed_until, resting.snoozed_by) == (until, DANA)
    assert (over.snoozed_until, over.snoozed_by) == (None, None)
    assert len(drawn(desk)) == 2


def test_what_was_put_off_beyond_its_deadline_is_drawn_once_when_both_are_over(desk: Desk) -> None:
    review = opened(desk)
    until = MONDAY + timedelta(days=2)
    desk.hand_over.snooze(make_review_request(review), until=until)
    desk.deliver_all()

    look_at(desk, until)

    [resting, late] = drawn(desk)
    assert (resting.overdue_since, resting.snoozed_until) == (None, until)
    assert (late.overdue_since, late.snoozed_until) == (review.due_at, None)


def test_a_card_that_is_drawn_past_its_deadline_says_so_before_the_clock_has_looked(desk: Desk) -> None:
    review = opened(desk)
    desk.hand_over.snooze(make_review_request(review), until=MONDAY + timedelta(days=3))
    desk.clock.now = MONDAY + timedelta(days=2)
    desk.hand_over.reassign(make_review_request(review), new_owner=make_proven_person(SAM))

    desk.deliver_all()

    assert drawn(desk)[-1].overdue_since == review.due_at


def test_a_card_says_who_handed_it_over_to_whom_until_someone_hands_it_on(desk: Desk) -> None:
    review = opened(desk)
    desk.hand_over.reassign(make_review_request(review), new_owner=make_proven_person(SAM))
    desk.deliver_all()
    desk.clock.advance(minutes=5)
    back = desk.hand_over.reassign(make_review_request(review, SAM), new_owner=make_proven_person(DANA))
    desk.deliver_all()

    drawn_cards = [card.last_reassignment for card in drawn(desk)]
    assert [(each.by.name, each.to.name) for each in drawn_cards if each] == [
        (DANA.name, "Sam Ito"),
        ("Sam Ito", DANA.name),
    ]
    assert desk.latest(review.file_id).last_reassignment == back.last_reassignment
    assert back.last_reassignment is not None
    assert back.last_reassignment.at == desk.clock()
    assert desk.verdict().intact


def test_the_next_card_says_what_was_asked_for_and_where_that_card_stands(desk: Desk) -> None:
    review = opened(desk)
    after = send_back(desk, review)

    card = [each for to, each in desk.paper.posts if to == "C1"][-1]

    assert card.review_id == after.id != review.id
    assert card.earlier_request is not None
    assert (card.earlier_request.reviewer.name, card.earlier_request.note) == (DANA.name, NOTE)
    assert card.earlier is not None
    assert (card.earlier.review_id, card.earlier.cards["paper", "C1"]) == (review.id, "m1")


def test_the_next_revision_still_says_it_and_the_review_after_an_acknowledgement_does_not(desk: Desk) -> None:
    review = opened(desk)
    again = change(desk, send_back(desk, review))
    revised = drawn(desk)[-1]
    desk.answers.record_answer(build_answer_request(again))
    desk.deliver_all()
    last = change(desk, again)

    newest = [each for to, each in desk.paper.posts if to == "C1"][-1]
    assert (revised.review_id, revised.revision) == (again.id, 2)
    assert revised.earlier_request is not None
    assert (newest.review_id, newest.earlier_request, newest.earlier) == (last.id, None, None)


def test_a_second_request_takes_the_place_of_the_first(desk: Desk) -> None:
    send_back(desk, send_back(desk, opened(desk), "First."), "Second.")

    card = [each for to, each in desk.paper.posts if to == "C1"][-1]
    assert card.earlier_request is not None
    assert card.earlier_request.note == "Second."


def test_what_was_asked_for_stands_in_no_public_card_of_a_private_route(private: Desk) -> None:
    send_back(private, private.open(event(title=SECRET)))

    cards = {to: card for to, card in private.paper.posts if card.review_id == "rev-2"}
    assert (cards["C1"].earlier_request and cards["C1"].earlier_request.note) is None
    assert cards["C1"].earlier_request is not None
    assert cards["C2"].earlier_request is not None
    assert cards["C2"].earlier_request.note == NOTE


def test_the_reviews_of_a_page_have_the_same_around_them_as_each_alone(desk: Desk) -> None:
    after = send_back(desk, opened(desk))
    now, route = desk.clock(), desk.routes.find_route(after.route)

    with desk.transactions(reading=True) as work:
        reviews = [work.reviews.get(each.id) for each in desk.reviews()]
        stored_reviews = [each for each in reviews if each]
        alone = {each.id: find_context(work, each, route, now=now) for each in stored_reviews}
        together = find_contexts(work, stored_reviews, desk.routes, now=now)

    assert together[after.id] == alone[after.id]
    assert together[after.id].earlier is not None
    assert {each.earlier for name, each in together.items() if name != after.id} == {None}


def test_a_review_keeps_what_its_card_says_of_it_through_a_newer_revision(desk: Desk) -> None:
    review = opened(desk)
    desk.hand_over.snooze(make_review_request(review), until=MONDAY + timedelta(days=1))
    desk.hand_over.reassign(make_review_request(review), new_owner=make_proven_person(SAM))

    after = change(desk, review)

    assert after.owners != (OWNER,)
    assert (after.snoozed_by, after.last_reassignment and after.last_reassignment.to.name) == (
        DANA,
        "Sam Ito",
    )


def test_the_superseded_reviews_of_a_list_are_given_the_newer_ones_and_no_others(desk: Desk) -> None:
    review = opened(desk)
    after = send_back(desk, review)

    with desk.transactions(reading=True) as work:
        around = find_successors(work, desk.reviews())

    assert list(around) == [review.id]
    newer = around[review.id].newer
    assert newer is not None
    assert (newer.id, newer.cards[0].message_id) == (after.id, "m3")
