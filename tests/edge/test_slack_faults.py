"""Every scripted fault as the real client sees it, and what was stored (facts on Slack, 1.2)."""

import socket
import time
from http.client import RemoteDisconnected

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import FixedValueRetryIntervalCalculator, default_retry_handlers

from tests.edge.fake_slack import FakeSlack


def post(client: WebClient) -> None:
    client.chat_postMessage(channel="C1", text="x")


@pytest.mark.parametrize(("mode", "stored"), [("500_before", 0), ("500_after", 1)])
def test_a_server_error_comes_before_or_after_storing(
    slack: FakeSlack, client: WebClient, mode: str, stored: int
) -> None:
    slack.fail("chat.postMessage", mode)

    with pytest.raises(SlackApiError) as caught:
        post(client)

    assert caught.value.response.status_code == 500
    assert len(slack.messages("C1")) == stored


@pytest.mark.parametrize(("mode", "stored"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_comes_before_or_after_storing(
    slack: FakeSlack, client: WebClient, mode: str, stored: int
) -> None:
    slack.fail("chat.postMessage", mode)

    with pytest.raises(RemoteDisconnected):
        post(client)

    assert len(slack.messages("C1")) == stored


@pytest.mark.parametrize(("mode", "stored"), [("hang", 0), ("hang_after", 1)])
def test_a_hanging_answer_runs_into_the_clients_timeout(mode: str, stored: int) -> None:
    started = time.monotonic()
    with FakeSlack(hang_seconds=600) as slack:
        slack.add_channel("C1")
        client = WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=[], timeout=1)
        client.timeout = 0.1  # type: ignore[assignment]
        slack.fail("chat.postMessage", mode)

        with pytest.raises(TimeoutError):
            post(client)

        slack.wait_for(lambda: slack.calls("chat.postMessage") and len(slack.messages("C1")) == stored)
    assert time.monotonic() - started < 600, "leaving does not wait for those that hang"


def test_who_gets_signs_of_life_is_kept_waiting(slack: FakeSlack) -> None:
    slack.hang_seconds = 600
    slack.fail("chat.postMessage", "hang_alive")

    with socket.create_connection(("127.0.0.1", int(slack.root.rpartition(":")[2])), 60) as connection:
        connection.sendall(b"POST /api/chat.postMessage HTTP/1.1\r\n\r\n")
        with connection.makefile("rb") as reader:
            lines = [reader.readline() for _ in range(4)]

    assert lines == [b"HTTP/1.1 100 Continue\r\n", b"\r\n"] * 2


def test_a_hang_ends_in_a_dropped_connection(client: WebClient, slack: FakeSlack) -> None:
    slack.hang_seconds = 0.01
    slack.fail("chat.postMessage", "hang")

    with pytest.raises(RemoteDisconnected):
        post(client)


def test_the_rate_limit_names_the_seconds_to_wait(slack: FakeSlack, client: WebClient) -> None:
    slack.fail("chat.postMessage", "429", retry_after=7)

    with pytest.raises(SlackApiError) as caught:
        post(client)

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert slack.messages("C1") == []


@pytest.mark.parametrize("name", ["fatal_error", "token_revoked", "channel_not_found"])
def test_any_error_name_can_be_the_answer(slack: FakeSlack, client: WebClient, name: str) -> None:
    slack.fail("chat.postMessage", name)

    with pytest.raises(SlackApiError) as caught:
        post(client)

    assert caught.value.response.status_code == 200
    assert caught.value.response["error"] == name


def test_a_fault_strikes_so_many_times_and_only_its_method(slack: FakeSlack, client: WebClient) -> None:
    slack.fail("chat.postMessage", "fatal_error", times=2)

    client.auth_test()
    for _ in range(2):
        with pytest.raises(SlackApiError):
            post(client)
    post(client)

    assert len(slack.messages("C1")) == 1
    assert len(slack.calls("chat.postMessage")) == 3


def test_a_fault_of_one_channel_leaves_the_others_alone(slack: FakeSlack, client: WebClient) -> None:
    slack.add_channel("C2")
    slack.fail("chat.postMessage", "500_after", channel="C2")
    slack.fail("chat.postMessage", "fatal_error", channel="C2")

    post(client)
    waiting = [(fault.mode, fault.channel) for fault in slack.faults()]
    for _ in range(2):
        with pytest.raises(SlackApiError):
            client.chat_postMessage(channel="C2", text="x")

    assert waiting == [("500_after", "C2"), ("fatal_error", "C2")]
    assert slack.faults() == []
    assert (len(slack.messages("C1")), len(slack.messages("C2"))) == (1, 1)


def test_faults_not_yet_used_can_be_taken_back(slack: FakeSlack, client: WebClient) -> None:
    slack.fail("chat.postMessage", "fatal_error", times=9)
    slack.heal()

    post(client)

    assert len(slack.messages("C1")) == 1


def test_a_misspelt_mode_is_refused(slack: FakeSlack) -> None:
    with pytest.raises(ValueError, match="drop_later"):
        slack.fail("chat.postMessage", "drop_later")


def test_the_clients_own_retry_posts_twice_when_the_answer_was_lost(slack: FakeSlack) -> None:
    slack.fail("chat.postMessage", "drop_after")

    handlers = default_retry_handlers()
    handlers[0].interval_calculator = FixedValueRetryIntervalCalculator(0.01)

    post(WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=handlers))

    assert len(slack.messages("C1")) == 2
