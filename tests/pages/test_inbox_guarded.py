"""The inbox shows no person what is not theirs, and does nothing that was not meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pages.proven_identity import PROOF_LIFETIME
from tests.pages.inboxes import (
    STRANGER,
    TITLE,
    InboxApplication,
    InboxVisitor,
    inbox_routes,
    open_inbox,
    titles,
)
from tests.reviews.samples import DEPUTY, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

HOSTILE = '<img src=x onerror="alert(1)">.docx'


def test_others_find_nothing_of_it_and_can_do_nothing(desk: Desk, inbox: InboxApplication) -> None:
    review = desk.open(event())
    stranger = inbox.visitor(STRANGER)

    page = stranger.inbox()
    looked = stranger.get(f"/inbox/reviews/{review.id}")
    answered = stranger.answer(review, "acknowledge")

    assert titles(page) == []
    assert "No route names you" in page
    assert {looked.status_code, answered.status_code} == {404}
    assert TITLE not in page + looked.text + answered.text
    assert desk.latest(review.file_id).answers == ()


def test_a_private_route_shows_its_titles_to_its_own_people_alone(desk: Desk) -> None:
    desk.follow(inbox_routes(private=True))
    review = desk.open(event())
    inbox = open_inbox(desk)

    assert titles(inbox.visitor(DEPUTY).inbox()) == [TITLE]
    assert TITLE not in inbox.visitor(STRANGER).get(f"/inbox/reviews/{review.id}").text


def test_no_one_sees_anything_before_they_have_shown_who_they_are(
    desk: Desk, inbox: InboxApplication
) -> None:
    review = desk.open(event())
    guest = inbox.visitor(None)

    answers = [
        guest.get("/inbox"), guest.get("/inbox/answered"), guest.get(f"/inbox/reviews/{review.id}"),
        guest.get("/inbox/events"), guest.answer(review, "acknowledge"), guest.post("/inbox/not-me"),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {401}
    assert all(TITLE not in answer.text for answer in answers)
    assert desk.latest(review.file_id).answers == ()


def test_a_note_is_not_lost_when_the_proof_has_run_out(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    owner.inbox()
    desk.clock.advance(seconds=PROOF_LIFETIME.total_seconds() + 1)

    refused = owner.answer(review, "request_changes", note="Section 4 is out of date.")

    assert refused.status_code == 401
    assert "Nothing was recorded" in refused.text
    assert "Section 4 is out of date." in refused.text


def test_a_person_who_says_that_they_are_another_is_asked_again(owner: InboxVisitor) -> None:
    owner.inbox()

    assert owner.post("/inbox/not-me").location == "/inbox"
    assert owner.get("/inbox").status_code == 401


@pytest.mark.parametrize("path", ["/inbox/reviews/rev-1", "/inbox/not-me"])
def test_a_form_without_the_token_of_its_session_does_nothing(
    desk: Desk, owner: InboxVisitor, path: str
) -> None:
    review = desk.open(event())
    owner.inbox()
    owner.form_token = ""

    refused = owner.post(path, decision="acknowledge", revision="1", note="Kept.")

    assert refused.status_code == 400
    assert "Nothing was recorded" in refused.text
    assert desk.latest(review.file_id).answers == ()


@pytest.mark.parametrize(
    "form",
    [{"decision": "neither"}, {}, {"decision": "acknowledge", "revision": "x"}, {"decision": "acknowledge"}],
)
def test_a_form_that_says_nothing_we_know_records_nothing(
    desk: Desk, owner: InboxVisitor, form: dict[str, str]
) -> None:
    review = desk.open(event())
    owner.inbox()

    assert owner.post(f"/inbox/reviews/{review.id}", **form).status_code in {400, 409}
    assert desk.latest(review.file_id).answers == ()


def test_hostile_titles_are_text(desk: Desk, owner: InboxVisitor) -> None:
    desk.portal.titles["3358285"] = HOSTILE
    review = desk.open(event(title=HOSTILE))

    pages = [owner.inbox(), owner.get(f"/inbox/reviews/{review.id}").text]

    assert all("<img" not in page and "&lt;img" in page for page in pages)


def test_a_page_runs_our_script_alone_and_is_not_cached(owner: InboxVisitor) -> None:
    headers = owner.get("/inbox").headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert headers["Cache-Control"] == "no-store"
    assert "<script>" not in owner.inbox()
    assert not re.search(r"\son\w+=|style=", owner.inbox())
