"""The pages of the inbox: who is shown what, what each button does, what is said where it does nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from pages.inbox_views import MAX_RECENT_ANSWERS, PAGE_SIZE
from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.routes.working_time import WorkingHours
from tests.pages.inboxes import (
    STRANGER,
    TITLE,
    InboxApplication,
    InboxVisitor,
    inbox_routes,
    open_inbox,
    titles,
)
from tests.pages.proving import let_in
from tests.reviews.desk import make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))


def test_a_card_has_its_facts_and_its_buttons(desk: Desk, owner: InboxVisitor) -> None:
    desk.open(event())

    page = owner.inbox()

    assert titles(page) == [TITLE]
    for shown in ("Waiting for review", "Alice Moreau", "Legal / Compliance", OWNER):
        assert shown in page
    for button in ("Acknowledge review", "Request changes", "Open document", "More…"):
        assert f">{button}<" in page


def test_one_press_acknowledges_and_the_card_says_so(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    owner.inbox()

    done = owner.answer(review, "acknowledge")
    page = owner.inbox()

    assert (done.status_code, done.location) == (303, f"/inbox#review-{review.id}")
    assert "You have reviewed AML Policy 2026.docx. Your answer is in the ledger." in page
    assert "Acknowledge review" not in page
    [answer] = desk.latest(review.file_id).answers
    assert (answer.identity, answer.reviewer.email, answer.revision) == (Identity.DEMO, OWNER, 1)
    assert "Your answer is in the ledger." not in owner.inbox()


def test_changes_are_requested_with_a_note_and_not_without(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    owner.inbox()

    without = owner.answer(review, "request_changes", note="  ")
    with_note = owner.answer(review, "request_changes", note="Section 4\nis out of date.")

    assert without.status_code == 422
    assert "Describe briefly what has to change." in without.text
    assert with_note.status_code == 303
    assert desk.latest(review.file_id).answers[0].note == "Section 4\nis out of date."


def test_an_answer_with_a_note_can_be_given_and_taken_back_from_the_page_of_a_review(
    desk: Desk, owner: InboxVisitor
) -> None:
    review = desk.open(event())
    before = owner.get(f"/inbox/reviews/{review.id}").text
    done = owner.answer(review, "acknowledge", note="Read twice.", **{"from": "review"})
    after = owner.get(done.location).text
    owner.answer(review, "withdraw", **{"from": "review"})
    at_last = owner.get(f"/inbox/reviews/{review.id}").text

    assert done.location == f"/inbox/reviews/{review.id}"
    assert ("Note (optional)" in before, "Withdraw my answer" in before) == (True, False)
    assert ("Read twice." in after, "Withdraw my answer" in after) == (True, True)
    assert "given in the demo" in after
    assert "Dana Ozola withdrew their answer to revision 1." in at_last
    assert desk.latest(review.file_id).state is ReviewState.OPEN


def test_someone_who_changed_it_is_told_why_they_can_not_answer_and_has_no_button(desk: Desk) -> None:
    desk.follow(inbox_routes(owners=(OWNER, ALICE.email)))
    desk.portal.people[ALICE.id] = ALICE
    review = desk.open(event())
    inbox = open_inbox(desk)
    own = inbox.visitor(None)
    let_in(
        own.client,
        make_proven_person(Reviewer(name="Alice", email=ALICE.email), identity=Identity.OIDC),
        at=desk.clock(),
    )

    page = own.inbox()
    refused = own.answer(review, "acknowledge")

    assert "You changed this document yourself" in page
    assert "Acknowledge review" not in page
    assert refused.status_code == 403
    assert "You changed this document yourself" in refused.text
    assert desk.latest(review.file_id).state is ReviewState.OPEN


@pytest.mark.parametrize(
    ("decision", "field"),
    [("request_changes", "What has to change?"), ("acknowledge", "Note (optional)")],
)
def test_an_answer_to_an_older_revision_is_refused_with_the_fresh_card(
    desk: Desk, owner: InboxVisitor, decision: str, field: str
) -> None:
    seen = desk.open(event())
    owner.inbox()
    desk.portal.versions[seen.file_id] += 1
    desk.open(event())

    refused = owner.answer(seen, decision, note="Keep this text.", **{"from": "review"})

    assert refused.status_code == 409
    assert "revision 1, now revision 2" in refused.text
    assert 'name="revision" value="2"' in refused.text
    [filled] = re.findall(r"<label[^>]*>([^<]*)</label>\s*<textarea[^>]*>Keep this text\.<", refused.text)
    assert filled.startswith(field)


def test_a_note_on_a_review_that_is_theirs_no_more_can_still_be_copied(
    desk: Desk, inbox: InboxApplication
) -> None:
    review = desk.open(event())
    desk.hand_over.reassign(
        make_review_request(review),
        new_owner=make_proven_person(Reviewer(name="Nobody Special", email=STRANGER)),
    )
    new = inbox.visitor(STRANGER)
    new.inbox()
    desk.hand_over.reassign(
        make_review_request(review), new_owner=make_proven_person(Reviewer(name="Dana Ozola", email=OWNER))
    )

    refused = new.answer(review, "request_changes", note="Keep this text.")

    assert refused.status_code == 404
    assert ">Keep this text.</textarea>" in refused.text


@pytest.mark.parametrize("leaves", [True, False])
def test_a_form_that_was_drawn_for_one_person_answers_under_no_other_name(
    desk: Desk, inbox: InboxApplication, owner: InboxVisitor, *, leaves: bool
) -> None:
    review = desk.open(event())
    owner.inbox()
    drawn_for_the_owner = owner.form_token
    if leaves:
        owner.post("/inbox/not-me")
    owner.get(inbox.stand_ins.build_path(DEPUTY))
    owner.form_token = drawn_for_the_owner

    answer = owner.answer(review, "acknowledge", note="Read twice.")

    assert (answer.status_code, "Nothing was recorded" in answer.text) == (400, True)
    assert ("You are <strong><bdi>Sam Ito" in answer.text, "Read twice." in answer.text) == (True, True)
    assert desk.latest(review.file_id).answers == ()
    assert owner.answer(review, "acknowledge").status_code == 303


def test_a_second_answer_is_refused_with_who_was_first(
    desk: Desk, inbox: InboxApplication, owner: InboxVisitor
) -> None:
    review = desk.open(event())
    sam = inbox.visitor(DEPUTY)
    owner.inbox(), sam.inbox()

    first, second = owner.answer(review, "acknowledge"), sam.answer(review, "request_changes", note="No.")

    assert (first.status_code, second.status_code) == (303, 409)
    assert "already reviewed by Dana Ozola" in second.text
    assert "No." in second.text
    assert len(desk.latest(review.file_id).answers) == 1


def test_a_review_that_was_sent_elsewhere_is_not_in_the_inbox(desk: Desk) -> None:
    review = desk.open(event())
    owner = open_inbox(desk).visitor()

    assert titles(owner.inbox()) == []
    assert owner.get(f"/inbox/reviews/{review.id}").status_code == 404


def test_what_waits_is_at_the_top_the_newest_first_and_what_was_answered_below(
    desk: Desk, owner: InboxVisitor
) -> None:
    reviews = [desk.open(event(file_id=str(n), title=f"{n}.docx")) for n in range(4)]
    owner.inbox()
    owner.answer(reviews[3], "acknowledge")

    page = owner.inbox()

    assert titles(page) == ["2.docx", "1.docx", "0.docx", "3.docx"]
    assert page.index("Recently answered") > page.index("0.docx")


def test_there_are_pages_of_both_piles(desk: Desk, owner: InboxVisitor) -> None:
    count = PAGE_SIZE + 2
    reviews = [desk.open(event(file_id=str(n), title=f"{n}.docx")) for n in range(count)]
    first = owner.inbox()
    [older] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = owner.get(older).text
    [newer] = re.findall(r'rel="prev" href="([^"]+)"', second)
    back = owner.get(newer).text
    for review in reviews[: MAX_RECENT_ANSWERS + 1]:
        owner.answer(review, "acknowledge")
    [answered] = re.findall(r'href="(/inbox/answered[^"]+)"', owner.inbox())

    assert (len(titles(first)), titles(second)) == (PAGE_SIZE, ["1.docx", "0.docx"])
    assert titles(back) == titles(first)
    assert titles(owner.get(answered).text) == ["0.docx"]
    assert len(titles(owner.get("/inbox/answered").text)) == MAX_RECENT_ANSWERS + 1
    assert titles(owner.get("/inbox?before=nonsense").text)[0] == f"{count - 1}.docx"


def test_an_overdue_card_says_so(desk: Desk) -> None:
    desk.follow(inbox_routes(due=timedelta(hours=1), working_hours=HOURS))
    desk.open(event())
    before = open_inbox(desk).visitor().inbox()
    desk.clock.advance(days=3)

    assert (">Overdue<" in before, ">Overdue<" in open_inbox(desk).visitor().inbox()) == (False, True)


def test_someone_who_was_handed_a_review_finds_it_and_answers_it(desk: Desk, inbox: InboxApplication) -> None:
    review = desk.open(event())
    desk.hand_over.reassign(
        make_review_request(review),
        new_owner=make_proven_person(Reviewer(name="Nobody Special", email=STRANGER)),
    )
    new = inbox.visitor(STRANGER)

    assert titles(new.inbox()) == [TITLE]
    assert new.answer(review, "acknowledge").status_code == 303
    assert titles(new.inbox()) == [TITLE]


def test_a_german_browser_is_spoken_to_in_german(desk: Desk, owner: InboxVisitor) -> None:
    desk.open(event())

    assert "Prüfung bestätigen" in owner.get("/inbox", headers={"Accept-Language": "de"}).text


def test_the_record_holds_after_all_of_it(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    owner.inbox()
    owner.answer(review, Decision.ACKNOWLEDGE)
    owner.answer(review, "withdraw")

    assert desk.verdict().intact
