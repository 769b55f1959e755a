"""Passing a review on and putting its reminders off, on both databases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.notice import NoticeKind, ReassignmentNotice
from reviews.routes.route import SegregationOfDuties, ThreadVisibility
from tests.reviews.desk import DANA, JURIS, build_answer_request, hand_over, make_review_request
from tests.reviews.notices import require_type
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER, event, routes

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

ILZE = Reviewer(name="Ilze Kalna", email=DEPUTY)
STRANGER = Reviewer(name="Eve", email="eve@example.com")


def types(desk: Desk) -> list[str]:
    return [entry["type"] for entry in desk.entries()]


def test_an_owner_hands_their_part_over_and_the_new_owner_can_answer(desk: Desk, review: Review) -> None:
    current = hand_over(desk).reassign(make_review_request(review), new_owner=make_proven_person(JURIS))

    stored = desk.latest(review.file_id)
    assert current.owners == stored.owners == ("juris@example.com",)
    assert {card.requested_drawing for card in stored.cards} == {2}
    entry = desk.entries()[-1]
    assert (entry["type"], entry["by"]["name"], entry["to"]["name"]) == (
        "review:reassigned", "Dana Ozola", "Juris Bite",
    )  # fmt: skip
    desk.answers.record_answer(build_answer_request(stored, reviewer=JURIS))
    assert desk.verdict().intact
    assert desk.calls == ["changed", "answered"]


def test_a_deputy_hands_the_whole_review_over(desk: Desk) -> None:
    desk.follow(routes(owners=(OWNER, BOB.email)))
    review = desk.open(event())

    current = hand_over(desk).reassign(make_review_request(review, ILZE), new_owner=make_proven_person(JURIS))

    assert current.owners == ("juris@example.com",)


def test_one_of_several_owners_hands_over_no_more_than_their_own_part(desk: Desk) -> None:
    desk.follow(routes(owners=(OWNER, BOB.email)))
    review = desk.open(event())

    current = hand_over(desk).reassign(make_review_request(review), new_owner=make_proven_person(JURIS))

    assert current.owners == ("juris@example.com", BOB.email)


@pytest.mark.parametrize("thread", list(ThreadVisibility))
def test_the_thread_of_each_card_is_told_once(desk: Desk, thread: ThreadVisibility) -> None:
    desk.follow(routes(thread=thread))
    review = desk.open(event())
    hand_over(desk).reassign(make_review_request(review), new_owner=make_proven_person(JURIS))

    desk.deliver_all()
    desk.deliver_all()

    notices = require_type(ReassignmentNotice, (notice for _, notice in desk.paper.notices))
    assert [notice.kind for notice in notices] == [NoticeKind.REASSIGNED] * 2
    assert {(notice.who[0].email, notice.new_owner.email, notice.mention) for notice in notices} == {
        (OWNER, JURIS.email, ("juris@example.com",))
    }
    assert {notice.broadcast for notice in notices} == {thread is ThreadVisibility.BROADCAST}


REFUSED: list[tuple[Reviewer, Reviewer, RefusalReason]] = [
    (STRANGER, JURIS, RefusalReason.NOT_ALLOWED),
    (Reviewer(name="Dana's guest"), JURIS, RefusalReason.UNPROVEN),
    (DANA, Reviewer(name="A guest", chat_ids={"slack": "U9"}), RefusalReason.NO_SUCH_PERSON),
    (DANA, Reviewer(name="Alice", email=ALICE.email), RefusalReason.OWN_CHANGE),
    (DANA, Reviewer(name="Dana", email=OWNER.upper()), RefusalReason.NOTHING_TO_DO),
]


@pytest.mark.parametrize(("who", "to", "reason"), REFUSED)
def test_a_refused_hand_over_changes_nothing(
    desk: Desk, review: Review, who: Reviewer, to: Reviewer, reason: RefusalReason
) -> None:
    before = desk.latest(review.file_id)

    with pytest.raises(Refused) as raised:
        hand_over(desk).reassign(make_review_request(review, who), new_owner=make_proven_person(to))

    assert raised.value.reason is reason
    assert (desk.latest(review.file_id), types(desk)) == (before, ["review:opened"])


def test_the_author_may_hand_their_duty_over_and_take_it_where_duties_are_not_segregated(desk: Desk) -> None:
    desk.follow(routes(owners=(OWNER, ALICE.email), segregation_of_duties=SegregationOfDuties.OFF))
    review = desk.open(event())
    author = Reviewer(name="Alice", email=ALICE.email)

    current = hand_over(desk).reassign(
        make_review_request(review, author), new_owner=make_proven_person(JURIS)
    )
    back = hand_over(desk).reassign(make_review_request(review, JURIS), new_owner=make_proven_person(author))

    assert current.owners == (OWNER, "juris@example.com")
    assert back.owners == (OWNER, ALICE.email)


def test_holding_the_link_hands_nothing_over(desk: Desk, review: Review) -> None:
    with pytest.raises(Refused) as raised:
        hand_over(desk).check(make_review_request(review, identity=Identity.LINK))

    assert raised.value.reason is RefusalReason.UNPROVEN


def test_an_answered_review_is_neither_handed_over_nor_put_off(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))

    for act in (
        partial(hand_over(desk).reassign, make_review_request(review), new_owner=make_proven_person(JURIS)),
        partial(hand_over(desk).snooze, make_review_request(review), until=desk.clock() + timedelta(hours=1)),
        partial(hand_over(desk).check, make_review_request(review)),
    ):
        with pytest.raises(Refused) as raised:
            act()
        assert raised.value.reason is RefusalReason.ALREADY_ANSWERED


def test_reminders_are_put_off_with_an_entry(desk: Desk, review: Review) -> None:
    until = desk.clock() + timedelta(days=2)

    current = hand_over(desk).snooze(make_review_request(review), until=until)

    assert current.snoozed_until == desk.latest(review.file_id).snoozed_until == until
    assert desk.latest(review.file_id).due_at == review.due_at
    assert types(desk) == ["review:opened", "review:snoozed"]
    assert desk.verdict().intact


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_reminders_are_put_off_to_a_time_that_is_near_and_still_to_come(
    desk: Desk, review: Review, days: int
) -> None:
    with pytest.raises(Refused) as raised:
        hand_over(desk).snooze(make_review_request(review), until=desk.clock() + timedelta(days=days))

    assert raised.value.reason is RefusalReason.NO_SUCH_TIME
    assert types(desk) == ["review:opened"]


def test_the_former_owner_can_no_longer_answer_where_they_are_not_on_the_route(desk: Desk) -> None:
    review = desk.open(event())
    hand_over(desk).reassign(make_review_request(review), new_owner=make_proven_person(JURIS))
    handed = desk.latest(review.file_id)
    hand_over(desk).reassign(make_review_request(handed, JURIS), new_owner=make_proven_person(STRANGER))

    with pytest.raises(Refused) as raised:
        desk.answers.record_answer(
            build_answer_request(handed, reviewer=JURIS, decision=Decision.ACKNOWLEDGE)
        )

    assert raised.value.reason is RefusalReason.NOT_ALLOWED
    assert desk.latest(review.file_id).state is ReviewState.OPEN
