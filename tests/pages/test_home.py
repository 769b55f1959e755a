"""`/`: what a person finds there who is not signed in, and where it leads everybody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pages.history.visitor import HistorySignInMethods
from pages.home import build_home_page
from tests.pages.inboxes import inbox_routes, open_inbox
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS
from tests.reviews.samples import ALICE, OWNER, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

EVERY_WAY = HistorySignInMethods(sign_in=True, slack="/reviews", teams=True, codes=True)
TITLE = "AML Policy 2026.docx"


def test_a_stranger_is_told_what_this_is_and_how_to_get_in_and_nothing_else(reader: HistoryReader) -> None:
    reader.app.register_blueprint(build_home_page(EVERY_WAY, clock=reader.desk.clock))
    empty = reader.get("/")
    reader.desk.open(event())

    page, head = reader.get("/"), reader.client.head("/", base_url=ADDRESS)

    assert (page.status_code, head.status_code, head.data) == (200, 200, b"")
    assert page.text == empty.text
    assert "Set-Cookie" not in page.headers
    for words in (
        "watched folder of DocSpace",
        'href="/reviews"',
        "/reviews web",
        "Teams",
        "Sign in there",
        "code by mail",
    ):
        assert words in page.text
    for private in (TITLE, OWNER, ALICE.name, "compliance", "Legal"):
        assert private not in page.text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        (HistorySignInMethods(sign_in=True), "Sign in there."),
        (HistorySignInMethods(codes=True), "get a code by mail"),
        (HistorySignInMethods(), "can't verify who you are"),
    ],
)
def test_it_names_the_ways_that_there_are(
    reader: HistoryReader, ways: HistorySignInMethods, words: str
) -> None:
    reader.app.register_blueprint(build_home_page(ways, clock=reader.desk.clock))

    assert words in reader.get("/").text


def test_where_people_show_only_at_the_inbox_who_they_are_signed_out_pages_lead_there(desk: Desk) -> None:
    desk.follow(inbox_routes())
    at = open_inbox(desk)
    at.app.register_blueprint(build_home_page(HistorySignInMethods(), clock=desk.clock))
    at.app.register_blueprint(HistoryReader(desk, ways=HistorySignInMethods()).history)
    stranger = at.visitor(None)

    for page in (stranger.get("/").text, stranger.get("/reviews").text):
        assert 'href="/inbox">Confirm who you are</a>' in page
        assert "can't verify" not in page


def test_someone_who_is_signed_in_is_led_to_the_reviews(reader: HistoryReader) -> None:
    reader.app.register_blueprint(build_home_page(EVERY_WAY, clock=reader.desk.clock))
    reader.sign_in(OWNER)

    there = reader.get("/")
    reader.desk.clock.advance(hours=9)

    assert (there.status_code, there.location) == (303, "/reviews")
    assert reader.get("/").status_code == 200


def test_someone_who_may_answer_is_led_to_the_inbox_where_there_is_one(desk: Desk) -> None:
    desk.follow(inbox_routes())
    at = open_inbox(desk)
    at.app.register_blueprint(build_home_page(EVERY_WAY, clock=desk.clock))
    owner = at.visitor()

    assert (owner.get("/").status_code, owner.get("/").location) == (303, "/inbox")
    assert at.visitor(None).get("/").status_code == 200


def test_the_pages_lead_to_each_other(reader: HistoryReader) -> None:
    reader.app.register_blueprint(build_home_page(EVERY_WAY, clock=reader.desk.clock))
    review = reader.desk.open(event())
    signed_out = [reader.get(path).text for path in ("/", "/reviews", "/ack/nonsense")]
    reader.sign_in(OWNER)
    listed, whole = reader.get("/reviews").text, reader.get(f"/reviews/{review.id}").text

    for page in (*signed_out, listed, whole):
        assert re.search(r'<header class="frame">.*href="/".*href="/reviews".*</header>', page, re.DOTALL)
    assert 'href="/reviews" aria-current="page"' in listed
    assert 'href="/reviews" aria-current="true"' in whole


def test_no_time_on_a_page_is_finer_than_a_browser_reads(reader: HistoryReader) -> None:
    reader.desk.clock.advance(microseconds=123456)
    review = reader.desk.open(event())
    page = reader.sign_in(OWNER).get(f"/reviews/{review.id}").text

    times = re.findall(r'<time datetime="([^"]+)"', page)
    # HTML, 2.3.5.7: a time has one to three digits of a second's fraction, or none.
    assert times
    assert all(re.fullmatch(r"[-\dT:]{19}(\.\d{1,3})?\+00:00", each) for each in times)


def test_the_german_tab_says_how_reviews_stand(reader: HistoryReader) -> None:
    reader.desk.open(event())
    reader.sign_in(OWNER)

    tabs = re.findall(r'<li><a href="/reviews\?state[^>]*>([^<]*)<', reader.get("/reviews", "de").text)

    assert tabs[0] == "Offen"
