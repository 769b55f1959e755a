"""What the Slack side signs is taken by slack_sdk's verifier (facts on Slack, 1.1)."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask, request
from slack_sdk.signature import SignatureVerifier
from werkzeug.serving import make_server

from tests.edge.fake_slack import FakeSlack
from tests.edge.sample_app import SECRET
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import over_http, through_flask
from tests.edge.slack_signing import Spoil


def captured() -> tuple[list[tuple[bytes, dict[str, str]]], Flask]:
    """An app that only writes down what it gets."""
    seen: list[tuple[bytes, dict[str, str]]] = []

    def events() -> str:
        seen.append((request.get_data(), dict(request.headers)))
        return ""

    app = Flask(__name__)
    app.post("/slack/events")(events)
    return seen, app


def test_the_sdks_verifier_takes_the_signature(slack: FakeSlack) -> None:
    seen, app = captured()
    side = SlackSide(slack, SECRET, through_flask(app.test_client()))

    side.url_verification()
    side.url_verification(spoil=Spoil(flip_byte=True))

    assert [SignatureVerifier(SECRET).is_valid_request(body, headers) for body, headers in seen] == [
        True,
        False,
    ]


def test_junk_headers_and_a_foreign_team_arrive_as_told(slack: FakeSlack) -> None:
    seen, app = captured()
    side = SlackSide(slack, SECRET, through_flask(app.test_client()))

    side.url_verification(spoil=Spoil(timestamp="soon", signature="v0=é"))
    side.event({"type": "x"}, spoil=Spoil(team_id="T0OTHER"))

    assert seen[0][1]["X-Slack-Request-Timestamp"] == "soon"
    assert seen[0][1]["X-Slack-Signature"] == "v0=é"
    assert b"T0OTHER" in seen[1][0]


@pytest.fixture
def served() -> Iterator[tuple[str, list[tuple[bytes, dict[str, str]]]]]:
    seen, app = captured()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_same_requests_go_over_real_http(
    slack: FakeSlack, served: tuple[str, list[tuple[bytes, dict[str, str]]]]
) -> None:
    address, seen = served
    side = SlackSide(slack, SECRET, over_http(address))

    assert side.url_verification().status == 200
    assert side.url_verification(spoil=Spoil(signature="v0=é")).status == 200

    assert SignatureVerifier(SECRET).is_valid_request(*seen[0])
    assert seen[1][1]["X-Slack-Signature"] == "v0=é"
