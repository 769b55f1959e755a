"""A person who comes to the acknowledge page is the one whom the chat has proven, with all that it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.links import Links
from reviews.cards.card_drawing import draw_card
from reviews.identity import Reviewer
from reviews.kinds import ReviewState
from reviews.routes.route import Routes
from tests.keys import SECRET_KEY
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import ALICE, OWNER, event, route

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

WORK = "alice.work@example.com"


def page_of(reader: HistoryReader) -> str:
    link = Links(SECRET_KEY, ADDRESS).make_address(draw_card(reader.desk.latest("3358285")))
    return link.removeprefix(ADDRESS)


def acknowledge(reader: HistoryReader) -> int:
    page = page_of(reader)
    reader.get(page)
    return reader.post(page, decision="acknowledge").status_code


def test_a_contributor_can_not_answer_by_her_first_address_what_she_changed_by_her_second(desk: Desk) -> None:
    desk.follow(Routes([route(owners=(OWNER, WORK))]))
    reader = HistoryReader(desk)
    desk.open(event())

    answered = acknowledge(reader.sign_in(WORK, str(ALICE.email)))

    assert answered == 403
    assert desk.latest("3358285").state is ReviewState.OPEN


def test_who_has_answered_in_slack_is_not_the_second_person_on_the_page(desk: Desk) -> None:
    owners = (OWNER, "dana@private.example")
    desk.follow(Routes([route(owners=owners, required=2)]))
    reader = HistoryReader(desk)
    review = desk.open(event())
    desk.answers.record_answer(
        build_answer_request(review, reviewer=Reviewer(name="Dana", email=OWNER, chat_ids={"slack": "U1"}))
    )

    answered = acknowledge(reader.sign_in(owners[1]))

    assert answered == 409
    [answer] = desk.latest("3358285").answers
    assert answer.reviewer.email == OWNER


def test_the_record_says_how_each_address_and_account_was_proven(desk: Desk) -> None:
    reader = HistoryReader(desk)
    desk.open(event())

    assert acknowledge(reader.sign_in(OWNER)) == 303

    [answer] = desk.latest("3358285").answers
    assert answer.reviewer.chat_ids.get("slack") == "U1"
    assert answer.reviewer.docspace_id == f"account of {OWNER}"
    assert answer.reviewer.proven_by == {"docspace_id": "docspace"}
    assert desk.entries()[1]["reviewer"]["proven_by"] == answer.reviewer.proven_by
    assert desk.verdict().intact
