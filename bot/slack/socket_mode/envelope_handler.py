"""A request in an envelope: given to Bolt as one by HTTP is, and acknowledged if Bolt's answer is 200."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.request_checks import RequestRefused

if TYPE_CHECKING:
    from slack_bolt import App, BoltResponse

    from bot.slack.dispatcher import SlackDispatcher
    from bot.slack.socket_mode.messages import Envelope

log = structlog.get_logger()


class EnvelopeHandler:
    """Handles envelopes of any connection; safe to use from several threads."""

    def __init__(self, bolt: App, dispatcher: SlackDispatcher) -> None:
        self._bolt, self._dispatcher = bolt, dispatcher

    def handle_envelope(self, envelope: Envelope) -> str | None:
        """Return the acknowledgement, as it is sent; `None` if there is none.

        Without an acknowledgement Slack sends an event again, and shows a person that their click failed: the
        same as after a response by HTTP that is not a success, as while the database is out.
        """
        request = SocketModeRequest(
            type=envelope.type,
            envelope_id=envelope.id,
            payload=dict(envelope.payload),
            accepts_response_payload=envelope.accepts_response,
            retry_attempt=envelope.retry_attempt,
            retry_reason=envelope.retry_reason,
        )
        try:
            response = self._dispatcher.dispatch_request(
                envelope.payload,
                lambda: run_bolt_app(self._bolt, request),
            )
        except RequestRefused as refusal:
            log.info("slack_request_refused", status=refusal.status.value, reason=refusal.sentence)
            return None
        if response.status != HTTPStatus.OK:
            log.info("slack_request_not_acknowledged", status=response.status)
            return None
        return _write_acknowledgement(envelope, response)

    def shut_down(self) -> None:
        """Wait for the listeners that still run after their answer."""
        self._bolt.listener_runner.listener_executor.shutdown()


def _write_acknowledgement(envelope: Envelope, response: BoltResponse) -> str:
    acknowledgement: dict[str, Any] = {"envelope_id": envelope.id}
    if envelope.accepts_response and response.body:
        is_json = response.first_headers().get("content-type", "").startswith("application/json")
        acknowledgement["payload"] = json.loads(response.body) if is_json else {"text": response.body}
    return json.dumps(acknowledgement)
