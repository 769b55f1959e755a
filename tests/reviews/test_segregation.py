"""Contributors can't answer for their own changes, by whichever address, account or door they come."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.account import AccountStatus
from reviews.errors import RefusalReason, Refused, TryLater
from reviews.identity import Identity, LinkedAccounts, Reviewer
from reviews.kinds import ReviewState
from reviews.routes.route import MayAcknowledge, Routes, SegregationOfDuties
from tests.reviews.desk import DANA, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, route

if TYPE_CHECKING:
    from typing import Any

    from reviews.model import Review
    from tests.reviews.desk import Desk

NEW = "alice.novak@example.com"
CARD = ("paper", "C1")


def refusal(desk: Desk, review: Review, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        desk.answers.record_answer(build_answer_request(review, **more))
    assert desk.latest(review.file_id).state is ReviewState.OPEN
    return refused.value


def move_alice_to(desk: Desk, address: str) -> None:
    """Have Alice's account in DocSpace another address than when she changed the document."""
    desk.portal.people[ALICE.id] = replace(ALICE, email=address)


def test_a_contributor_whose_address_changed_is_recognized(desk: Desk) -> None:
    desk.follow(Routes([route(owners=(OWNER, NEW))]))
    review = desk.open(event())
    move_alice_to(desk, NEW)

    refused = refusal(desk, review, reviewer=Reviewer(name="Alice", email=NEW))

    assert refused.reason is RefusalReason.OWN_CHANGE


def test_an_address_without_an_account_answers_nothing_until_the_routing_file_names_one(desk: Desk) -> None:
    desk.portal.strangers.add(OWNER)
    review = desk.open(event())

    refused = refusal(desk, review)
    desk.follow(Routes([route()], people={OWNER: LinkedAccounts(docspace="9f1e")}))
    person = desk.identification.identify_address(OWNER, name="Dana", identity=Identity.OIDC, proof={})
    desk.answers.record_answer(replace(build_answer_request(review), person=person))

    assert refused.reason is RefusalReason.OWN_CHANGE_UNCLEAR
    assert OWNER in refused.sentence
    assert "[people]" in refused.sentence
    [answer] = desk.latest(review.file_id).answers
    assert answer.reviewer.docspace_id == "9f1e"
    assert answer.reviewer.proven_by == {"email": "oidc", "docspace_id": "routes"}
    assert desk.verdict().intact


def test_an_account_that_the_routing_file_names_is_that_of_a_contributor(desk: Desk) -> None:
    named = {
        "private@example.com": LinkedAccounts(docspace=str(ALICE.id)),
        OWNER: LinkedAccounts(docspace=str(ALICE.id)),
    }
    desk.follow(Routes([route()], people=named))
    review = desk.open(event())

    for address in named:
        person = desk.identification.identify_address(address, name="A", identity=Identity.OIDC, proof={})
        with pytest.raises(Refused) as refused:
            desk.answers.record_answer(replace(build_answer_request(review), person=person))
        assert refused.value.reason is RefusalReason.OWN_CHANGE


def test_a_second_address_with_an_account_of_its_own_is_looked_at_too(desk: Desk) -> None:
    review = desk.open(event())
    move_alice_to(desk, NEW)

    refused = refusal(desk, review, other_addresses=(NEW,))

    assert refused.reason is RefusalReason.OWN_CHANGE


def test_a_review_is_not_handed_to_a_contributor_with_another_address(desk: Desk) -> None:
    review = desk.open(event())
    move_alice_to(desk, NEW)

    with pytest.raises(Refused) as refused:
        desk.hand_over.reassign(
            make_review_request(review), new_owner=make_proven_person(Reviewer(name="Alice", email=NEW))
        )

    assert refused.value.reason is RefusalReason.OWN_CHANGE


def test_a_review_is_not_handed_to_someone_who_could_not_answer_it(desk: Desk) -> None:
    desk.portal.strangers.add("juris@example.com")
    review = desk.open(event())

    with pytest.raises(Refused, match="Juris could not answer") as refused:
        desk.hand_over.reassign(
            make_review_request(review),
            new_owner=make_proven_person(Reviewer(name="Juris", email="juris@example.com")),
        )

    assert refused.value.reason is RefusalReason.NO_SUCH_PERSON
    assert desk.latest(review.file_id).owners == (OWNER,)


def test_no_one_answers_while_docspace_can_not_be_asked(desk: Desk) -> None:
    review = desk.open(event())
    desk.portal.trouble["find_account"] = [TryLater("down")]

    refused = refusal(desk, review)
    desk.answers.record_answer(build_answer_request(review))

    assert refused.reason is RefusalReason.UNPROVEN
    assert "Try again in a minute" in refused.sentence


def test_docspace_is_asked_once_a_day_for_an_account_and_soon_again_for_one_that_was_not_there(
    desk: Desk,
) -> None:
    """Each answer is taken back, so that the same person can answer again."""
    review = desk.open(event())

    def asked_by(address: str) -> bool:
        desk.portal.asked.clear()
        with suppress(Refused):
            desk.answers.record_answer(build_answer_request(review, reviewer=replace(DANA, email=address)))
            desk.answers.withdraw(make_review_request(review, replace(DANA, email=address)))
        return bool(desk.portal.asked)

    desk.portal.strangers.add(DEPUTY)
    first = [asked_by(OWNER), asked_by(DEPUTY)]
    desk.clock.advance(seconds=59)
    soon = [asked_by(OWNER), asked_by(DEPUTY)]
    desk.clock.advance(seconds=2)
    desk.portal.strangers.clear()
    later = [asked_by(OWNER), asked_by(DEPUTY)]
    desk.clock.advance(days=1)

    assert (first, soon, later, asked_by(OWNER)) == ([True, True], [False, False], [False, True], True)


def test_someone_who_has_to_wait_for_docspace_is_told_before(desk: Desk) -> None:
    review = desk.open(event())
    refusals: list[list[str]] = []

    desk.answers.record_answer(
        build_answer_request(review), before_lookup=lambda: refusals.append(list(desk.portal.asked))
    )

    assert refusals == [[]]
    assert desk.portal.asked == [OWNER]


def test_where_duties_are_not_segregated_docspace_is_not_asked(desk: Desk) -> None:
    desk.follow(Routes([route(segregation_of_duties=SegregationOfDuties.OFF)]))

    desk.answers.record_answer(build_answer_request(desk.open(event())))

    assert desk.portal.asked == []


def test_what_docspace_answered_is_forgotten_after_a_while(desk: Desk) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(event())))

    with desk.transactions() as work:
        forgotten = work.docspace_accounts.forget(before=desk.clock())
        gone = work.docspace_accounts.forget(before=desk.clock() + timedelta(seconds=1))

    assert (forgotten, gone) == (0, 1)


MEMBERS = (
    (CARD, AccountStatus.MEMBER, False, True),
    (CARD, AccountStatus.GUEST, False, False),
    (CARD, AccountStatus.OUTSIDE, False, False),
    (CARD, AccountStatus.GUEST, True, True),
    (CARD, AccountStatus.OUTSIDE, True, True),
    (CARD, AccountStatus.DEACTIVATED, True, False),
    (None, AccountStatus.MEMBER, True, False),
)


@pytest.mark.parametrize(("place", "standing", "guests", "may"), MEMBERS)
def test_a_channel_answers_by_its_full_members_on_its_own_card(
    desk: Desk, place: tuple[str, str] | None, standing: AccountStatus, *, guests: bool, may: bool
) -> None:
    rule = route(
        may_acknowledge=MayAcknowledge.CHANNEL,
        guests=guests,
        segregation_of_duties=SegregationOfDuties.OFF,
    )
    desk.follow(Routes([rule]))
    review = desk.open(event())
    member = {
        "reviewer": Reviewer(name="Ilze", chat_ids={"slack": "U7"}),
        "place": place,
        "standing": standing,
    }

    if may:
        desk.answers.record_answer(build_answer_request(review, **member))
    else:
        assert refusal(desk, review, **member).reason is RefusalReason.NOT_ALLOWED
    assert (desk.latest(review.file_id).state is ReviewState.ACKNOWLEDGED) == may


def test_a_member_of_the_channel_is_told_where_to_answer(desk: Desk) -> None:
    desk.follow(Routes([route(may_acknowledge=MayAcknowledge.CHANNEL)]))
    review = desk.open(event())
    member = Reviewer(name="Ilze", email="ilze@example.com")

    elsewhere = refusal(desk, review, reviewer=member)
    as_guest = refusal(desk, review, reviewer=member, place=CARD, standing=AccountStatus.GUEST)

    assert "on the card there" in elsewhere.sentence
    assert "Guests" in as_guest.sentence


def test_one_person_answers_once_through_two_doors(desk: Desk) -> None:
    """Where two are needed, a second account of the first is none."""
    named = {
        "dana@private.example": LinkedAccounts(chat_ids={"slack": "U1"}),
        OWNER: LinkedAccounts(chat_ids={"slack": "U1"}, docspace="9f1e"),
    }
    desk.follow(Routes([route(owners=(OWNER, "dana@private.example"), required=2)], people=named))
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review))

    person = desk.identification.identify_address(
        "dana@private.example", name="Dana", identity=Identity.MAIL_CODE, proof={}
    )
    with pytest.raises(Refused) as refused:
        desk.answers.record_answer(replace(build_answer_request(review), person=person))

    assert refused.value.reason is RefusalReason.ALREADY_ANSWERED
    assert set(person.addresses) == {OWNER, "dana@private.example"}
    assert (person.chat_ids.get("slack"), person.docspace_ids) == ("U1", {OWNER: "9f1e"})


def test_an_account_that_the_routing_file_names_hides_no_other_account_of_the_person(desk: Desk) -> None:
    """Alice's second address has the account by which she changed the document."""
    named = {
        OWNER: LinkedAccounts(chat_ids={"slack": "U1"}, docspace="9f1e"),
        NEW: LinkedAccounts(chat_ids={"slack": "U1"}),
    }
    desk.follow(Routes([route()], people=named))
    review = desk.open(event())
    move_alice_to(desk, NEW)

    person = desk.identification.identify_address(OWNER, name="Alice", identity=Identity.OIDC, proof={})
    with pytest.raises(Refused) as refused:
        desk.answers.record_answer(replace(build_answer_request(review), person=person))

    assert refused.value.reason is RefusalReason.OWN_CHANGE


def test_an_address_has_its_own_account_beside_the_one_that_the_routing_file_names(
    desk: Desk,
) -> None:
    desk.follow(Routes([route()], people={NEW: LinkedAccounts(docspace="9f1e")}))
    review = desk.open(event())
    move_alice_to(desk, NEW)
    with desk.transactions() as work:
        work.docspace_accounts.remember({NEW: str(ALICE.id)}, at=desk.clock())
        work.commit()

    person = desk.identification.identify_address(NEW, name="Alice", identity=Identity.OIDC, proof={})
    with pytest.raises(Refused) as refused:
        desk.hand_over.reassign(make_review_request(review), new_owner=person)

    assert refused.value.reason is RefusalReason.OWN_CHANGE
