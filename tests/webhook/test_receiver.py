"""The receiver: what DocSpace is answered, through Flask and with a real database."""

from __future__ import annotations

import io
import sqlite3
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from demo import signature
from reviews.intake import intake
from reviews.kinds import EventState
from runtime.web.front import Front
from store.engine import create_engine
from store.limits import WorkKind
from store.unit_of_work import SqlUnitOfWork
from tests.demo.captures import CLASSIC, CLASSIC_SECRET, CLASSIC_SIGNATURE
from tests.edge.unreadable import NEVER_COMES
from webhook.receiver import MAX_BODY_BYTES, Receiver, StoreUnavailable
from webhook.signature import HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from reviews.model import ChangeEvent
    from tests.databases import SqliteDatabases

PATH = "/docspace/webhook"
RECEIVED = datetime(2026, 9, 17, 10, 22, 57, 345_678, tzinfo=UTC)  # a second after what the captures tell of
GENUINE = {HEADER: CLASSIC_SIGNATURE, "Content-Type": "application/json; charset=utf-8"}


def client_of(engine: sa.Engine) -> FlaskClient:
    def receive(event: ChangeEvent) -> bool:
        try:
            [new] = intake.receive_events(partial(SqlUnitOfWork, engine), [event], now=RECEIVED)
        except sa.exc.OperationalError as error:
            raise StoreUnavailable(type(error).__name__) from error
        return new

    async def receive_later(event: ChangeEvent) -> bool:
        return receive(event)

    app = Flask(__name__)
    secrets = [CLASSIC_SECRET, "the-previous-one"]
    receiver = Receiver(receive, secrets, receive_async=receive_later)
    app.wsgi_app = Front(app.wsgi_app, receiver)  # type: ignore[method-assign]
    return app.test_client()


@pytest.fixture
def client(engine: sa.Engine) -> FlaskClient:
    return client_of(engine)


def stored(engine: sa.Engine) -> list[tuple[str, EventState]]:
    with SqlUnitOfWork(engine, reading=True) as work:
        return [(each.event.event_id, each.state) for each in work.events.list_recent(10)]


def test_a_new_event_is_accepted_and_a_repeated_one_is_fine_too(
    client: FlaskClient, engine: sa.Engine
) -> None:
    first = client.post(PATH, data=CLASSIC, headers=GENUINE)
    again = client.post(PATH, data=CLASSIC, headers=GENUINE)

    assert (first.status_code, first.text) == (202, "Received.\n")
    assert (again.status_code, again.text) == (200, "Received before.\n")
    assert stored(engine) == [("138769", EventState.RECEIVED)]


def test_the_probe_before_registration_passes_without_a_signature(client: FlaskClient) -> None:
    answer = client.head(PATH)

    assert (answer.status_code, answer.data) == (200, b"")


def test_the_address_with_a_slash_at_its_end_is_no_redirect(client: FlaskClient) -> None:
    assert client.post(f"{PATH}/", data=CLASSIC, headers=GENUINE).status_code == 202
    assert client.head(f"{PATH}/").status_code == 200


def test_the_previous_secret_still_counts(client: FlaskClient) -> None:
    headers = {HEADER: signature("the-previous-one", CLASSIC)}

    assert client.post(PATH, data=CLASSIC, headers=headers).status_code == 202


def test_what_was_not_signed_so_is_refused(client: FlaskClient, engine: sa.Engine) -> None:
    signed = {
        "nothing": {},
        "empty": {HEADER: ""},
        "truncated": {HEADER: CLASSIC_SIGNATURE[:-1]},
        "without its prefix": {HEADER: CLASSIC_SIGNATURE.replace("sha256=", "")},
        "another secret": {HEADER: signature("another-secret", CLASSIC)},
        "beyond ASCII": {HEADER: "sha256=" + "é" * 64},
        "no digits": {HEADER: "sha256=" + "z" * 64},
    }

    for name, headers in signed.items():
        assert client.post(PATH, data=CLASSIC, headers=headers).status_code == 401, name
    for body in (CLASSIC[:-1] + b" ", b"", b"{}"):
        assert client.post(PATH, data=body, headers=GENUINE).status_code == 401, body
    assert stored(engine) == []


def test_the_log_says_why_a_delivery_was_refused(client: FlaskClient) -> None:
    with capture_logs() as logs:
        client.post(PATH, data=CLASSIC, headers={HEADER: signature("another-secret", CLASSIC)})

    assert logs == [
        {
            "event": "delivery_refused",
            "log_level": "info",
            "status": 401,
            "reason": "The signature does not match the body.",
        }
    ]


def test_the_body_of_an_unsigned_request_is_not_waited_for(client: FlaskClient) -> None:
    for headers in ({}, {HEADER: "sha256=12"}):
        answer = client.post(PATH, headers=headers, environ_overrides=NEVER_COMES)

        assert answer.status_code == 401


def test_whatever_else_goes_wrong_the_event_shall_come_again(client: FlaskClient) -> None:
    answer = client.post(PATH, headers=GENUINE, environ_overrides=NEVER_COMES)

    assert (answer.status_code, answer.text) == (503, "Something went wrong here; please try again.\n")


def test_a_signed_body_that_is_no_object_is_a_bad_request(client: FlaskClient) -> None:
    for body in (b"", b"[]", b"nothing", b"\xff", b"[" * 100_000):
        answer = client.post(PATH, data=body, headers={HEADER: signature(CLASSIC_SECRET, body)})

        assert answer.status_code == 400, body[:10]


def test_a_body_as_large_as_allowed_is_read_and_a_larger_one_refused(client: FlaskClient) -> None:
    largest = b'{"event":{}}' + b" " * (MAX_BODY_BYTES - 12)
    signed = {HEADER: signature(CLASSIC_SECRET, largest)}

    assert client.post(PATH, data=largest, headers=signed).status_code == 202
    assert client.post(PATH, data=largest + b" ", headers=signed).status_code == 413


def test_a_larger_body_is_refused_without_a_content_length_too(client: FlaskClient) -> None:
    answer = client.post(
        PATH,
        input_stream=io.BytesIO(b"x" * (MAX_BODY_BYTES + 1)),
        headers={HEADER: CLASSIC_SIGNATURE, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert answer.status_code == 413


def test_other_methods_are_not_allowed(client: FlaskClient) -> None:
    statuses = {client.open(PATH, method=method).status_code for method in ("GET", "PUT", "DELETE", "PATCH")}

    assert statuses == {405}


def test_an_event_that_asks_for_nothing_is_taken_and_written_down(
    client: FlaskClient, engine: sa.Engine
) -> None:
    for number, trigger in enumerate((b"file.downloaded", b"room.created", b"brand.new", b"", b"*"), 1):
        body = CLASSIC.replace(b"file.created", trigger).replace(b"138769", b"%d" % number)

        answer = client.post(PATH, data=body, headers={HEADER: signature(CLASSIC_SECRET, body)})

        assert answer.status_code == 202
        assert stored(engine)[0] == (str(number), EventState.IGNORED)


@pytest.fixture
def locked(sqlite_databases: SqliteDatabases) -> Iterator[tuple[FlaskClient, sqlite3.Connection]]:
    """A receiver whose database another process is writing to."""
    address = sqlite_databases.new()
    engine = create_engine(address, work_kind=WorkKind.RECEIVE)
    other = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield client_of(engine), other
    other.close()
    engine.dispose()


def test_docspace_is_asked_to_try_again_while_the_database_cannot_be_written(
    locked: tuple[FlaskClient, sqlite3.Connection],
) -> None:
    client, other = locked

    refused = client.post(PATH, data=CLASSIC, headers=GENUINE)
    other.execute("ROLLBACK")
    retried = client.post(PATH, data=CLASSIC, headers=GENUINE)

    assert (refused.status_code, refused.text) == (
        503,
        "The database is not available; please try again.\n",
    )
    assert retried.status_code == 202


def test_no_answer_tells_a_secret_or_a_stack(client: FlaskClient) -> None:
    answers = [
        client.post(PATH, data=body, headers=GENUINE) for body in (CLASSIC, b"{}", b"\0", b"x" * 300_000)
    ]

    assert all(len(answer.text) < 100 and answer.mimetype == "text/plain" for answer in answers)
    assert all(CLASSIC_SECRET not in answer.text for answer in answers)
