"""Reassigning to an address that was typed on a page, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.errors import RefusalReason, Refused, TryLater
from reviews.identity import Reviewer
from reviews.people.docspace_accounts import DocSpaceUnavailable
from reviews.routes.route import SegregationOfDuties
from tests.reviews.desk import build_answer_request, hand_over, make_review_request
from tests.reviews.samples import ALICE, DEPUTY, event, routes

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

JURIS = "juris@example.com"
STRANGER = Reviewer(name="Eve", email="eve@example.com")


def count_entries(desk: Desk) -> int:
    return len(desk.entries())


def test_the_person_with_the_address_is_responsible_and_can_answer(desk: Desk, review: Review) -> None:
    current = hand_over(desk).reassign(make_review_request(review), new_owner=f" {JURIS} ")

    entry = desk.entries()[-1]
    assert current.owners == desk.latest(review.file_id).owners == (JURIS,)
    assert (entry["type"], entry["by"]["name"], entry["to"]["email"]) == (
        "review:reassigned", "Dana Ozola", JURIS,
    )  # fmt: skip
    assert entry["to"]["proven_by"] == {"docspace_id": "docspace"}
    assert desk.notices()[-1].notice
    juris = Reviewer(name="Juris Bite", email=JURIS)
    desk.answers.record_answer(build_answer_request(current, reviewer=juris))
    assert desk.verdict().intact


def test_a_person_of_the_routing_file_needs_no_look_up_where_duties_are_not_segregated(desk: Desk) -> None:
    desk.follow(routes(segregation_of_duties=SegregationOfDuties.OFF))
    review = desk.open(event())

    current = hand_over(desk).reassign(make_review_request(review), new_owner=DEPUTY.upper())

    assert [owner.lower() for owner in current.owners] == [DEPUTY]
    assert desk.portal.asked == []


def test_an_address_that_neither_the_routes_nor_docspace_know_is_refused(desk: Desk, review: Review) -> None:
    desk.portal.strangers.add("unknown@example.com")
    before = count_entries(desk)

    with pytest.raises(Refused) as refused:
        hand_over(desk).reassign(make_review_request(review), new_owner="unknown@example.com")

    assert refused.value.reason is RefusalReason.NO_SUCH_PERSON
    assert "unknown@example.com is not known here." in refused.value.sentence
    assert (count_entries(desk), desk.latest(review.file_id).owners) == (before, review.owners)


def test_contributors_can_not_take_over(desk: Desk, review: Review) -> None:
    with pytest.raises(Refused) as refused:
        hand_over(desk).reassign(make_review_request(review), new_owner=ALICE.email or "")

    assert refused.value.reason is RefusalReason.OWN_CHANGE


def test_people_who_may_not_reassign_cause_no_look_up(desk: Desk, review: Review) -> None:
    with pytest.raises(Refused) as refused:
        hand_over(desk).reassign(make_review_request(review, STRANGER), new_owner=JURIS)

    assert refused.value.reason is RefusalReason.NOT_ALLOWED
    assert desk.portal.asked == []


def test_nothing_is_decided_while_docspace_is_down_nor_by_a_repeat(desk: Desk, review: Review) -> None:
    desk.portal.trouble["find_account"] = [TryLater("DocSpace is down")]
    review_request = make_review_request(review, request_name="page:1")

    with pytest.raises(DocSpaceUnavailable):
        hand_over(desk).reassign(review_request, new_owner=JURIS)
    with pytest.raises(Refused) as repeated:
        hand_over(desk).reassign(review_request, new_owner=JURIS)
    later = replace(review_request, request_name="page:2")

    assert repeated.value.reason is RefusalReason.REPEATED
    assert hand_over(desk).reassign(later, new_owner=JURIS).owners == (JURIS,)


def test_a_request_that_comes_twice_is_done_once(desk: Desk, review: Review) -> None:
    review_request = make_review_request(review, request_name="page:1")
    until = desk.clock() + timedelta(hours=3)

    snoozed = [hand_over(desk).snooze(review_request, until=until) for _ in range(2)]

    assert [each.snoozed_until for each in snoozed] == [until, until]
    assert [entry["type"] for entry in desk.entries()].count("review:snoozed") == 1
