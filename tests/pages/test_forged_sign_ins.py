"""Who writes rows of links and sessions, and has no key, signs in as no other person by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from pages.sessions import make_key
from reviews.people.sign_in_links import LINK_VALID_FOR
from reviews.people.stored_proofs import make_link_reference
from store.schema import sessions, sign_in_links
from tests.keys import SECRET_KEY
from tests.pages.forging import VICTIM, write
from tests.pages.inboxes import inbox_routes, open_inbox
from tests.pages.mailed_codes import desk_of
from tests.pages.proving import let_in
from tests.pages.reading import HistoryReader
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    from typing import Any

    from flask.testing import FlaskClient

    from tests.reviews.desk import Desk

OWN_ROW = sign_in_links.c.id == "link-2"


@pytest.fixture
def desk(database_engine: sa.Engine) -> Desk:
    return desk_of(database_engine)


@pytest.fixture
def reader(desk: Desk) -> HistoryReader:
    desk.open(event())
    return HistoryReader(desk)


def assert_link_refused(reader: HistoryReader, link: str) -> None:
    looked, pressed = reader.get(link), reader.post(link)
    assert (looked.status_code, pressed.status_code) == (410, 410)
    assert "This link is no longer valid" in looked.text
    assert "This link is no longer valid" in pressed.text
    assert reader.get("/reviews").status_code == 401


def open_form(reader: HistoryReader) -> HistoryReader:
    """Return the reader with a form's token: what is refused is the link, not the form."""
    reader.get(reader.link(DEPUTY))
    assert reader.form_token
    return reader


def test_a_link_whose_row_was_not_touched_signs_in(reader: HistoryReader) -> None:
    assert reader.sign_in(OWNER).titles() == ["AML Policy 2026.docx"]


def test_a_link_of_ones_own_does_not_sign_in_another_person_who_was_written_into_its_row(
    reader: HistoryReader,
) -> None:
    link = open_form(reader).link("eve@example.com")

    write(reader.desk, sa.update(sign_in_links).where(OWN_ROW).values(person=VICTIM.to_stored()))

    assert_link_refused(reader, link)


def test_a_link_of_ones_own_does_not_lead_to_the_row_of_another_that_got_its_id(
    reader: HistoryReader,
) -> None:
    own, others = open_form(reader).link("eve@example.com"), reader.link(OWNER)

    write(reader.desk, sa.delete(sign_in_links).where(OWN_ROW))
    write(reader.desk, sa.update(sign_in_links).where(sign_in_links.c.id == "link-3").values(id="link-2"))

    assert_link_refused(reader, own)
    assert_link_refused(reader, others)


@pytest.mark.parametrize("person", [{}, [], None, {**VICTIM.to_stored(), "identity": "x"}])
def test_a_link_to_a_person_who_can_not_be_read_is_no_longer_valid(
    reader: HistoryReader, person: Any
) -> None:
    link = open_form(reader).link(OWNER)

    write(reader.desk, sa.update(sign_in_links).where(OWN_ROW).values(person=person))

    assert_link_refused(reader, link)


def test_a_link_is_not_valid_for_longer_because_its_row_says_so(reader: HistoryReader) -> None:
    link = open_form(reader).link(OWNER)
    reader.desk.clock.advance(seconds=LINK_VALID_FOR.total_seconds())
    good_until = reader.desk.clock() + LINK_VALID_FOR

    write(
        reader.desk,
        sa.update(sign_in_links).where(OWN_ROW).values(good_until=good_until),
    )

    assert_link_refused(reader, link)


def test_the_ledger_gets_no_time_of_a_link_that_was_written_into_a_row(reader: HistoryReader) -> None:
    link = open_form(reader).link(OWNER)
    made_at = reader.desk.clock() - LINK_VALID_FOR

    write(reader.desk, sa.update(sign_in_links).where(OWN_ROW).values(made_at=made_at))

    assert_link_refused(reader, link)


@pytest.mark.parametrize(
    "payload",
    ["link-2", ["link-2"], ["link-2", None], ["link-2", ""], ["link-2", "x", "x"], {"link-2": "x"}, None],
    ids=str,
)
def test_an_address_without_the_digest_of_its_row_is_no_link(reader: HistoryReader, payload: Any) -> None:
    open_form(reader).link(OWNER)
    token = URLSafeTimedSerializer(SECRET_KEY, salt="sign-in-link").dumps(payload)

    assert_link_refused(reader, f"/reviews/sign-in/{token}")


def test_an_address_that_was_signed_with_another_key_is_no_link(reader: HistoryReader) -> None:
    open_form(reader)
    row = reader.links.create(VICTIM)
    reference = make_link_reference(row)
    serializer = URLSafeTimedSerializer(f"{SECRET_KEY}x", salt="sign-in-link")

    assert_link_refused(reader, f"/reviews/sign-in/{serializer.dumps([reference.id, reference.digest])}")


def enter(desk: Desk, *, secret_key: str) -> FlaskClient:
    """Write a session of the owner into the database, and its cookie with a key; return the browser."""
    desk.follow(inbox_routes())
    client = open_inbox(desk).visitor(None).client
    person = {**VICTIM.to_stored(), "at": desk.clock().isoformat()}
    key = make_key("forged", person)
    write(desk, sa.insert(sessions).values(key=key, begun_at=desk.clock()))
    app = client.application
    signing_key, app.secret_key = app.secret_key, secret_key
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    app.secret_key = signing_key
    assert serializer is not None
    client.set_cookie("docspace-review", serializer.dumps({"proven": person, "proven_session": "forged"}))
    return client


@pytest.mark.parametrize(
    ("secret_key", "status"), [(f"{SECRET_KEY}x", 401), (SECRET_KEY, 200)], ids=["another key", "the key"]
)
def test_a_session_that_was_written_into_the_database_needs_the_key_too(
    desk: Desk, secret_key: str, status: int
) -> None:
    client = enter(desk, secret_key=secret_key)

    assert client.get("/inbox").status_code == status


def test_a_session_is_not_valid_for_longer_because_its_row_says_so(desk: Desk) -> None:
    desk.follow(inbox_routes())
    client = open_inbox(desk).visitor(None).client
    let_in(client, VICTIM, at=desk.clock())
    before = client.get("/inbox").status_code
    desk.clock.advance(hours=8, seconds=1)

    write(desk, sa.update(sessions).values(begun_at=desk.clock()))

    assert (before, client.get("/inbox").status_code) == (200, 401)
