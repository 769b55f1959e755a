"""The fake's Socket Mode refuses what Slack refuses, and says what the app does wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests
from slack_sdk.errors import SlackApiError
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.edge.slack_socket import APP_TOKEN

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from tests.edge.fake_slack import FakeSlack


def open_address(client: WebClient) -> str:
    return str(client.apps_connections_open(app_token=APP_TOKEN)["url"])


def test_a_ticket_is_good_for_one_connection(slack: FakeSlack, client: WebClient) -> None:
    address = open_address(client)
    with connect(address) as connection:
        assert json.loads(connection.recv())["connection_info"] == {"app_id": slack.api_app_id}

    with pytest.raises(InvalidStatus), connect(address):
        pass


def test_a_token_is_taken_in_the_header_alone_and_opens_nothing_else(
    slack: FakeSlack, client: WebClient
) -> None:
    address = f"{slack.api_url}apps.connections.open"
    as_parameter = requests.post(address, data={"token": APP_TOKEN}, timeout=60).json()
    by_get = requests.get(address, headers={"Authorization": f"Bearer {APP_TOKEN}"}, timeout=60).json()
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        client.api_call("auth.test", params={"token": APP_TOKEN})

    assert (as_parameter["ok"], by_get["ok"]) == (False, False)


@pytest.mark.parametrize(
    "acknowledgement",
    ["{}", "junk", '{"envelope_id":"unheard-of"}', '{"envelope_id":"e","payload":{},"x":1}'],
)
def test_what_is_no_acknowledgement_is_a_problem(
    slack: FakeSlack, client: WebClient, acknowledgement: str
) -> None:
    with connect(open_address(client)) as connection:
        connection.recv()
        slack.sockets.send_raw("{}")
        connection.send(acknowledgement)
    slack.sockets.wait_for_links(0)

    assert slack.sockets.problems
    slack.sockets.problems.clear()


def test_a_payload_is_a_problem_where_none_is_accepted(slack: FakeSlack, client: WebClient) -> None:
    slack.sockets.ack_seconds = 0.1
    with connect(open_address(client)) as connection:
        connection.recv()
        slack.sockets.wait_for_links(1)
        slack.sockets.deliver("events_api", {}, accepts_response=False)
        envelope = json.loads(connection.recv())
        connection.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {}}))
    slack.sockets.wait_for_links(0)

    assert slack.sockets.problems
    slack.sockets.problems.clear()


def test_an_event_is_sent_again_and_a_click_is_not(slack: FakeSlack, client: WebClient) -> None:
    slack.sockets.ack_seconds = 0.05
    with connect(open_address(client)) as connection:
        connection.recv()
        slack.sockets.wait_for_links(1)
        slack.sockets.deliver("events_api", {}, accepts_response=False)
        slack.sockets.deliver("interactive", {}, accepts_response=True)

    attempts = [(each["type"], each.get("retry_attempt")) for each in slack.sockets.envelopes]
    events = [("events_api", attempt) for attempt in (None, 1, 2, 3)]
    assert attempts == [*events, ("interactive", None)]
