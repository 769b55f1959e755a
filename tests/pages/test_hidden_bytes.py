"""By a SHA-256 and a size one recognizes a document that one has: who may not see it is shown neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.history.spreadsheet import write_spreadsheet
from reviews.cards.card_drawing import draw_card
from reviews.ledger.ledger_entries import build_answered
from reviews.privacy.redaction import redact_card, redact_entry, redact_review
from tests.databases import ON_SQLITE
from tests.pages.reading import HistoryReader
from tests.reviews.compared import make_part, make_summary, store_comparison
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import OWNER, SECRET, START, answered_review, event, routes

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

JURIS_ADDRESS = "juris@example.com"
SHA256, SIZE = "ab" * 32, 4711
SHOWN = (SHA256, "4711", "4,711")


def find_shown(text: str) -> list[str]:
    return [each for each in SHOWN if each in text]


@ON_SQLITE
def test_the_page_of_an_answered_review_shows_them_to_those_who_may_see_it(desk: Desk) -> None:
    desk.follow(routes())
    opened = desk.open(event(title=SECRET))
    store_comparison(desk, opened, [make_part()], make_summary(sha256=SHA256, size=SIZE))
    desk.follow(routes(private=True))
    desk.answers.record_answer(build_answer_request(desk.latest(opened.file_id)))
    address = f"/reviews/{opened.id}"

    reader = HistoryReader(desk)
    owner = reader.sign_in(OWNER).get(address).text
    other = reader.other().sign_in(JURIS_ADDRESS).get(address).text

    assert find_shown(owner) == [SHA256, "4,711"]
    assert "Dana Ozola" in other
    assert find_shown(other) == []


def test_no_card_and_no_spreadsheet_shows_them_in_public() -> None:
    review = answered_review(sha256=SHA256, size=SIZE)
    redacted = redact_review(review, "Compliance")

    whole, public = (b"".join(write_spreadsheet([each], now=START)).decode() for each in (review, redacted))

    assert find_shown(whole) == [SHA256, "4711"]
    assert find_shown(public) == []
    assert find_shown(repr(redact_card(draw_card(review), "Compliance"))) == []


def test_no_redacted_entry_has_them() -> None:
    review = answered_review(sha256=SHA256, size=SIZE)
    answered = build_answered(review, review.answers[0])
    state = {"version": 7, "sha256": SHA256, "size": SIZE}
    carried = {**answered, "from": state, "to": state}

    redacted = redact_entry(carried, "Compliance")

    assert find_shown(repr(carried)) == [SHA256, "4711"]
    assert find_shown(repr(redacted)) == []
    assert redacted["from"] == {"version": 7, "sha256": None, "size": None}


def test_nothing_is_added_to_an_entry_that_has_none() -> None:
    review = answered_review()
    answered = build_answered(review, review.answers[0])

    redacted = redact_entry({**answered, "from": "2026-03-09T14:05:12Z"}, "Compliance")

    assert redacted["from"] == "2026-03-09T14:05:12Z"
    assert not {"sha256", "size", "to"} & redacted.keys()
