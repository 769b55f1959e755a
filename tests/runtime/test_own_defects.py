"""A defect of ours is never called a malformed request: it is logged, and the sender retries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from bot.slack.app import build_slack_blueprint
from bot.slack.dispatcher import SlackDispatcher
from bot.slack.socket_mode.envelope_handler import EnvelopeHandler
from bot.slack.socket_mode.messages import Envelope
from bot.teams.app import build_teams_blueprint
from docspace.logs import DeliveryAttempt
from runtime.web.responses import register_error_handlers
from webhook.docspace_logs import DocSpaceLogs
from webhook.receiver import Receiver

if TYPE_CHECKING:
    from flask import Blueprint

SECRET = "Compl1ance!Review"
CLICK = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "actions": [{"action_id": "acknowledge"}],
}


class OwnDefect:
    """Stands for any part of ours: each call of it fails as only a mistake in our code does."""

    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*_args: Any, **_options: Any) -> Any:
            raise self._error(f"our {name}")

        return fail


def post(blueprint: Blueprint, path: str, body: dict[str, Any], headers: dict[str, str]) -> int:
    app = Flask(__name__)
    register_error_handlers(app)
    app.register_blueprint(blueprint)
    return app.test_client().post(path, json=body, headers=headers).status_code


def call_slack(defect: Any) -> int:
    dispatcher = SlackDispatcher(directory=defect, team_id="T1")
    bolt: Any = SimpleNamespace()
    headers = {
        "X-Slack-Request-Timestamp": str(int(time.time())),
        "X-Slack-Signature": "v0=" + "0" * 64,
    }
    return post(build_slack_blueprint(bolt, dispatcher), "/slack/events", CLICK, headers)


def call_teams(defect: Any) -> int:
    verifier: Any = SimpleNamespace(check=lambda _header, _activity: None)
    headers = {"Authorization": "Bearer a.b.c"}
    return post(build_teams_blueprint(defect, verifier), "/teams/messages", {"type": "message"}, headers)


def call_receiver(defect: Any) -> int:
    body = json.dumps({"event": {"trigger": "file.updated"}, "payload": {"id": 7}}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_DOCSPACE_SIGNATURE_256": f"sha256={signature}",
        "wsgi.input": SimpleNamespace(read=lambda _size: body),
    }
    receiver = Receiver(defect.receive, [SECRET], receive_async=defect.receive)
    return asyncio.run(receiver.answer_in_loop(environ)).status.value


@pytest.mark.parametrize("error", [ValueError, KeyError, TypeError, AttributeError])
@pytest.mark.parametrize("call", [call_slack, call_teams, call_receiver])
def test_a_defect_behind_a_door_is_a_failure_of_ours_with_its_traceback(
    call: Any, error: type[Exception]
) -> None:
    with capture_logs() as logs:
        status = call(OwnDefect(error))

    [failure] = [each for each in logs if each["log_level"] == "error"]
    assert status in {HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
    assert isinstance(failure["exc_info"], error)
    assert not [each for each in logs if "refused" in each["event"]]


def test_a_defect_in_socket_mode_is_raised_and_refuses_no_envelope() -> None:
    directory: Any = OwnDefect(ValueError)
    bolt: Any = SimpleNamespace()
    handler = EnvelopeHandler(bolt, SlackDispatcher(directory=directory, team_id="T1"))
    with pytest.raises(ValueError, match="our find_locale"):
        handler.handle_envelope(Envelope(id="1", type="interactive", payload=CLICK, accepts_response=False))


def test_a_delivery_of_another_webhook_is_left_out_whatever_its_address_is() -> None:
    bodies = ("{", "[]", '{"webhook": {"url": "https://["}}', '{"webhook": {"url": "https://elsewhere/x"}}')
    attempts = [DeliveryAttempt(id="1", body=body) for body in bodies]
    logs: Any = SimpleNamespace(list_undelivered=lambda *, start: (attempts, len(attempts) + start))

    assert DocSpaceLogs(logs, "https://reviews.example.com").list_undelivered(0).events == []
