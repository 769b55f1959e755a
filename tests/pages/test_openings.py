"""What a visitor opens on a page: recorded for people who sign in and navigate there, for no one else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviews.identity import Identity, Reviewer
from reviews.opening import OpenedItem
from tests.pages.inboxes import STRANGER, InboxVisitor, inbox_routes, open_inbox
from tests.pages.proving import let_in
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.compared import make_part, make_views, store_comparison
from tests.reviews.desk import DANA, JURIS, Desk, build_answer_request
from tests.reviews.opened import list_opened
from tests.reviews.people import make_proven_person
from tests.reviews.samples import LINK, OWNER, SECRET, event, routes

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.model import Review

PAGE, BOTH = {OpenedItem.PAGE}, {OpenedItem.PAGE, OpenedItem.COMPARISON}
PERSON = make_proven_person(DANA, identity=Identity.OIDC)
SPECULATIVE = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
]
IN_A_PAGE = [{"Sec-Fetch-Dest": "empty"}, {"Sec-Fetch-Dest": "image"}, {"X-Requested-With": "inbox.js"}]


def visit(desk: Desk, person: ProvenPerson | None = PERSON) -> ReviewPageVisitor:
    visitor = ReviewPageVisitor(desk, comparison_views=make_views(desk.transactions, desk.routes))
    if person is not None:
        let_in(visitor.client, person, at=desk.clock(), base_url=ADDRESS)
    return visitor


def open_compared(desk: Desk, **more: Any) -> Review:
    return store_comparison(desk, desk.open(event(**more)), [make_part()])


def read_inbox(desk: Desk, path: str, email: str = OWNER, **more: Any) -> InboxVisitor:
    application = open_inbox(desk, comparison_views=make_views(desk.transactions, desk.routes))
    visitor = application.visitor(email)
    assert visitor.get(path, **more).status_code in {200, 404}
    return visitor


def test_the_acknowledge_page_records_itself_and_the_differences_that_it_shows(desk: Desk) -> None:
    plain, compared = desk.open(event(file_id="f1")), open_compared(desk, file_id="f2")
    visitor = visit(desk)

    visitor.get(visitor.path(plain))
    visitor.get(visitor.path(compared))

    assert [list_opened(desk, each, PERSON) for each in (plain, compared)] == [PAGE, BOTH]


def test_the_history_and_the_inbox_record_the_same(desk: Desk) -> None:
    desk.follow(inbox_routes())
    in_history, in_inbox = open_compared(desk, file_id="f1"), open_compared(desk, file_id="f2")

    views = make_views(desk.transactions, desk.routes)
    HistoryReader(desk, comparison_views=views).sign_in(OWNER).get(f"/reviews/{in_history.id}")
    read_inbox(desk, f"/inbox/reviews/{in_inbox.id}")

    assert [list_opened(desk, each, PERSON) for each in (in_history, in_inbox)] == [BOTH, BOTH]


def test_lists_open_nothing(desk: Desk) -> None:
    desk.follow(inbox_routes())
    review = open_compared(desk)

    HistoryReader(desk).sign_in(OWNER).get("/reviews")
    read_inbox(desk, "/inbox").get("/inbox/answered")

    assert list_opened(desk, review, PERSON) == set()


def test_those_who_see_no_differences_have_opened_the_page_alone(desk: Desk) -> None:
    review, person = open_compared(desk), make_proven_person(JURIS)
    visitor = visit(desk, person)

    visitor.get(visitor.path(review))

    assert list_opened(desk, review, person) == PAGE


def test_a_visitor_who_has_not_proven_who_they_are_is_not_recorded(desk: Desk) -> None:
    review = open_compared(desk)
    visitor = visit(desk, None)

    assert visitor.get(visitor.path(review)).status_code == 200

    assert list_opened(desk, review, PERSON) == set()


def test_a_page_that_needs_no_proof_records_no_one(desk: Desk) -> None:
    desk.follow(routes(**LINK))
    review = desk.open(event())
    visitor = visit(desk)

    visitor.get(visitor.path(review))

    assert list_opened(desk, review, PERSON) == set()


def test_a_reader_of_a_redacted_page_is_not_recorded(desk: Desk) -> None:
    desk.follow(routes(private=True))
    review, person = desk.open(event(title=SECRET)), make_proven_person(JURIS)
    visitor = visit(desk, person)

    page = visitor.get(visitor.path(review)).text

    assert "Globex" not in page
    assert list_opened(desk, review, person) == set()


def test_a_stranger_in_the_inbox_is_not_recorded(desk: Desk) -> None:
    desk.follow(inbox_routes())
    review = open_compared(desk)

    read_inbox(desk, f"/inbox/reviews/{review.id}", STRANGER)

    assert list_opened(desk, review, make_proven_person(Reviewer(name="N", email=STRANGER))) == set()


@pytest.mark.parametrize("headers", [*SPECULATIVE, *IN_A_PAGE], ids=str)
def test_what_no_person_has_navigated_to_is_not_recorded(desk: Desk, headers: dict[str, str]) -> None:
    desk.follow(inbox_routes())
    review = open_compared(desk)
    visitor = visit(desk)

    page = visitor.client.get(visitor.path(review), base_url=ADDRESS, headers=headers)
    read_inbox(desk, f"/inbox/reviews/{review.id}", headers=headers)

    assert page.status_code == 200
    assert list_opened(desk, review, PERSON) == set()


def test_a_navigation_of_a_present_browser_is_recorded(desk: Desk) -> None:
    review, visitor = desk.open(event()), visit(desk)

    headers = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    visitor.client.get(visitor.path(review), base_url=ADDRESS, headers=headers)

    assert list_opened(desk, review, PERSON) == PAGE


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_neither_a_head_nor_a_form_is_recorded(desk: Desk, method: str) -> None:
    review, visitor = desk.open(event()), visit(desk)
    path = visitor.path(review)

    if method == "HEAD":
        assert visitor.client.head(path, base_url=ADDRESS).status_code == 200
    else:
        assert visitor.send(path, decision="acknowledge").status_code == 400

    assert list_opened(desk, review, PERSON) == set()


def test_a_link_to_an_earlier_revision_and_an_answered_review_are_not_recorded(desk: Desk) -> None:
    before, visitor = desk.open(event()), visit(desk)
    desk.portal.versions[before.file_id] = 9
    after = desk.open(event(event_id="2", delivery_key="d2", semantic_key="s2"))

    assert "was changed again" in visitor.get(visitor.path(before)).text
    stale = list_opened(desk, before, PERSON) | list_opened(desk, after, PERSON)
    desk.answers.record_answer(build_answer_request(after))
    visitor.get(visitor.path(after))

    assert (stale, list_opened(desk, after, PERSON)) == (set(), set())


def test_an_answer_on_the_page_says_what_was_opened_before(desk: Desk) -> None:
    review, visitor = open_compared(desk), visit(desk)
    path = visitor.path(review)
    visitor.get(path)
    desk.clock.advance(minutes=1)

    assert visitor.post(path, decision="acknowledge").status_code == 303

    opened = desk.entries()[-1]["opened"]
    assert {name for name, at in opened.items() if at} == {"page", "comparison"}
    reader = HistoryReader(desk).sign_in(OWNER)
    words = "Opened through our links before, which doesn&#39;t mean read: the comparison, the page"
    assert words in reader.get(f"/reviews/{review.id}").text
