"""Envelopes with odd payloads: each is acknowledged or not, and nothing of ours fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.slack.socket_mode.envelope_handler import EnvelopeHandler
from bot.slack.socket_mode.messages import REQUEST_TYPES, Envelope, parse_message
from tests.bot.slack_installation import DANA
from tests.fuzz.values import anything, bend_payload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bot.slack_installation import SlackInstallation
    from tests.edge.slack_send import AppAnswer

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
ODD = settings(
    derandomize=True, max_examples=150, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    deadline=None,
)  # fmt: skip


def record_payloads(installation: SlackInstallation) -> list[Any]:
    """Return the payloads of a click and of an event, as they are sent."""
    bodies: list[bytes] = []
    send = installation.side.send

    def record(path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer:
        bodies.append(body)
        return send(path, body, headers)

    installation.side.send = record
    installation.side.click(DANA, installation.card(), "acknowledge_review")
    installation.side.open_home(DANA)
    click, event = bodies
    return [json.loads(parse_qs(click.decode())["payload"][0]), json.loads(event)]


def test_odd_payloads_end_in_an_acknowledgement_or_none(installation: SlackInstallation) -> None:
    handler = EnvelopeHandler(installation.bolt, installation.dispatcher)
    payloads = st.one_of(*(bend_payload(whole) for whole in record_payloads(installation)), anything)

    @ODD
    @given(kind=st.sampled_from(sorted(REQUEST_TYPES)), payload=payloads, accepts=st.booleans())
    def holds(kind: str, payload: Any, *, accepts: bool) -> None:
        message = {"type": kind, "envelope_id": "e", "payload": payload, "accepts_response_payload": accepts}
        envelope = parse_message(json.dumps(message))
        if not isinstance(envelope, Envelope):
            return
        acknowledgement = handler.handle_envelope(envelope)
        if acknowledgement is not None:
            content = json.loads(acknowledgement)
            assert content["envelope_id"] == "e"
            assert accepts or "payload" not in content

    with capture_logs() as logs:
        holds()

    assert not [line for line in logs if line["log_level"] in {"error", "critical"}]


@given(text=st.one_of(st.text(), st.binary(), anything.map(lambda value: json.dumps(value, default=str))))
@ODD
def test_whatever_comes_is_a_message_or_none(text: str | bytes) -> None:
    parse_message(text)
