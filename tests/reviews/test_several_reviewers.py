"""Several people have to answer: how their answers add up, and who is missing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.notice import NoticeKind
from reviews.quorum import count_required_answers, list_missing_owners
from reviews.routes.route import MayAcknowledge, SegregationOfDuties
from reviews.wording.notice_sentences import describe_notice
from tests.reviews.desk import build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, routes
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

OWNERS = (OWNER, "ilze@example.com", "juris@example.com")


def opened(desk: Desk, **rule: object) -> Review:
    desk.follow(routes(**{"owners": OWNERS, **rule}))
    return desk.open(event())


def answer(desk: Desk, review: Review, address: str, **more: object) -> Review:
    who = Reviewer(name=address, email=address)
    return desk.answers.record_answer(build_answer_request(review, reviewer=who, **more))


def refusal(desk: Desk, review: Review, address: str, **more: object) -> RefusalReason:
    with pytest.raises(Refused) as refused:
        answer(desk, review, address, **more)
    return refused.value.reason


def test_a_review_that_takes_two_is_open_until_two_different_people_have_answered(desk: Desk) -> None:
    review = opened(desk, required=2)

    after_one = answer(desk, review, OWNER)
    again = refusal(desk, review, OWNER)
    card = draw_card(desk.latest(review.file_id))
    after_two = answer(desk, review, DEPUTY)

    assert (after_one.state, again) == (ReviewState.OPEN, RefusalReason.ALREADY_ANSWERED)
    assert ([each.reviewer.name for each in card.other_acknowledgements], card.needed) == ([OWNER], 2)
    assert card.missing == OWNERS[1:]
    assert after_two.state is ReviewState.ACKNOWLEDGED
    assert refusal(desk, review, "ilze@example.com") is RefusalReason.ALREADY_ANSWERED
    assert desk.verdict().intact


def test_where_all_owners_have_to_answer_a_deputy_can_not_stand_in_for_one(desk: Desk) -> None:
    review = opened(desk, required=None)

    assert refusal(desk, review, DEPUTY) is RefusalReason.NOT_ALLOWED
    for address in OWNERS[:2]:
        assert answer(desk, review, address).state is ReviewState.OPEN
    assert answer(desk, review, OWNERS[2]).state is ReviewState.ACKNOWLEDGED


def test_an_owner_who_changed_the_document_is_not_waited_for(desk: Desk) -> None:
    review = opened(desk, required=None, owners=(OWNER, str(ALICE.email)))

    assert (count_required_answers(review), list_missing_owners(review)) == (1, (OWNER,))
    assert answer(desk, review, OWNER).state is ReviewState.ACKNOWLEDGED


@pytest.mark.parametrize("required", [3, None])
def test_one_request_for_changes_ends_it(desk: Desk, required: int | None) -> None:
    review = opened(desk, required=required)
    answer(desk, review, OWNER)

    after = answer(desk, review, DEPUTY, decision=Decision.REQUEST_CHANGES, note="The date is wrong")

    assert after.state is ReviewState.CHANGES_REQUESTED
    assert refusal(desk, review, OWNERS[1]) is RefusalReason.ALREADY_ANSWERED


def test_newer_content_starts_counting_anew(desk: Desk) -> None:
    review = opened(desk, required=2)
    answer(desk, review, OWNER)
    desk.portal.versions[review.file_id] = 9

    newer = desk.open(event())

    assert (newer.id, newer.revision, list_missing_owners(newer)) == (review.id, 2, OWNERS)
    assert draw_card(newer).outdated_count == 1
    assert refusal(desk, review, OWNERS[1]) is RefusalReason.STALE
    assert answer(desk, newer, OWNER).state is ReviewState.OPEN
    assert answer(desk, newer, OWNERS[1]).state is ReviewState.ACKNOWLEDGED


def test_an_answer_that_is_taken_back_is_missing_again(desk: Desk) -> None:
    review = opened(desk, required=2)
    answer(desk, review, OWNER)
    answer(desk, review, OWNERS[1])
    request = build_answer_request(review, reviewer=Reviewer(name=OWNER, email=OWNER))

    after = desk.answers.withdraw(request)

    assert (after.state, list_missing_owners(after)) == (ReviewState.OPEN, (OWNER, OWNERS[2]))
    assert answer(desk, review, OWNER).state is ReviewState.ACKNOWLEDGED
    assert desk.verdict().intact


def test_the_thread_is_not_told_that_a_review_waits_which_someone_else_sent_back(desk: Desk) -> None:
    review = opened(desk, required=2)
    answer(desk, review, OWNER)
    answer(desk, review, DEPUTY, decision=Decision.REQUEST_CHANGES, note="The date is wrong")

    after = desk.answers.withdraw(build_answer_request(review))
    desk.deliver_all()

    sentences = {
        describe_notice(notice) for _, notice in desk.paper.notices if notice.kind is NoticeKind.WITHDRAWN
    }
    assert after.state is ReviewState.CHANGES_REQUESTED
    assert sentences == {
        f"{OWNER} withdrew their answer to AML Policy 2026.docx; another person's answer still counts."
    }
    assert desk.verdict().intact


def test_where_all_owners_have_to_answer_one_person_may_be_two_of_them(desk: Desk) -> None:
    review = opened(desk, required=None, owners=OWNERS[:2])
    other_addresses = (OWNERS[1],)

    first = answer(desk, review, OWNER, other_addresses=other_addresses)
    second = answer(desk, review, OWNER, other_addresses=other_addresses)

    assert (first.state, second.state) == (ReviewState.OPEN, ReviewState.ACKNOWLEDGED)
    assert [each.owner for each in second.answers] == list(OWNERS[:2])
    assert desk.answers.withdraw(build_answer_request(review)).state is ReviewState.OPEN
    assert desk.verdict().intact


@pytest.mark.parametrize("others", [set(), {"ilze@example.com"}])
def test_an_owner_answers_for_their_group_too_if_no_one_else_is_in_it(desk: Desk, others: set[str]) -> None:
    review = opened(desk, required=None, owners=("@team", OWNER))
    with desk.transactions() as work:
        work.groups.remember("@team", {OWNER, *others}, description={"id": "S1"}, at=desk.clock())
        work.commit()
    assert answer(desk, review, OWNER).state is ReviewState.OPEN

    if others:
        assert refusal(desk, review, OWNER) is RefusalReason.ALREADY_ANSWERED
    last = answer(desk, review, *(others or {OWNER}))

    assert last.state is ReviewState.ACKNOWLEDGED


def test_where_all_owners_have_to_answer_the_rest_of_the_channel_is_not_counted(desk: Desk) -> None:
    review = opened(desk, required=None, may_acknowledge=MayAcknowledge.CHANNEL)

    assert refusal(desk, review, "anybody@example.com") is RefusalReason.NOT_ALLOWED
    for address in OWNERS:
        after = answer(desk, review, address)

    assert after.state is ReviewState.ACKNOWLEDGED


def test_an_owner_does_not_get_a_second_part_where_two_people_have_to_answer(desk: Desk) -> None:
    review = opened(desk, required=2, owners=OWNERS[:2])

    with pytest.raises(Refused) as refused:
        desk.hand_over.reassign(
            build_answer_request(review), new_owner=make_proven_person(Reviewer(name="Ilze", email=OWNERS[1]))
        )

    assert refused.value.reason is RefusalReason.NOTHING_TO_DO
    assert desk.latest(review.file_id).owners == OWNERS[:2]


@pytest.mark.parametrize("giver", [OWNERS[1], DEPUTY])
def test_nothing_is_handed_to_someone_who_has_answered_already(desk: Desk, giver: str) -> None:
    review = opened(desk, required=None, owners=OWNERS[:2])
    answer(desk, review, OWNER)
    request = build_answer_request(review, reviewer=Reviewer(name=giver, email=giver))

    with pytest.raises(Refused) as refused:
        desk.hand_over.reassign(
            request, new_owner=make_proven_person(Reviewer(name="Dana", email=OWNER.upper()))
        )

    assert refused.value.reason is RefusalReason.NOTHING_TO_DO
    assert answer(desk, review, OWNERS[1]).state is ReviewState.ACKNOWLEDGED
    assert desk.verdict().intact


@pytest.mark.parametrize("duties", list(SegregationOfDuties))
def test_where_all_owners_have_to_answer_no_part_is_handed_to_an_author(
    desk: Desk, duties: SegregationOfDuties
) -> None:
    review = opened(desk, required=None, owners=OWNERS[:2], segregation_of_duties=duties)
    answer(desk, review, OWNER)
    request = build_answer_request(review, reviewer=Reviewer(name="Ilze", email=OWNERS[1]))

    with pytest.raises(Refused) as refused:
        desk.hand_over.reassign(
            request, new_owner=make_proven_person(Reviewer(name="Alice", email=ALICE.email))
        )

    assert refused.value.reason is RefusalReason.OWN_CHANGE
    assert list_missing_owners(desk.latest(review.file_id)) == OWNERS[1:2]
    assert desk.verdict().intact


def test_nothing_is_handed_to_an_author_under_another_of_their_addresses(desk: Desk) -> None:
    review = opened(desk)
    other_addresses = (str(ALICE.email),)

    with pytest.raises(Refused) as refused:
        desk.hand_over.reassign(
            build_answer_request(review),
            new_owner=make_proven_person(Reviewer(name="Alice", email="a@example.com"), *other_addresses),
        )

    assert refused.value.reason is RefusalReason.OWN_CHANGE
    assert desk.latest(review.file_id).owners == OWNERS


def test_a_member_of_a_group_answers_for_it_and_a_stranger_does_not(desk: Desk) -> None:
    review = opened(desk, required=None, owners=("@team", OWNER))
    assert refusal(desk, review, "ilze@example.com") is RefusalReason.NOT_ALLOWED
    with desk.transactions() as work:
        work.groups.remember("@team", {"ilze@example.com"}, description={"id": "S1"}, at=desk.clock())
        work.commit()

    after = answer(desk, review, "ilze@example.com")

    assert (after.state, after.answers[0].owner, list_missing_owners(after)) == (
        ReviewState.OPEN,
        "@team",
        (OWNER,),
    )
    assert answer(desk, review, OWNER).state is ReviewState.ACKNOWLEDGED


def test_of_eight_people_at_once_three_are_taken_where_three_have_to_answer(desk: Desk) -> None:
    owners = tuple(f"owner{number}@example.com" for number in range(8))
    review = opened(desk, required=3, owners=owners)

    def one(number: int) -> str:
        try:
            answer(desk, review, owners[number])
        except Refused as refused:
            return refused.reason
        return "taken"

    outcomes = Counter(run_in_threads(8, one))

    assert outcomes == {"taken": 3, RefusalReason.ALREADY_ANSWERED: 5}
    after = desk.latest(review.file_id)
    assert (after.state, len(after.answers)) == (ReviewState.ACKNOWLEDGED, 3)
    assert desk.verdict().intact


def test_the_same_person_at_once_counts_once(desk: Desk) -> None:
    review = opened(desk, required=2)

    def one(_: int) -> str:
        try:
            answer(desk, review, OWNER, identity=Identity.SLACK)
        except Refused as refused:
            return refused.reason
        return "taken"

    outcomes = Counter(run_in_threads(4, one))

    assert outcomes == {"taken": 1, RefusalReason.ALREADY_ANSWERED: 3}
    assert desk.latest(review.file_id).state is ReviewState.OPEN
    assert desk.verdict().intact
