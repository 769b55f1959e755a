"""Reassigning and snoozing on the page of a review: by a fresh proof, and by the rules of chat."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pages.proven_identity import PROOF_LIFETIME
from reviews.kinds import ReviewState
from reviews.routes.route import MayAcknowledge
from tests.pages.campaign_site import open_site
from tests.pages.duties import OFFER, list_types, read_form_ids, read_suggestions, read_times
from tests.pages.inboxes import inbox_routes
from tests.pages.past import STRANGER, answer, foreign, papers, two_routes
from tests.reviews.campaigns import PEOPLE, list_campaign_reviews, put_documents, start_campaign
from tests.reviews.samples import ALICE, OWNER

if TYPE_CHECKING:
    from tests.pages.reading import HistoryReader
    from tests.reviews.desk import Desk

PAGE = "/reviews/rev-1"


@pytest.fixture
def owner(reader: HistoryReader) -> HistoryReader:
    """Return the owner, signed in, with a review that waits."""
    papers(reader, 1)
    return reader.sign_in(OWNER)


def test_an_owner_reassigns_a_review_and_reads_so_above_it(owner: HistoryReader) -> None:
    page = owner.get(PAGE).text

    done = owner.post(PAGE, decision="reassign", person=STRANGER, form_id=read_form_ids(page)[0])
    after = owner.get(PAGE).text

    assert (done.status_code, done.location) == (303, PAGE)
    assert f"The review of Paper 1.docx is now assigned to {STRANGER}." in after
    assert "Responsible since then: " in after
    assert owner.desk.latest("f1").owners[0] == STRANGER
    assert owner.desk.entries()[-1]["identity"] == "slack"
    assert "is now assigned" not in owner.get(PAGE).text
    assert owner.desk.verdict().intact


def test_reminders_are_snoozed_and_a_form_sent_twice_does_it_once(owner: HistoryReader) -> None:
    page = owner.get(PAGE).text
    form = {"decision": "snooze", "later": read_times(page)[0], "form_id": read_form_ids(page)[1]}

    answers = [owner.post(PAGE, **form) for _ in range(2)]

    assert {each.status_code for each in answers} == {303}
    assert "No reminders are sent for Paper 1.docx until then." in owner.get(PAGE).text
    assert list_types(owner.desk) == ["review:snoozed"]
    assert owner.desk.latest("f1").snoozed_until == datetime.fromtimestamp(int(form["later"]), UTC)


def test_a_sign_in_that_is_good_to_read_has_to_be_renewed_to_act(owner: HistoryReader) -> None:
    owner.desk.clock.advance(seconds=PROOF_LIFETIME.total_seconds() + 1)
    page = owner.get(PAGE)

    refused = owner.post(PAGE, decision="reassign", person=STRANGER)
    owner.sign_in(OWNER)
    back = owner.get("/reviews")
    done = owner.post(PAGE, decision="reassign", person=STRANGER)

    assert (page.status_code, OFFER in page.text) == (200, True)
    assert refused.status_code == 401
    assert "Nothing was recorded: confirm again who you are." in refused.text
    assert back.status_code == 200
    assert done.status_code == 303
    assert list_types(owner.desk) == ["review:reassigned"]


def test_a_link_that_was_not_used_lets_no_one_act(reader: HistoryReader) -> None:
    papers(reader, 1)
    reader.get(reader.link(OWNER))

    refused = reader.post(PAGE, decision="reassign", person=STRANGER)

    assert refused.status_code == 401
    assert list_types(reader.desk) == []


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"decision": "reassign", "person": str(ALICE.email)}, "This document was changed by Alice Moreau"),
        ({"decision": "reassign"}, "Give the e-mail address of a person."),
        ({"decision": "snooze"}, "Choose a time."),
        ({"decision": "acknowledge"}, "Choose one of the two buttons."),
        ({}, "Choose one of the two buttons."),
    ],
)
def test_a_refusal_stands_above_the_review(owner: HistoryReader, form: dict[str, str], sentence: str) -> None:
    owner.get(PAGE)

    refused = owner.post(PAGE, **form)

    assert refused.status_code in {400, 403, 422}
    assert sentence in refused.text
    assert ('<details class="duty" open>' in refused.text) is (form.get("decision") in {"reassign", "snooze"})
    assert list_types(owner.desk) == []


def test_what_was_refused_is_marked_in_its_field(owner: HistoryReader) -> None:
    before = owner.get(PAGE).text

    refused = owner.post(PAGE, decision="reassign", person=str(ALICE.email)).text

    assert "aria-invalid" not in before
    assert f'value="{ALICE.email}" aria-invalid="true"' in refused
    assert refused.count("aria-invalid") == 1


def test_a_form_without_a_token_keeps_what_was_typed(owner: HistoryReader) -> None:
    owner.get(PAGE)
    owner.form_token = ""

    refused = owner.post(PAGE, decision="reassign", person=STRANGER)

    assert refused.status_code == 400
    assert f'value="{STRANGER}"' in refused.text
    assert list_types(owner.desk) == []


def test_a_reviewer_who_is_no_owner_sees_an_open_review_and_may_do_neither(reader: HistoryReader) -> None:
    reader.desk.follow(two_routes(required=2, may_acknowledge=MayAcknowledge.CHANNEL))
    papers(reader, 1)
    answer(reader, "f1", "eve@example.com")
    reader.sign_in("eve@example.com")

    page = reader.get(PAGE)
    refused = reader.post(PAGE, decision="reassign", person="eve@example.com")

    assert reader.desk.latest("f1").state is ReviewState.OPEN
    assert (page.status_code, OFFER in page.text) == (200, False)
    assert refused.status_code == 403
    assert list_types(reader.desk) == []


def test_reviews_of_others_are_not_there(owner: HistoryReader) -> None:
    review_id = foreign(owner)
    owner.get(PAGE)

    answers = [
        owner.post(f"/reviews/{each}", decision="reassign", person=STRANGER)
        for each in (review_id, "nothing")
    ]

    assert {each.status_code for each in answers} == {404}
    assert list_types(owner.desk) == []


def test_an_answered_review_offers_neither_and_refuses_both(owner: HistoryReader) -> None:
    page = owner.get(PAGE).text
    answer(owner, "f1")

    refused = owner.post(PAGE, decision="snooze", later=read_times(page)[0])

    assert OFFER not in owner.get(PAGE).text
    assert refused.status_code == 409
    assert "be reassigned or snoozed any more." in refused.text


def test_who_passes_on_what_they_then_see_no_more_reads_so_above_the_list(owner: HistoryReader) -> None:
    owner.get(PAGE)
    owner.post(PAGE, decision="reassign", person=STRANGER)
    other = owner.other().sign_in(STRANGER)
    page = other.get(PAGE).text

    done = other.post(PAGE, decision="reassign", person="third@example.com", form_id=read_form_ids(page)[0])

    assert read_suggestions(page) == []
    assert (done.status_code, done.location) == (303, "/reviews")
    assert "is now assigned to third@example.com." in other.get("/reviews").text
    assert other.get(PAGE).status_code == 404


def test_a_campaign_reassigns_and_snoozes_nothing(desk: Desk) -> None:
    desk.follow(inbox_routes())
    put_documents(desk)
    review = list_campaign_reviews(desk, start_campaign(desk))[0]
    site = open_site(desk)
    for email in (OWNER, PEOPLE[0]):
        visitor = site.visitor(email)
        for path in (f"/inbox/reviews/{review.id}", f"/reviews/{review.id}"):
            page = visitor.get(path)
            refused = visitor.post(path, decision="reassign", person=STRANGER)

            assert (page.status_code, OFFER in page.text) == (200, False)
            assert refused.status_code == 403
            assert "In a campaign each person acknowledges for themselves" in refused.text

    assert list_types(desk) == []
