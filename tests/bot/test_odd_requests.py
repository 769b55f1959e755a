"""Signed requests of unexpected forms: refused or answered, never an error of our own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.request.internals import parse_body
from structlog.testing import capture_logs

from bot.slack.request_checks import parse_request
from reviews.kinds import ReviewState
from tests.bot.odd import variants
from tests.bot.slack_installation import CHANNEL, DANA
from tests.edge.slack_signing import Spoil

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation


def click() -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": DANA, "team_id": "T0FAKETEAM"},
        "team": {"id": "T0FAKETEAM"},
        "enterprise": None,
        "channel": {"id": CHANNEL},
        "container": {"channel_id": CHANNEL, "message_ts": "1.1"},
        "message": {"ts": "1.1", "blocks": []},
        "trigger_id": "t",
        "response_url": "http://127.0.0.1:9/",
        "actions": [{"action_id": "acknowledge_review", "value": "rev-77.1"}],
    }


def note() -> dict[str, Any]:
    view = {
        "callback_id": "request_changes_note",
        "private_metadata": "rev-77.1",
        "app_installed_team_id": "T0FAKETEAM",
        "state": {"values": {"note": {"text": {"value": "wrong"}}}},
    }
    return {
        "type": "view_submission",
        "user": {"id": DANA, "team_id": "T0FAKETEAM"},
        "team": {"id": "T0FAKETEAM"},
        "view": view,
        "response_urls": [],
    }


OTHERS: list[Any] = [
    [],
    None,
    "text",
    5,
    {},
    {"type": None},
    {"type": {}},
    {"type": "interactive_message", "callback_id": "x"},
    {"type": "interactive_message", "callback_id": "x", "actions": None},
    {"type": "workflow_step_edit", "callback_id": "x"},
    {"type": "message_action", "callback_id": None},
    {"type": "shortcut", "user": 5},
    {"type": "event_callback"},
    {"type": "event_callback", "event": None},
    {"type": "event_callback", "event": {"type": "message", "user": 5}},
    {"type": "event_callback", "event": {"type": "message"}, "authorizations": 5},
    {"type": "event_callback", "event": {"type": "message"}, "is_ext_shared_channel": True},
    {"type": "view_closed", "view": None},
    {"command": {"a": 1}},
    {"command": "/reviews", "text": ["pending"]},
    {"command": "/reviews", "text": None, "team_domain": None},
    {"command": "/reviews", "team": 5},
]


@pytest.mark.parametrize("whole", [click(), note()])
def test_whatever_a_member_is_nothing_of_ours_fails(
    installation: SlackInstallation, caplog: pytest.LogCaptureFixture, whole: dict[str, Any]
) -> None:
    with capture_logs() as logs:
        for payload in variants(whole):
            assert installation.side.interaction(payload).status in {200, 400, 401, 404}, payload
        installation.close()

    assert [entry for entry in logs if entry["event"] == "click_failed"] == []
    assert errors(caplog) == []


@pytest.mark.parametrize("payload", OTHERS)
def test_whatever_is_said_instead_nothing_of_ours_fails(
    installation: SlackInstallation, caplog: pytest.LogCaptureFixture, payload: Any
) -> None:
    unsigned = installation.side.interaction(payload, spoil=Spoil(secret="not-the-secret"))

    assert installation.side.interaction(payload).status in {200, 400, 404}
    assert unsigned.status in {400, 401}
    assert errors(caplog) == []


def test_a_click_that_does_not_say_where_it_was_is_told_that_nothing_is_tracked(
    installation: SlackInstallation,
) -> None:
    card = installation.card()
    button = next(block for block in card["blocks"] if block["type"] == "actions")["elements"][0]
    payload = click() | {"actions": [button], "container": None}
    payload["response_url"] = installation.slack.new_response_url(DANA, CHANNEL)

    installation.side.interaction(payload)

    assert "no longer tracked" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("trigger", [{}, {"trigger_id": None}, {"trigger_id": ["t"]}, {"trigger_id": "junk"}])
def test_a_form_without_a_usable_trigger_is_said_not_to_open(
    installation: SlackInstallation, trigger: dict[str, Any]
) -> None:
    card = installation.card()
    _, button, *_ = next(block for block in card["blocks"] if block["type"] == "actions")["elements"]
    payload = {name: value for name, value in click().items() if name != "trigger_id"}
    payload |= {
        "actions": [button],
        "response_url": installation.slack.new_response_url(DANA, CHANNEL),
        **trigger,
    }

    assert installation.side.interaction(payload).status == 200

    assert "did not open the form" in installation.wait_for_reply(DANA)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"payload=%7B%7D&payload=x", "application/x-www-form-urlencoded"),
        (b"payload=x&payload=%7B%7D", "application/x-www-form-urlencoded"),
        (b'{"a": 1}', "application/x-www-form-urlencoded"),
        (b"a=1", "application/json; charset=utf-8"),
        (b"a=1", "text/json"),
        (b"{", ""),
    ],
)
def test_one_body_is_read_as_bolt_reads_it(body: bytes, kind: str) -> None:
    try:
        expected = parse_body(body.decode(), kind.partition(";")[0])
    except ValueError:
        expected = None

    assert parse_request(body, kind) == expected


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error; Slack's client says so of each call that did not come through."""
    records = [each for each in caplog.records if each.levelno >= logging.ERROR]
    return [each.getMessage() for each in records if not each.name.startswith("slack_sdk")]
