"""The one place that decides an answer, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.routes.route import MayAcknowledge, Routes, SegregationOfDuties
from store.tallies import CLICK_TO_ANSWER, load_tallies
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import ALICE, DEPUTY, LINK, OWNER, event, route

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from tests.reviews.desk import Desk

STRANGER = Reviewer(name="Ilze", email="ilze@example.com")
AUTHOR = Reviewer(name="Alice", email=ALICE.email)


def refusal(desk: Desk, review: Review, **more: Any) -> Refused:
    """Try to answer in vain; nothing may have been written."""
    before = desk.latest(review.file_id), desk.entries()
    with pytest.raises(Refused) as raised:
        desk.answers.record_answer(build_answer_request(review, **more))
    assert (desk.latest(review.file_id), desk.entries()) == before
    return raised.value


def test_an_answer_is_recorded_with_its_entry_and_every_card_is_due(desk: Desk, review: Review) -> None:
    desk.clock.advance(minutes=12)

    current = desk.answers.record_answer(build_answer_request(review, note=" fine "))

    stored = desk.latest(review.file_id)
    assert current.state is stored.state is ReviewState.ACKNOWLEDGED
    assert current.answers == stored.answers
    assert (stored.answers[0].note, stored.answers[0].version, stored.answers[0].late) == ("fine", 8, False)
    assert {card.requested_drawing for card in stored.cards} == {2}
    assert [entry["type"] for entry in desk.entries()] == ["review:opened", "review:acknowledged"]
    assert desk.entries()[1]["statement"] == "I have reviewed this version."
    assert desk.calls == ["answered"]


def test_an_answer_is_timed_from_its_request_and_a_refused_one_is_not(desk: Desk, review: Review) -> None:
    started_at = desk.clock()

    def wait_for_connection(*, reading: bool = False) -> UnitOfWork:
        desk.clock.advance(seconds=0.8)
        return desk.transactions(reading=reading)

    answers = replace(desk.answers, transactions=wait_for_connection)
    refusal(desk, review, revision=2)

    answers.record_answer(build_answer_request(review))

    with desk.engine.connect() as connection:
        counted = [each for each in load_tallies(connection) if each.subject == CLICK_TO_ANSWER]
    assert [(each.label, each.state, each.count) for each in counted] == [("slack", "2", 1)]
    assert counted[0].seconds == pytest.approx((desk.clock() - started_at).total_seconds())


def test_changes_are_requested_with_a_note(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(
        build_answer_request(review, decision=Decision.REQUEST_CHANGES, note="The date is wrong")
    )

    assert desk.latest(review.file_id).state is ReviewState.CHANGES_REQUESTED
    assert desk.entries()[1]["note"] == "The date is wrong"
    assert desk.entries()[1]["statement"] is None


REFUSALS: list[tuple[dict[str, Any], RefusalReason, str]] = [
    ({"review_id": "rev-9"}, RefusalReason.UNKNOWN, "no longer tracked"),
    ({"review_id": "'; DROP TABLE reviews"}, RefusalReason.UNKNOWN, "no longer tracked"),
    ({"place": ("paper", "C9")}, RefusalReason.UNKNOWN, "no longer tracked"),
    ({"place": ("slack", "C1")}, RefusalReason.UNKNOWN, "no longer tracked"),
    ({"revision": 0}, RefusalReason.STALE, "revision 0, now revision 1"),
    ({"revision": 2}, RefusalReason.STALE, "(revision 2, now"),
    ({"reviewer": STRANGER}, RefusalReason.NOT_ALLOWED, OWNER),
    ({"reviewer": Reviewer(name="Dana")}, RefusalReason.UNPROVEN, OWNER),
    ({"reviewer": Reviewer(name="Dana", email="")}, RefusalReason.UNPROVEN, OWNER),
    ({"decision": Decision.REQUEST_CHANGES}, RefusalReason.NOTE_NEEDED, "has to change"),
    ({"decision": Decision.REQUEST_CHANGES, "note": " \n\t"}, RefusalReason.NOTE_NEEDED, "has to change"),
    (
        {"decision": Decision.REQUEST_CHANGES, "note": "\u200b\u2060"},
        RefusalReason.NOTE_NEEDED,
        "has to change",
    ),
    ({"note": "x" * 3001}, RefusalReason.NOTE_TOO_LONG, "3001 characters"),
]


def test_each_refusal_has_its_reason_and_a_sentence(desk: Desk, review: Review) -> None:
    for more, reason, words in REFUSALS:
        refused = refusal(desk, review, **more)

        assert refused.reason is reason
        assert words in refused.sentence
    assert desk.calls == []


def test_the_twin_of_each_refused_attempt_is_taken(desk: Desk, review: Review) -> None:
    taken = desk.answers.record_answer(
        build_answer_request(
            review,
            place=("paper", "C2"),
            reviewer=Reviewer(name="Dana", email=OWNER.upper()),
            decision=Decision.REQUEST_CHANGES,
            note="x" * 3000,
        )
    )

    assert taken.state is ReviewState.CHANGES_REQUESTED


def test_a_deputy_may_answer_too(desk: Desk, review: Review) -> None:
    deputy = Reviewer(name="Deputy", email=DEPUTY)

    taken = desk.answers.record_answer(build_answer_request(review, reviewer=deputy))

    assert taken.state is ReviewState.ACKNOWLEDGED
    assert [answer.reviewer.email for answer in taken.answers] == [DEPUTY]


def test_the_second_answer_is_told_who_gave_the_first(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))

    refused = refusal(desk, review, reviewer=Reviewer(name="Deputy", email=DEPUTY))

    assert refused.reason is RefusalReason.ALREADY_ANSWERED
    assert "was already reviewed by Dana Ozola on 09 Mar 2026, 14:05 UTC" in refused.sentence


def test_an_answer_to_an_older_revision_is_stale(desk: Desk, review: Review) -> None:
    desk.portal.versions["3358285"] = 9
    newer = desk.open(event())

    refused = refusal(desk, review)
    desk.answers.record_answer(build_answer_request(newer))

    assert refused.reason is RefusalReason.STALE
    assert "changed again by Alice Moreau" in refused.sentence


def test_who_holds_the_link_may_answer_where_the_route_says_so_and_the_record_too(
    desk: Desk, review: Review
) -> None:
    desk.follow(Routes([route(**LINK)]))

    desk.answers.record_answer(
        build_answer_request(review, reviewer=Reviewer(name="Someone"), identity=Identity.LINK)
    )

    [answer] = desk.latest(review.file_id).answers
    assert (answer.identity, answer.reviewer) == (Identity.LINK, Reviewer(name="Someone"))
    assert desk.entries()[1]["identity"] == "link"


def test_holding_the_link_is_no_proof_where_the_route_does_not_say_so(desk: Desk, review: Review) -> None:
    refused = refusal(desk, review, reviewer=Reviewer(name="Someone"), identity=Identity.LINK)

    assert refused.reason is RefusalReason.UNPROVEN
    assert desk.latest(review.file_id).answers == ()


def test_what_proved_the_identity_stands_in_the_record(desk: Desk, review: Review) -> None:
    proof = {"issuer": "https://login.example.com", "subject": "4711"}

    desk.answers.record_answer(build_answer_request(review, identity=Identity.OIDC, proof=proof))

    assert desk.latest(review.file_id).answers[0].proof == proof
    assert desk.entries()[1]["proof"] == proof
    assert desk.verdict().intact


@pytest.mark.parametrize(
    "reviewer", [AUTHOR, Reviewer(name="A", email="ALICE@example.com"), Reviewer(name="A", docspace_id="a1")]
)
def test_no_one_reviews_their_own_change(desk: Desk, reviewer: Reviewer) -> None:
    desk.follow(Routes([route(owners=(OWNER, "alice@example.com"), may_acknowledge=MayAcknowledge.CHANNEL)]))
    review = desk.open(event())

    refused = refusal(desk, review, reviewer=reviewer, place=("paper", "C1"))

    assert refused.reason is RefusalReason.OWN_CHANGE
    assert OWNER in refused.sentence
    assert DEPUTY in refused.sentence


def test_a_person_known_by_another_address_is_recognised(desk: Desk) -> None:
    with desk.transactions() as work:
        work.people.remember(ALICE, at=desk.clock())
        work.commit()
    desk.follow(Routes([route(owners=("ALICE@EXAMPLE.COM", OWNER), deputies=())]))
    review = desk.open(event())

    refused = refusal(desk, review, reviewer=Reviewer(name="A", email="Alice@Example.com"))

    assert refused.reason is RefusalReason.OWN_CHANGE
    assert refused.sentence.endswith(f" Ask {OWNER}.")


def test_someone_who_has_two_addresses_may_answer_by_either_and_the_record_names_the_owners(
    desk: Desk, review: Review
) -> None:
    reviewer = Reviewer(name="Dana Ozola", email="d.ozola@example.com")

    refused = refusal(desk, review, reviewer=reviewer, other_addresses=("x@example.com",))
    desk.answers.record_answer(
        build_answer_request(review, reviewer=reviewer, other_addresses=("x@example.com", OWNER.upper()))
    )

    assert refused.reason is RefusalReason.NOT_ALLOWED
    [answer] = desk.latest(review.file_id).answers
    assert (answer.reviewer.name, answer.reviewer.email) == ("Dana Ozola", OWNER.upper())


@pytest.mark.parametrize(("mine", "other"), [(OWNER, "alice@example.com"), ("alice@example.com", OWNER)])
def test_no_one_reviews_their_own_change_by_another_address(
    desk: Desk, review: Review, mine: str, other: str
) -> None:
    reviewer = Reviewer(name="Alice Moreau", email=mine)

    refused = refusal(desk, review, reviewer=reviewer, other_addresses=(other,))

    assert refused.reason is RefusalReason.OWN_CHANGE


@pytest.mark.parametrize(
    ("duties", "own_change"), [(SegregationOfDuties.WARN, True), (SegregationOfDuties.OFF, False)]
)
def test_ones_own_change_can_be_allowed_with_or_without_a_remark(
    desk: Desk, duties: SegregationOfDuties, *, own_change: bool
) -> None:
    desk.follow(Routes([route(may_acknowledge=MayAcknowledge.CHANNEL, segregation_of_duties=duties)]))
    review = desk.open(event())

    desk.answers.record_answer(build_answer_request(review, reviewer=AUTHOR, place=("paper", "C1")))

    assert desk.latest(review.file_id).answers[0].own_change is own_change
    assert desk.entries()[1]["own_change"] is own_change


def test_a_review_of_a_route_that_is_gone_is_still_its_owners(desk: Desk, review: Review) -> None:
    desk.follow(Routes([]))

    assert refusal(desk, review, reviewer=STRANGER).reason is RefusalReason.NOT_ALLOWED
    desk.answers.record_answer(build_answer_request(review))


@pytest.mark.parametrize(("hours", "late"), [(0, False), (24, True)])
def test_an_answer_after_the_due_time_is_late(desk: Desk, hours: int, *, late: bool) -> None:
    due = desk.clock() + timedelta(hours=8)
    review = desk.open(event())
    with desk.transactions() as work:
        assert work.reviews.revise(
            type(review)(**{**vars(review), "due_at": due, "revision": 2, "answers": (), "cards": ()})
        )
        work.commit()
    desk.clock.advance(hours=hours)

    desk.answers.record_answer(build_answer_request(desk.latest(review.file_id)))

    assert desk.latest(review.file_id).answers[0].late is late
    assert desk.entries()[-1]["late"] is late


def test_checking_says_the_same_and_writes_nothing(desk: Desk, review: Review) -> None:
    assert desk.answers.check(build_answer_request(review)).id == review.id
    with pytest.raises(Refused):
        desk.answers.check(build_answer_request(review, reviewer=STRANGER))

    assert desk.latest(review.file_id).answers == ()


def test_looking_finds_a_review_or_refuses(desk: Desk, review: Review) -> None:
    assert desk.answers.get_review(review.id) == review
    with pytest.raises(Refused):
        desk.answers.get_review("rev-9")


def test_a_note_with_a_nul_is_taken_on_every_database(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review, note="wrong\0date"))

    assert desk.latest(review.file_id).state is ReviewState.ACKNOWLEDGED


def test_a_note_with_half_a_character_is_taken(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review, note="wrong \ud83d date"))

    assert desk.latest(review.file_id).state is ReviewState.ACKNOWLEDGED
