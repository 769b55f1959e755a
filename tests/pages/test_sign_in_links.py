"""The sign-in link from chat: for one person, once, within ten minutes, and by a press alone."""

from __future__ import annotations

import re
import secrets
from functools import partial
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from itsdangerous import URLSafeTimedSerializer

from pages.links import Links
from reviews.cards.card_drawing import draw_card
from reviews.identity import Identity
from reviews.people.sign_in_links import InvalidLink, SignInLinks
from reviews.people.stored_proofs import make_link_reference
from store.unit_of_work import SqlUnitOfWork
from tests.keys import SECRET_KEY
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, Clock, event

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.ports.people import SignInLink
    from tests.reviews.desk import Desk


@pytest.fixture
def reader(desk: Desk) -> HistoryReader:
    desk.open(event())
    return HistoryReader(desk)


def assert_spent(reader: HistoryReader, path: str) -> None:
    looked, pressed = reader.get(path), reader.post(path)
    assert looked.status_code == 410
    assert pressed.status_code in {400, 410}
    assert "This link is no longer valid" in looked.text
    assert "<code>/reviews web</code>" in looked.text
    assert reader.get("/reviews").status_code == 401


def test_an_address_that_is_too_long_for_a_cookie_keeps_no_one_from_signing_in(reader: HistoryReader) -> None:
    """A browser drops a cookie of more than 4 KB, and what is written into it is more than one address."""
    nonsense = secrets.token_urlsafe(1500)
    link = reader.link(OWNER)

    asked = reader.get(f"/reviews/{nonsense}")
    reader.get(link)
    pressed = reader.post(link)

    assert pressed.headers["Location"] == "/reviews"
    assert all(len(cookie) < 1000 for cookie in asked.headers.getlist("Set-Cookie"))


def test_to_fetch_the_link_uses_nothing_up_and_to_press_signs_in(reader: HistoryReader) -> None:
    link = reader.link(OWNER)
    for _ in range(3):
        page = reader.other().get(link)
        assert page.status_code == 200
        assert "Continue as Dana Ozola" in page.text
    head = reader.client.head(link, base_url=ADDRESS)
    reader.get(link)
    pressed = reader.post(link)

    assert head.status_code == 200
    assert (pressed.status_code, pressed.headers["Location"]) == (303, "/reviews")
    assert reader.titles() == ["AML Policy 2026.docx"]


def test_a_press_without_the_forms_token_signs_no_one_in_and_uses_nothing_up(reader: HistoryReader) -> None:
    link = reader.link(OWNER)
    reader.get(link)

    refused = reader.client.post(link, base_url=ADDRESS)

    assert refused.status_code == 400
    assert reader.get("/reviews").status_code == 401
    reader.get(link)
    assert reader.post(link).status_code == 303


def test_a_link_works_once(reader: HistoryReader) -> None:
    link = reader.link(OWNER)
    reader.get(link)
    assert reader.post(link).status_code == 303

    assert_spent(reader.other(), link)


def test_a_link_works_for_ten_minutes(reader: HistoryReader) -> None:
    link, late = reader.link(OWNER), reader.link(OWNER)
    reader.desk.clock.advance(minutes=9, seconds=59)
    reader.get(link)
    assert reader.post(link).status_code == 303

    reader.desk.clock.advance(seconds=1)
    assert_spent(reader.other(), late)


@pytest.mark.parametrize("place", [0, 5, -2])
def test_a_link_of_which_a_letter_was_changed_is_none(reader: HistoryReader, place: int) -> None:
    path, _, token = reader.link(OWNER).rpartition("/")
    letter = "A" if token[place] != "A" else "B"
    changed = f"{token[:place]}{letter}{token[place + 1 :]}"

    assert_spent(reader, f"{path}/{changed}")


@pytest.mark.parametrize("token", ["x", "link-1", "a.b.c", "%00"])
def test_what_is_no_link_is_refused(reader: HistoryReader, token: str) -> None:
    reader.link(OWNER)

    assert_spent(reader, f"/reviews/sign-in/{token}")


def test_the_link_to_a_review_signs_no_one_in(reader: HistoryReader) -> None:
    other = Links(SECRET_KEY, ADDRESS).make_address(draw_card(reader.desk.latest("3358285")))

    assert_spent(reader, f"/reviews/sign-in/{other.rpartition('/')[2]}")


def test_a_link_says_nothing_of_whom_it_is_for(reader: HistoryReader) -> None:
    token = reader.link(OWNER).rpartition("/")[2]
    _signed, (link_id, digest) = URLSafeTimedSerializer(SECRET_KEY).loads_unsafe(token)

    assert link_id == "link-1"
    assert re.fullmatch("[0-9a-f]{64}", digest)


def test_the_link_of_another_person_makes_one_another_person_and_says_so_before(
    reader: HistoryReader,
) -> None:
    reader.sign_in(OWNER)
    link = reader.link("eve@example.com")

    warning = reader.get(link).text
    reader.post(link)

    assert "This browser is signed in as" in warning
    assert "There is nothing here for you yet" in reader.get("/reviews").text
    assert reader.get("/reviews/rev-1").status_code == 404


def test_a_person_is_known_under_each_of_their_addresses(reader: HistoryReader) -> None:
    reader.sign_in("dana@home.example", OWNER)

    assert reader.titles() == ["AML Policy 2026.docx"]


def test_a_person_stays_signed_in_for_eight_hours(reader: HistoryReader) -> None:
    reader.sign_in(OWNER)
    reader.desk.clock.advance(hours=8)
    assert reader.get("/reviews").status_code == 200

    reader.desk.clock.advance(seconds=1)
    assert reader.get("/reviews").status_code == 401


def test_after_signing_out_a_person_is_not_known(reader: HistoryReader) -> None:
    reader.sign_in(OWNER).get("/reviews")

    assert reader.client.post("/reviews/sign-out", base_url=ADDRESS).status_code == 400
    assert reader.get("/reviews").status_code == 200
    assert reader.post("/reviews/sign-out").status_code == 303
    assert reader.get("/reviews").status_code == 401


def test_who_came_for_a_review_is_led_to_it_after_signing_in(reader: HistoryReader) -> None:
    assert reader.get("/reviews/rev-1").status_code == 401
    link = reader.link(OWNER)
    reader.get(link)

    assert reader.post(link).headers["Location"] == "/reviews/rev-1"


def test_the_proof_says_that_the_chat_vouches_and_when(reader: HistoryReader) -> None:
    reader.sign_in(OWNER)

    with reader.client.session_transaction(base_url=ADDRESS) as session:
        proof = session["proven"]
    assert proof["identity"] == Identity.SLACK
    assert re.fullmatch("a sign-in link told in chat", proof["proof"]["by"])
    assert set(proof["proof"]) == {"by", "asked_at", "signed_in_at"}


def test_of_many_who_press_at_once_one_gets_in(database_engine: sa.Engine) -> None:
    links = SignInLinks(
        transactions=partial(SqlUnitOfWork, database_engine), clock=Clock(), new_id=lambda: "link"
    )
    reference = make_link_reference(links.create(make_proven_person(DANA, identity=Identity.TEAMS_BOT)))
    together = Barrier(6)
    got: list[SignInLink | None] = []

    def press() -> None:
        together.wait()
        try:
            got.append(links.use(reference))
        except InvalidLink:
            got.append(None)

    threads = [Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 6
    [link] = [each for each in got if each]
    assert link.person == make_proven_person(DANA, identity=Identity.TEAMS_BOT)


def test_links_are_forgotten_after_a_day(database_engine: sa.Engine) -> None:
    clock = Clock()
    transactions = partial(SqlUnitOfWork, database_engine)
    links = SignInLinks(transactions=transactions, clock=clock, new_id=lambda: f"link-{clock():%H}")
    links.create(make_proven_person(DANA))
    clock.advance(hours=1)
    links.create(make_proven_person(DANA))

    with transactions() as work:
        assert work.sign_in_links.forget(before=clock()) == 1
