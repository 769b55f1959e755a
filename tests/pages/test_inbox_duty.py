"""Reassigning and snoozing in the inbox: by the rules of chat, once for each form."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from pages.proven_identity import PROOF_LIFETIME
from reviews.errors import TryLater
from reviews.identity import Identity, Reviewer
from reviews.routes.working_time import WorkingHours
from store.unit_of_work import SqlUnitOfWork
from tests.pages.duties import OFFER, list_types, read_form_ids, read_suggestions, read_times
from tests.pages.inboxes import STRANGER, TITLE, inbox_routes, open_inbox, titles
from tests.pages.proving import copy_of, let_in
from tests.reviews.costs import counted
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.flood import flood
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event
from tests.reviews.stand_ins import ILZE, make_stand_in, put_stand_ins

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from reviews.model import Review
    from tests.pages.inboxes import InboxApplication, InboxVisitor

RIGA = ZoneInfo("Europe/Riga")
HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", RIGA)
JURIS = "juris@example.com"


def reassign(visitor: InboxVisitor, review: Review, person: str = STRANGER, **more: str) -> TestResponse:
    return visitor.post(f"/inbox/reviews/{review.id}", decision="reassign", person=person, **more)


def snooze(visitor: InboxVisitor, review: Review, **more: str) -> TestResponse:
    return visitor.post(f"/inbox/reviews/{review.id}", decision="snooze", **more)


def test_an_owner_reassigns_a_review_and_the_person_finds_it_in_their_inbox(
    desk: Desk, inbox: InboxApplication, owner: InboxVisitor
) -> None:
    review = desk.open(event())
    form_id = read_form_ids(owner.inbox())[0]

    done = reassign(owner, review, form_id=form_id)
    page = owner.inbox()

    assert (done.status_code, done.location) == (303, f"/inbox#review-{review.id}")
    assert f"The review of {TITLE} is now assigned to {STRANGER}." in page
    assert desk.latest(review.file_id).owners == (STRANGER,)
    by = desk.entries()[-1]["by"]
    assert (by["email"], desk.entries()[-1]["identity"]) == (OWNER, "demo")
    assert titles(inbox.visitor(STRANGER).inbox()) == [TITLE]
    assert desk.verdict().intact


def test_reminders_are_snoozed_until_a_listed_time(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    time = read_times(owner.get(f"/inbox/reviews/{review.id}").text)[1]

    done = snooze(owner, review, later=time, **{"from": "review"})
    page = owner.get(f"/inbox/reviews/{review.id}").text

    assert (done.status_code, done.location) == (303, f"/inbox/reviews/{review.id}")
    assert f"No reminders are sent for {TITLE} until then." in page
    assert desk.latest(review.file_id).snoozed_until == datetime.fromtimestamp(int(time), UTC)


def test_another_time_is_in_the_zone_of_the_route_and_overrides_the_listed_one(desk: Desk) -> None:
    desk.follow(inbox_routes(working_hours=HOURS))
    review = desk.open(event())
    owner = open_inbox(desk).visitor()
    page = owner.inbox()

    snooze(owner, review, later=read_times(page)[0], another_time="2026-03-12T10:30")

    assert "In the time zone Europe/Riga." in page
    snoozed_until = desk.latest(review.file_id).snoozed_until
    assert snoozed_until is not None
    assert snoozed_until.isoformat() == "2026-03-12T08:30:00+00:00"


@pytest.mark.parametrize(
    "form",
    [
        {}, {"later": "soon"}, {"later": "9" * 30}, {"later": "-1"}, {"another_time": "2026-03-01T10:00"},
        {"another_time": "2026-03-12T10:30+02:00"}, {"another_time": "0001-01-01T00:00"},
        {"another_time": "9999-12-31T23:59"}, {"another_time": "2026-05-12T10:30"}, {"another_time": "\x00"},
    ],
)  # fmt: skip
def test_what_is_no_time_ahead_snoozes_nothing(desk: Desk, owner: InboxVisitor, form: dict[str, str]) -> None:
    review = desk.open(event())
    owner.inbox()

    refused = snooze(owner, review, **form)

    assert refused.status_code == 422
    assert "Choose a time" in refused.text
    assert list_types(desk) == []


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ("", "Give the e-mail address of a person."),
        ("\x00", "Give the e-mail address of a person."),
        ("x" * 300 + "@example.com", "Give the e-mail address of a person."),
        ("unknown@example.com", "unknown@example.com is not known here."),
        ("@compliance-team", "No person called @compliance-team is known here."),
        ("Nobody Here", "No person called Nobody Here is known here."),
        (OWNER, "is already responsible for this review."),
        (str(ALICE.email), "This document was changed by Alice Moreau"),
        ("<script>@x", "is known here."),
    ],
)
def test_who_can_not_take_over_is_refused_with_a_sentence_and_the_form_is_as_it_was(
    desk: Desk, owner: InboxVisitor, person: str, sentence: str
) -> None:
    desk.portal.strangers.add("unknown@example.com")
    review = desk.open(event())
    owner.inbox()

    refused = reassign(owner, review, person)

    assert refused.status_code in {403, 422}
    assert sentence in refused.text
    assert '<details class="duty" open>' in refused.text
    assert "<script>@" not in refused.text
    assert list_types(desk) == []


def test_a_form_that_is_sent_twice_acts_once_and_confirms_twice(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    page = owner.inbox()
    first, second = read_form_ids(page)[:2]
    time = read_times(page)[0]

    answers = [snooze(owner, review, later=time, form_id=second) for _ in range(2)]
    confirmed = owner.inbox()
    answers += [reassign(owner, review, form_id=first) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {303}
    assert "No reminders are sent" in confirmed
    assert list_types(desk) == ["review:snoozed", "review:reassigned"]


def test_a_form_that_is_sent_twice_at_once_acts_once(database_engine: sa.Engine) -> None:
    desk = Desk(database_engine, partial(SqlUnitOfWork, database_engine), inbox_routes())
    review = desk.open(event())
    owner = open_inbox(desk).visitor()
    page = owner.inbox()
    form = {
        "csrf_token": owner.form_token,
        "decision": "snooze",
        "later": read_times(page)[0],
        "form_id": read_form_ids(page)[1],
    }
    browsers = [copy_of(owner.client) for _ in range(4)]
    barrier = threading.Barrier(len(browsers))

    def send(browser: FlaskClient) -> int:
        barrier.wait()
        return browser.post(f"/inbox/reviews/{review.id}", data=form).status_code

    with ThreadPoolExecutor(len(browsers)) as threads:
        answers = list(threads.map(send, browsers))

    assert answers == [303] * 4
    assert list_types(desk) == ["review:snoozed"]


def test_a_form_that_is_corrected_after_going_back_is_another(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    form_id = read_form_ids(owner.inbox())[0]

    refused = reassign(owner, review, str(ALICE.email), form_id=form_id)
    corrected = reassign(owner, review, JURIS, form_id=form_id)

    assert (refused.status_code, corrected.status_code) == (403, 303)
    assert desk.latest(review.file_id).owners == (JURIS,)


def test_the_same_form_of_another_person_is_another(
    desk: Desk, inbox: InboxApplication, owner: InboxVisitor
) -> None:
    review = desk.open(event())
    time = read_times(owner.inbox())[0]
    deputy = inbox.visitor(DEPUTY)
    deputy.inbox()

    for visitor in (owner, deputy):
        snooze(visitor, review, later=time, form_id="the same")

    assert list_types(desk) == ["review:snoozed"] * 2


def test_who_passes_on_what_they_then_see_no_more_gets_the_confirmation_above_the_inbox_twice(
    desk: Desk, inbox: InboxApplication, owner: InboxVisitor
) -> None:
    review = desk.open(event())
    owner.inbox()
    reassign(owner, review)
    stranger = inbox.visitor(STRANGER)
    form_id = read_form_ids(stranger.get(f"/inbox/reviews/{review.id}").text)[0]

    answers = [reassign(stranger, review, JURIS, form_id=form_id, **{"from": "review"}) for _ in range(2)]
    page = stranger.inbox()

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/inbox")] * 2
    assert f'<p class="told" role="status"><bdi>The review of {TITLE} is now assigned to {JURIS}.' in page
    assert titles(page) == []
    assert list_types(desk) == ["review:reassigned"] * 2


def test_a_private_title_is_not_in_the_confirmation_of_a_person_who_lost_access(desk: Desk) -> None:
    desk.follow(inbox_routes(private=True))
    review = desk.open(event())
    inbox = open_inbox(desk)
    owner = inbox.visitor()
    owner.inbox()
    reassign(owner, review)
    stranger = inbox.visitor(STRANGER)
    before = stranger.inbox()

    reassign(stranger, review, JURIS)
    after = stranger.inbox()

    assert TITLE in before
    assert TITLE not in after
    assert f"is now assigned to {JURIS}." in after


def test_suggested_are_the_people_of_the_route_who_could_take_over_and_to_its_own_people_alone(
    desk: Desk,
) -> None:
    people = (OWNER, str(ALICE.email), "@compliance-team", "second.owner@example.com")
    desk.follow(inbox_routes(owners=people, deputies=(DEPUTY,)))
    review = desk.open(event())
    inbox = open_inbox(desk)
    owner = inbox.visitor()

    of_owner = read_suggestions(owner.inbox())
    reassign(owner, review)
    of_stranger = read_suggestions(inbox.visitor(STRANGER).inbox())

    assert of_owner == [DEPUTY]
    assert of_stranger == []


def test_others_can_do_nothing_and_learn_nothing(desk: Desk, inbox: InboxApplication) -> None:
    review = desk.open(event())
    stranger = inbox.visitor(STRANGER)
    stranger.inbox()

    answers = [reassign(stranger, review, JURIS), snooze(stranger, review, later="1")]

    assert {answer.status_code for answer in answers} == {404}
    assert all(TITLE not in answer.text and OWNER not in answer.text for answer in answers)
    assert (list_types(desk), desk.portal.asked) == ([], [])


def test_an_answered_review_offers_neither_and_refuses_both(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    time = read_times(owner.inbox())[0]
    desk.answers.record_answer(build_answer_request(review))

    page = owner.get(f"/inbox/reviews/{review.id}").text
    refused = [reassign(owner, review), snooze(owner, review, later=time)]

    assert OFFER not in page
    assert {each.status_code for each in refused} == {409}
    assert all("be reassigned or snoozed any more." in each.text for each in refused)


def let_reviewer_in(desk: Desk, inbox: InboxApplication, who: Reviewer) -> InboxVisitor:
    """Return this person with a browser of their own, signed in at an issuer."""
    visitor = inbox.visitor(None)
    let_in(visitor.client, make_proven_person(who, identity=Identity.OIDC), at=desk.clock())
    return visitor


def test_an_owner_who_may_not_answer_for_their_own_change_may_reassign_it(desk: Desk) -> None:
    desk.follow(inbox_routes(owners=(str(ALICE.email),)))
    review = desk.open(event())
    alice = let_reviewer_in(desk, open_inbox(desk), Reviewer(name="Alice Moreau", email=ALICE.email))

    page = alice.inbox()
    done = reassign(alice, review, JURIS)

    assert ">Acknowledge review<" not in page
    assert OFFER in page
    assert (done.status_code, desk.latest(review.file_id).owners) == (303, (JURIS,))
    assert desk.entries()[-1]["identity"] == "oidc"


def test_a_stand_in_passes_on_the_part_of_the_owner_who_is_away(desk: Desk) -> None:
    desk.follow(inbox_routes(owners=(OWNER, "second@example.com")))
    review = put_stand_ins(desk, desk.open(event()), make_stand_in())
    ilze = let_reviewer_in(desk, open_inbox(desk), ILZE)

    page = ilze.inbox()
    done = reassign(ilze, review, JURIS)

    assert OFFER in page
    assert (done.status_code, done.location) == (303, "/inbox")
    assert desk.latest(review.file_id).owners == (JURIS, "second@example.com")
    assert desk.verdict().intact


def test_a_bulk_review_is_reassigned_to_a_person_who_changed_none_of_its_files(desk: Desk) -> None:
    desk.follow(inbox_routes(bulk=5))
    review = flood(desk, 8)
    owner = open_inbox(desk).visitor()
    owner.inbox()

    refused = reassign(owner, review, str(ALICE.email))
    done = reassign(owner, review, JURIS)

    assert (refused.status_code, done.status_code) == (403, 303)
    assert "changed 8 of these 8 files" in refused.text
    assert desk.entries()[-1]["type"] == "review:reassigned"


def test_a_form_of_an_older_revision_is_taken_as_in_chat(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    form_id = read_form_ids(owner.inbox())[0]
    desk.portal.versions[review.file_id] += 1
    desk.open(event())

    done = reassign(owner, review, form_id=form_id)

    assert done.status_code == 303
    assert desk.latest(review.file_id).owners == (STRANGER,)


def test_a_proof_that_has_run_out_has_to_be_renewed(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    owner.inbox()
    desk.clock.advance(seconds=PROOF_LIFETIME.total_seconds() + 1)

    refused = reassign(owner, review)

    assert refused.status_code == 401
    assert "Nothing was recorded: confirm again who you are." in refused.text
    assert list_types(desk) == []


def test_a_form_without_the_token_of_its_session_does_nothing(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    owner.inbox()
    owner.form_token = ""

    refused = reassign(owner, review, JURIS)

    assert refused.status_code == 400
    assert f'value="{JURIS}"' in refused.text
    assert list_types(desk) == []


def test_while_docspace_is_down_nothing_is_done_and_the_next_form_works(
    desk: Desk, owner: InboxVisitor
) -> None:
    review = desk.open(event())
    form_id = read_form_ids(owner.inbox())[0]
    desk.portal.trouble["find_account"] = [TryLater("DocSpace is down")]

    refused = reassign(owner, review, JURIS, form_id=form_id)
    again = reassign(owner, review, JURIS, form_id=read_form_ids(refused.text)[0])

    assert (refused.status_code, again.status_code) == (403, 303)
    assert "DocSpace did not answer" in refused.text


def test_a_page_of_many_reviews_asks_the_database_nothing_more_for_the_forms(
    desk: Desk, owner: InboxVisitor
) -> None:
    costs = []
    for number in (1, 2, 3):
        desk.open(event(file_id=f"f{number}"))
        desk.clock.advance(minutes=1)
        page = owner.inbox()
        with counted(desk.engine) as cost:
            owner.inbox()
        assert page.count(OFFER) == number
        costs.append(cost.statements)

    # What a row took before it had the forms.
    assert [after - before for before, after in pairwise(costs)] == [9, 9]
