"""A session ends where it was ended: a copy of its cookie is worth nothing from then on, on every page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tests.edge.oidc_issuer import SAM
from tests.pages.browser import Browser
from tests.pages.inboxes import TITLE, InboxApplication, open_inbox, titles
from tests.pages.proving import copy_of
from tests.pages.visitor import ADDRESS
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from tests.edge.oidc_issuer import OidcIssuer
    from tests.pages.inboxes import InboxVisitor
    from tests.pages.reading import HistoryReader
    from tests.reviews.desk import Desk

ANSWER = {"decision": "acknowledge"}


def token_in(page: str) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert match
    return match[1]


def answer(client: FlaskClient, path: str, page: str) -> int:
    """Send the form of a page; return the status of the answer."""
    return client.post(path, data={"csrf_token": token_in(page), **ANSWER}).status_code


def test_not_you_makes_a_copy_of_the_cookie_worthless_on_the_acknowledge_page(
    desk: Desk, issuer: OidcIssuer
) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    copy = copy_of(browser.client)
    form = copy.get(browser.page).text

    browser.deny()

    assert "Not you?" in form
    assert "Not you?" not in copy.get(browser.page).text
    assert answer(copy, browser.page, form) == 401
    assert desk.latest("3358285").answers == ()


def test_a_copy_counts_until_then(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    copy = copy_of(browser.client)

    assert answer(copy, browser.page, copy.get(browser.page).text) == 303
    [recorded_answer] = desk.latest("3358285").answers
    assert recorded_answer.reviewer.email == OWNER


def test_not_you_makes_a_copy_worthless_in_the_inbox(desk: Desk, owner: InboxVisitor) -> None:
    review = desk.open(event())
    copy = copy_of(owner.client)
    page = copy.get("/inbox")
    owner.inbox()

    owner.post("/inbox/not-me")

    assert titles(page.text) == [TITLE]
    looked = [copy.get(path) for path in ("/inbox", f"/inbox/reviews/{review.id}", "/inbox/events")]
    assert {each.status_code for each in looked} == {401}
    assert answer(copy, f"/inbox/reviews/{review.id}", page.text) == 401
    assert desk.latest(review.file_id).answers == ()


def test_signing_out_makes_a_copy_worthless_on_the_history_page(reader: HistoryReader) -> None:
    reader.sign_in(OWNER).get("/reviews")
    copy = copy_of(reader.client, address=ADDRESS)
    paths = ("/reviews", "/reviews.csv", "/reviews/rev-1")

    before = [copy.get(path, base_url=ADDRESS).status_code for path in paths]
    reader.post("/reviews/sign-out")

    assert before[:2] == [200, 200]
    assert [copy.get(path, base_url=ADDRESS).status_code for path in paths] == [401, 401, 401]


@pytest.mark.parametrize("email", [DEPUTY, OWNER], ids=["another person", "the same person"])
def test_a_new_sign_in_ends_the_session_before_it(
    inbox: InboxApplication, owner: InboxVisitor, email: str
) -> None:
    copy = copy_of(owner.client)

    owner.get(inbox.stand_ins.build_path(email))

    assert (owner.get("/inbox").status_code, copy.get("/inbox").status_code) == (200, 401)


def test_who_ended_a_session_ends_no_other_of_the_same_person(
    inbox: InboxApplication, owner: InboxVisitor
) -> None:
    elsewhere = inbox.visitor()
    owner.inbox()

    owner.post("/inbox/not-me")

    assert elsewhere.get("/inbox").status_code == 200


@pytest.mark.parametrize("then", ["as before", "another person"])
def test_a_copy_of_a_sign_in_that_was_held_back_counts_until_that_is_decided(
    desk: Desk, issuer: OidcIssuer, then: str
) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    browser.deny()
    form = {"csrf_token": token_in(browser.sign_in().text)}
    copy = copy_of(browser.client)

    if then == "as before":
        assert browser.client.post("/sign-in/as-before", data=form).status_code == 303
    else:
        issuer.person = SAM
        assert browser.sign_in().status_code == 303

    assert copy.post("/sign-in/as-before", data=form).status_code == 400
    assert "Not you?" not in copy.get(browser.page).text


FORGED: dict[str, Callable[[Any], None]] = {
    "another person in a session of one's own": lambda session: session.update(
        proven={**session["proven"], "email": DEPUTY}
    ),
    "a session of which nothing is written down": lambda session: session.update(proven_session="x" * 22),
    "a session of an earlier release": lambda session: session.pop("proven_session"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_session_that_was_signed_but_never_opened_is_refused(owner: InboxVisitor, forged: str) -> None:
    assert owner.get("/inbox").status_code == 200
    with owner.client.session_transaction() as session:
        FORGED[forged](session)

    assert owner.get("/inbox").status_code == 401


def test_a_sign_in_that_was_signed_as_held_back_but_never_happened_lets_no_one_in(
    desk: Desk, issuer: OidcIssuer
) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    page = browser.client.get(browser.page).text
    with browser.client.session_transaction() as session:
        who = {**session.pop("proven"), "email": DEPUTY}
        session["signed_in_again"] = {"who": who, "came_from": "/x", "session": session["proven_session"]}

    answered = browser.client.post("/sign-in/as-before", data={"csrf_token": token_in(page)})

    assert answered.status_code == 400
    assert browser.proven() is None


def test_nothing_of_a_session_in_the_database_is_in_its_cookie(desk: Desk, owner: InboxVisitor) -> None:
    with desk.engine.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT key FROM sessions").all()
    with owner.client.session_transaction() as session:
        assert session["proven_session"]
        assert row[0] not in str(dict(session))
        assert session["proven_session"] not in row[0]


def test_each_page_asks_once_whether_its_session_lasts(desk: Desk, owner: InboxVisitor) -> None:
    desk.open(event())
    stranger = open_inbox(desk).visitor(None)
    asked: list[str] = []

    @sa.event.listens_for(desk.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    counts = []
    for client in (owner, stranger):
        asked.clear()
        client.get("/inbox")
        counts.append(sum("sessions" in statement for statement in asked))

    assert counts == [1, 0]
