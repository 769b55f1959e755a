"""The link to a document leads to its review's own address alone; people who are signed in are recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer

from pages import proven_identity
from reviews.identity import Identity, Reviewer
from reviews.ledger.ledger_entries import format_moment
from reviews.opening import OpenedItem
from store.schema import reviews
from tests.keys import SECRET_KEY
from tests.pages.inboxes import inbox_routes, open_inbox
from tests.pages.proving import let_in
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.desk import DANA, JURIS, Desk, build_answer_request
from tests.reviews.opened import list_opened
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, SECRET, event, routes

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.model import Review

PERSON = make_proven_person(DANA)
DOCUMENT = {OpenedItem.DOCUMENT}
GONE = "This link leads to no document any more."


def visit(desk: Desk, person: ProvenPerson | None = PERSON) -> ReviewPageVisitor:
    visitor = ReviewPageVisitor(desk)
    if person is not None:
        let_in(visitor.client, person, at=desk.clock(), base_url=ADDRESS)
    return visitor


def find_link(page: str) -> str:
    match = re.search(r'href="(/document/[^"]+)"', page)
    assert match is not None
    return match[1]


def make_link(review_id: str, revision: object, *, salt: str = "document", key: str = SECRET_KEY) -> str:
    return sign_link([review_id, revision], salt=salt, key=key)


def sign_link(content: object, *, salt: str = "document", key: str = SECRET_KEY) -> str:
    return f"/document/{URLSafeTimedSerializer(key, salt=salt).dumps(content)}"


def set_link(desk: Desk, review: Review, link: str | None) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).where(reviews.c.id == review.id).values(link=link))


def test_it_leads_to_the_document_and_records_who_followed_it(desk: Desk) -> None:
    review, visitor = desk.open(event()), visit(desk)
    link = find_link(visitor.get(visitor.path(review)).text)

    answer = visitor.get(link)

    assert (answer.status_code, answer.headers["Location"]) == (303, review.link)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert list_opened(desk, review, PERSON) == {OpenedItem.DOCUMENT, OpenedItem.PAGE}


def test_without_a_sign_in_it_leads_there_too_and_records_no_one(desk: Desk) -> None:
    review, visitor = desk.open(event()), visit(desk, None)

    answer = visitor.get(find_link(visitor.get(visitor.path(review)).text))

    assert (answer.status_code, answer.headers["Location"]) == (303, review.link)
    assert list_opened(desk, review, PERSON) == set()


def test_the_history_and_the_inbox_lead_there_the_same_way(desk: Desk) -> None:
    desk.follow(inbox_routes())
    review = desk.open(event())
    reader = HistoryReader(desk).sign_in(OWNER)
    owner = open_inbox(desk).visitor()

    pages = [owner.get(path).text for path in ("/inbox", f"/inbox/reviews/{review.id}")]
    in_history = reader.get(find_link(reader.get(f"/reviews/{review.id}").text))
    answers = [in_history, *(owner.get(find_link(page)) for page in pages)]

    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, review.link)] * 3
    assert list_opened(desk, review, PERSON) >= DOCUMENT


def test_those_who_are_signed_in_to_read_are_recorded_as_long_as_that_holds(desk: Desk) -> None:
    review, visitor = desk.open(event()), visit(desk)
    desk.clock.advance(seconds=proven_identity.READING_LIFETIME.total_seconds() - 1)

    visitor.get(make_link(review.id, 1))

    assert list_opened(desk, review, PERSON) == DOCUMENT


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"Sec-Fetch-Dest": "image"}], ids=str
)
def test_what_a_browser_loads_by_itself_is_not_recorded(desk: Desk, headers: dict[str, str]) -> None:
    review, visitor = desk.open(event()), visit(desk)

    answer = visitor.client.get(make_link(review.id, 1), base_url=ADDRESS, headers=headers)
    head = visitor.client.head(make_link(review.id, 1), base_url=ADDRESS)

    assert [each.headers["Location"] for each in (answer, head)] == [review.link] * 2
    assert list_opened(desk, review, PERSON) == set()


def test_a_link_of_an_earlier_revision_opens_the_document_and_is_not_recorded(desk: Desk) -> None:
    before, visitor = desk.open(event()), visit(desk)
    desk.portal.versions[before.file_id] = 9
    after = desk.open(event(event_id="2", delivery_key="d2", semantic_key="s2"))

    answer = visitor.get(make_link(before.id, before.revision))

    assert (before.revision, after.revision, answer.headers["Location"]) == (1, 2, after.link)
    assert [list_opened(desk, each, PERSON) for each in (before, after)] == [set(), set()]


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "data:text/html,x", "//evil.example", "/reviews", "https:///x", "", None),
        *("https://acme.example:99999/x", "https://acme.example:port/x"),
    ],
    ids=str,
)
def test_no_other_address_than_that_of_a_web_page_is_followed(desk: Desk, link: str | None) -> None:
    review, visitor = desk.open(event()), visit(desk)
    set_link(desk, review, link)

    page = visitor.get(visitor.path(review)).text
    answer = visitor.get(make_link(review.id, 1))

    assert "/document/" not in page
    assert (answer.status_code, "Location" in answer.headers) == (404, False)
    assert GONE in answer.text
    assert list_opened(desk, review, PERSON) == {OpenedItem.PAGE}


def test_a_link_that_no_header_can_have_is_refused_and_not_recorded(desk: Desk) -> None:
    review, visitor = desk.open(event()), visit(desk)
    set_link(desk, review, f"https://{'a' * 64}.example/x")

    answer = visitor.get(make_link(review.id, 1))

    assert (answer.status_code, "Location" in answer.headers) == (404, False)
    assert list_opened(desk, review, PERSON) == set()


def test_nothing_in_the_request_names_where_it_leads(desk: Desk) -> None:
    review, visitor = desk.open(event()), visit(desk)
    link = f"{make_link(review.id, 1)}?next=https://evil.example&url=https://evil.example"

    headers = {"X-Forwarded-Host": "evil.example", "Referer": "https://evil.example/"}
    answer = visitor.client.get(link, base_url="https://evil.example", headers=headers)

    assert answer.headers["Location"] == review.link


@pytest.mark.parametrize(
    "link",
    [
        make_link("rev-1", 1, key="another"),
        make_link("rev-1", 1, salt="acknowledge"),
        make_link("none", 1),
        make_link("rev-1", 1)[:-1],
        "/document/rev-1",
        sign_link(["rev-1"]),
        sign_link(["rev-1", 1, 2]),
        sign_link(1),
    ],
    ids=[
        "another key",
        "the page's token",
        "no review",
        "cut off",
        "no token",
        "no revision",
        "three parts",
        "a number",
    ],
)
def test_what_we_have_not_signed_for_a_document_leads_nowhere(desk: Desk, link: str) -> None:
    review, visitor = desk.open(event()), visit(desk)

    answer = visitor.get(link)

    assert (answer.status_code, "Location" in answer.headers) == (404, False)
    assert list_opened(desk, review, PERSON) == set()


def test_its_token_opens_no_page_on_which_one_can_answer(desk: Desk) -> None:
    review, visitor = desk.open(event()), visit(desk)

    token = find_link(visitor.get(visitor.path(review)).text).removeprefix("/document/")

    assert visitor.get(f"/ack/{token}").status_code == 404


def test_of_a_private_route_only_those_are_led_and_recorded_who_may_see_it(desk: Desk) -> None:
    desk.follow(routes(private=True))
    review = desk.open(event(title=SECRET))
    set_link(desk, review, "https://acme.example.com/Merger with Globex?fileid=1")
    stranger = make_proven_person(JURIS)

    answers = [visit(desk, each).get(make_link(review.id, 1)) for each in (None, stranger, PERSON)]

    assert [each.status_code for each in answers] == [404, 404, 303]
    assert [list_opened(desk, review, each) for each in (stranger, PERSON)] == [set(), DOCUMENT]


def test_a_reader_of_a_redacted_card_is_led_by_a_link_of_numbers_and_not_recorded(desk: Desk) -> None:
    desk.follow(routes(private=True))
    review, stranger = desk.open(event(title=SECRET)), make_proven_person(JURIS)

    answer = visit(desk, stranger).get(make_link(review.id, 1))

    assert answer.headers["Location"] == review.link
    assert list_opened(desk, review, stranger) == set()


def test_a_person_who_clicks_in_slack_is_the_one_who_opened_it_here(desk: Desk) -> None:
    review = desk.open(event())
    by_address = make_proven_person(Reviewer(name="Dana", email=OWNER.upper()), identity=Identity.MAIL_CODE)
    visit(desk, by_address).get(make_link(review.id, 1))
    opened_at = format_moment(desk.clock())
    desk.clock.advance(minutes=1)

    desk.answers.record_answer(build_answer_request(review, reviewer=DANA))

    assert desk.entries()[-1]["opened"]["document"] == opened_at
