"""The outgoing webhook: a question signed by Teams is answered at once, and nothing else is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.absences import ChatAbsences
from bot.command import Commands
from bot.teams.authorization import MAX_BODY_BYTES
from bot.teams.outgoing_webhook import build_outgoing_blueprint, decode_key
from store.unit_of_work import SqlUnitOfWork
from tests.bot.odd import variants
from tests.bot.subscribing import campaigns, digests, subscriptions
from tests.bot.teams.teams_installation import read_text
from tests.edge.adaptive_cards import find_schema_problems
from tests.edge.teams_elements import list_verbs
from tests.edge.unreadable import NEVER_COMES
from tests.reviews.compared import make_change_pages, make_part, store_comparison
from tests.reviews.desk import Desk
from tests.reviews.samples import event

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask.testing import FlaskClient

KEY = bytes(range(32))
SECRET = base64.b64encode(KEY).decode()
AT = "<at>Compliance</at>"
TIMELY = "2026-03-09T14:05:12.3456789Z"  # of Teams' seven decimals


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine))


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    commands = Commands(
        transactions=desk.transactions,
        routes=desk.routes,
        clock=desk.clock,
        absences=ChatAbsences(declarations=desk.absences),
        subscriptions=subscriptions(desk),
        digests=digests(desk),
        campaigns=campaigns(desk),
        change_pages=make_change_pages(desk.transactions, desk.routes, desk.clock),
        receipts=desk.receipts,
    )
    app = Flask(__name__)
    app.register_blueprint(build_outgoing_blueprint(decode_key(SECRET), commands))
    return app.test_client()


def sign(body: bytes, key: bytes = KEY) -> str:
    return f"HMAC {base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()}"


def activity(text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "id": "1760000000000",
        "timestamp": TIMELY,
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "channelId": "msteams",
        "from": {"id": "29:dana", "name": "Dana Ozola", "aadObjectId": "oid-dana"},
        "conversation": {"isGroup": True, "id": "19:c@thread.tacv2;messageid=1", "name": None},
        "recipient": None,
        "textFormat": "plain",
        "text": text,
        "channelData": {"tenant": {"id": "tenant"}, "team": {"id": "19:t@thread.tacv2"}},
    }


def ask(client: FlaskClient, text: str) -> dict[str, Any]:
    body = json.dumps(activity(text)).encode()
    answer = client.post("/teams/command", data=body, headers={"Authorization": sign(body)})
    assert answer.status_code == 200
    reply: dict[str, Any] = answer.get_json()
    assert reply["type"] == "message"
    for attached in reply.get("attachments", ()):
        assert find_schema_problems(attached["content"]) == []
    # Its cards may open addresses, and nothing else (facts on Teams, 2.3 d).
    assert "Action.Execute" not in str(reply)
    assert "Action.Submit" not in str(reply)
    return reply


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{AT} pending", "AML Policy 2026.docx"),
        (f"{AT}&nbsp;recent 5\n", "Recent compliance changes"),
        (f"{AT} show 3358285", "AML Policy 2026.docx"),
        (f'<at id="0">Review</at> Pending {AT}', "Waiting for review"),
        ("help", "recent [N]"),
        (AT, "recent [N]"),
        (f"{AT} ack 17", "I don't understand 'ack'"),
        (f"{AT} show 17", "Review not found"),
        ("<at>" * 60_000, "This command is too long"),
    ],
)
def test_a_question_is_answered_in_the_response(
    desk: Desk, client: FlaskClient, text: str, words: str
) -> None:
    desk.open(event())

    assert words in read_text(ask(client, text))


def test_nothing_in_the_answer_acts(desk: Desk, client: FlaskClient) -> None:
    desk.open(event())

    [shown] = ask(client, "show 3358285")["attachments"]

    assert list_verbs(shown["content"]) == []


def test_how_much_changed_is_answered_and_not_what(desk: Desk, client: FlaskClient) -> None:
    review = store_comparison(desk, desk.open(event()), [make_part()])

    reply = read_text(ask(client, f"{AT} changes {review.id}"))
    shown = ask(client, f"{AT} show {review.id}")

    assert "1 changed; 1 amount" in reply
    assert "Others read this chat. Ask for the differences in a private chat." in reply
    assert "EUR" not in reply
    assert "What changed: 1 changed; 1 amount" in read_text(shown)


def test_without_differences_it_says_what_happened(desk: Desk, client: FlaskClient) -> None:
    desk.open(event())

    reply = read_text(ask(client, f"{AT} changes 3358285"))

    assert "The comparison is not ready yet." in reply
    assert "Change: " in reply


BODY = json.dumps(activity(f"{AT} pending")).encode()
SPOILT = {
    "another key": sign(BODY, b"k" * 32),
    "the key as it is written": sign(BODY, SECRET.encode()),
    "another body": sign(BODY + b" "),
    "no scheme": sign(BODY).removeprefix("HMAC "),
    "another scheme": sign(BODY).replace("HMAC", "Bearer"),
    "half of it": sign(BODY)[:-10],
    "one more sign": f"{sign(BODY)}=",
    "nothing": "HMAC ",
    "an empty header": "",
    "beyond ASCII": "HMAC é",
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_question_is_answered_as_it_is_and_refused_when_it_is_spoilt(
    client: FlaskClient, name: str
) -> None:
    refused = client.post("/teams/command", data=BODY, headers={"Authorization": SPOILT[name]})
    taken = client.post("/teams/command", data=BODY, headers={"Authorization": sign(BODY)})

    assert (refused.status_code, refused.text) == (401, "Unauthorized.\n")
    assert taken.status_code == 200


def test_a_question_without_a_header_is_refused(client: FlaskClient) -> None:
    assert client.post("/teams/command", data=BODY).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b"{}", b'{"type": 5}', b'{"type": null}']
)
def test_what_is_no_activity_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/teams/command", data=body, headers={"Authorization": sign(body)})

    assert answer.status_code == 400


@pytest.mark.parametrize("header", ["", "HMAC", "Bearer e30.e30.e30", f"HMAC {'a' * 44}"])
def test_without_a_digest_of_its_form_no_body_is_read(client: FlaskClient, header: str) -> None:
    headers = {"Authorization": header}

    assert client.post("/teams/command", headers=headers, environ_overrides=NEVER_COMES).status_code == 401


def test_a_body_larger_than_any_of_teams_is_not_read(client: FlaskClient) -> None:
    body = BODY.ljust(MAX_BODY_BYTES + 1)

    assert client.post("/teams/command", data=body, headers={"Authorization": sign(body)}).status_code == 413


def test_whatever_a_member_is_nothing_of_ours_fails(client: FlaskClient) -> None:
    for varied in variants(activity(f"{AT} recent 3"), "\ud800\0"):
        body = json.dumps(varied).encode()
        answer = client.post("/teams/command", data=body, headers={"Authorization": sign(body)})
        is_activity = isinstance(varied.get("type"), str) and varied["type"]
        timely = varied.get("timestamp") == TIMELY
        assert answer.status_code == (400 if not is_activity else 200 if timely else 401), varied


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text() | st.text("<at>/ &;\n", max_size=60))
def test_whatever_is_typed_is_answered(client: FlaskClient, text: str) -> None:
    assert read_text(ask(client, text))


@pytest.mark.parametrize("secret", ["no base64!", "é" * 44, "cGFzc3dvcmQ=", "=", SECRET[:-2]])
def test_a_secret_that_teams_did_not_make_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="security token of an outgoing webhook"):
        decode_key(secret)


def post(client: FlaskClient, payload: dict[str, Any]) -> Any:
    body = json.dumps(payload).encode()
    return client.post("/teams/command", data=body, headers={"Authorization": sign(body)})


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_body_is_taken_near_its_own_time_and_refused_beyond(
    desk: Desk, client: FlaskClient, minutes: int
) -> None:
    assert post(client, activity("help")).status_code == 200

    desk.clock.advance(minutes=minutes)
    refused = post(client, activity("pending"))

    assert (refused.status_code, refused.text) == (401, "Unauthorized.\n")


@pytest.mark.parametrize("time", [None, "", "now", 1773065112, "2026-03-09T14:05:12"])
def test_a_body_without_a_time_is_refused(client: FlaskClient, time: Any) -> None:
    assert post(client, {**activity("pending"), "timestamp": time}).status_code == 401


def test_teams_is_answered_again_and_the_person_who_captured_the_body_is_not(
    desk: Desk, client: FlaskClient
) -> None:
    desk.open(event())
    asked = activity(f"{AT} pending")
    first = post(client, asked)

    desk.clock.advance(seconds=29)
    retried = post(client, asked)
    desk.clock.advance(seconds=1)
    again = post(client, asked)
    anew = post(client, {**asked, "id": "1760000000001"})

    assert (retried.status_code, retried.json) == (200, first.json)
    assert "AML Policy" not in again.text
    assert "was already answered" in again.text
    assert "AML Policy" in anew.text
