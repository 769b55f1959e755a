"""The files of a bulk review in the inbox, where single ones are taken out, and on the history page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.pages.inboxes import STRANGER, InboxApplication, InboxVisitor, inbox_routes, open_inbox
from tests.pages.past import STRANGER as READER_WITHOUT
from tests.pages.past import two_routes
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from tests.pages.reading import HistoryReader
    from tests.reviews.desk import Desk

_TITLES = re.compile(r"<bdi>(f\d+\.docx)</bdi>")
_BUTTON = "Review separately"


@pytest.fixture
def inbox(desk: Desk) -> InboxApplication:
    desk.follow(inbox_routes(bulk=5))
    return open_inbox(desk)


@pytest.fixture
def owner(inbox: InboxApplication) -> InboxVisitor:
    return inbox.visitor()


def test_a_card_in_the_inbox_leads_to_all_files(desk: Desk, owner: InboxVisitor) -> None:
    review = flood(desk, 8)

    page = owner.inbox()

    assert "8 files in Compliance" in page
    assert "were changed by <bdi>Alice Moreau</bdi>" in page
    assert f'href="/inbox/reviews/{review.id}#files"' in page
    assert "Revision" not in page


def test_the_page_of_a_review_lists_its_files_with_a_button_each(desk: Desk, owner: InboxVisitor) -> None:
    review = flood(desk, 8)

    page = owner.get(f"/inbox/reviews/{review.id}").text

    assert _TITLES.findall(page) == [f"f{number:03}.docx" for number in range(8)]
    assert page.count(_BUTTON) == 8


def test_a_file_is_taken_out_and_has_a_card_of_its_own(desk: Desk, owner: InboxVisitor) -> None:
    review = flood(desk, 8)
    owner.get(f"/inbox/reviews/{review.id}")

    done = owner.post(f"/inbox/reviews/{review.id}/apart", file_id="f003", title="f00", page="1")
    page = owner.get(done.location).text

    apart = desk.latest("f003")
    assert (done.status_code, done.location) == (303, f"/inbox/reviews/{review.id}?title=f00#files")
    assert "<bdi>f003.docx</bdi> is now reviewed separately." in page
    assert f'href="/inbox/reviews/{apart.id}"' in page
    assert page.count(_BUTTON) == 7
    assert "f003.docx" in owner.inbox()


def test_a_refusal_stands_on_the_page(desk: Desk, owner: InboxVisitor) -> None:
    review = flood(desk, 8)
    owner.get(f"/inbox/reviews/{review.id}")

    refused = owner.post(f"/inbox/reviews/{review.id}/apart", file_id="unknown")

    assert refused.status_code == 403
    assert "This file is not part of a bulk review." in refused.text
    assert refused.text.count(_BUTTON) == 8


def test_someone_else_finds_no_such_review_and_takes_nothing_out(desk: Desk, inbox: InboxApplication) -> None:
    review, stranger = flood(desk, 8), inbox.visitor(STRANGER)
    stranger.inbox()

    refused = stranger.post(f"/inbox/reviews/{review.id}/apart", file_id="f003")

    assert refused.status_code == 404
    assert desk.latest("f003").is_file_view


def test_a_form_without_its_token_takes_nothing_out(desk: Desk, owner: InboxVisitor) -> None:
    review = flood(desk, 8)

    refused = owner.client.post(f"/inbox/reviews/{review.id}/apart", data={"file_id": "f003"})

    assert refused.status_code == 400
    assert desk.latest("f003").is_file_view


def test_an_answered_review_has_no_such_button(desk: Desk, owner: InboxVisitor) -> None:
    review = flood(desk, 8)
    owner.get(f"/inbox/reviews/{review.id}")

    owner.answer(desk.reviews()[0], "acknowledge")
    page = owner.get(f"/inbox/reviews/{review.id}").text

    assert len(_TITLES.findall(page)) == 8
    assert _BUTTON not in page


def test_the_history_page_lists_the_files_and_tells_the_story_without_each_that_joined(
    reader: HistoryReader,
) -> None:
    reader.desk.follow(two_routes(bulk=5))
    review = flood(reader.desk, 12)
    reader.desk.answers.record_answer(build_answer_request(review, place=("paper", "p1")))
    reader.sign_in(OWNER)

    page = reader.get(f"/reviews/{review.id}").text

    assert "12 files in Compliance" in page
    assert [title for title in _TITLES.findall(page) if title][:12] == [f"f{n:03}.docx" for n in range(12)]
    assert "A bulk review was opened for files in Compliance." in page
    assert "The file was added to the review." not in page
    assert "acknowledged revision" in page
    assert _BUTTON not in page


def test_the_history_page_leads_to_the_review_of_a_file_that_was_taken_out(reader: HistoryReader) -> None:
    reader.desk.follow(two_routes(bulk=5))
    review = flood(reader.desk, 8)
    reader.desk.separation.separate(make_review_request(review), file_id="f003")
    reader.sign_in(OWNER)

    page = reader.get(f"/reviews/{review.id}").text

    assert "moved f003.docx to a separate review." in page
    assert f'href="/reviews/{reader.desk.latest("f003").id}"' in page


def test_a_private_review_tells_no_file_to_a_person_who_handed_nothing_over(reader: HistoryReader) -> None:
    reader.desk.follow(two_routes(bulk=5, private=True))
    review = flood(reader.desk, 8)
    reader.sign_in(READER_WITHOUT)

    answer = reader.get(f"/reviews/{review.id}")

    assert answer.status_code == 404
    assert "f000.docx" not in answer.text


def test_the_spreadsheet_has_one_line_for_all_files(reader: HistoryReader) -> None:
    reader.desk.follow(two_routes(bulk=5))
    flood(reader.desk, 8)
    reader.sign_in(OWNER)

    lines = reader.get("/reviews.csv").text.splitlines()

    assert len(lines) == 2
    assert ",bulk,8 files in Compliance," in lines[1]
