"""What a click brings as its address is called only where Slack is, and no further."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.slack.response_urls import is_slack_address, send
from reviews.errors import RemoteError
from tests.edge.http_sink import HttpSink

if TYPE_CHECKING:
    from tests.edge.fake_slack import FakeSlack

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("address", "api_url"),
    [
        ("https://hooks.slack.com/actions/T1/2/x", API),
        ("https://hooks.slack.com:443/commands/T1/2/x", API),
        ("https://hooks.slack-gov.com/app/T1/2/x", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:9000/response/R1", "http://127.0.0.1:9000/api/"),
    ],
)
def test_slacks_hosts_and_a_stand_in_for_them_are_called(address: str, api_url: str) -> None:
    assert is_slack_address(address, api_url)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example\\@hooks.slack.com/x",
        "https://slack.com.evil.example/api/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "//hooks.slack.com/x",
        "https://[::1/x",
        "https://hooks.slack.com:port/x",
        "https://hooks.slack.com/\r\nHost: evil",
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert not is_slack_address(address, API)
    with pytest.raises(RemoteError, match="response_url"):
        send(address, {"text": "x"}, api_url=API)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with HttpSink() as elsewhere, HttpSink(status, {"Location": f"http://{elsewhere.place}/x"}) as stand_in:
        address = f"http://{stand_in.place}/response/R1"
        with pytest.raises(RemoteError, match=str(status)):
            send(address, {"text": "x"}, api_url=f"http://{stand_in.place}/api/")

    assert len(stand_in.sent) == 1
    assert elsewhere.sent == []


def test_a_click_of_a_stand_in_is_answered(slack: FakeSlack) -> None:
    slack.add_channel("C1", "compliance")
    send(slack.new_response_url("U1", "C1"), {"text": "Recorded."}, api_url=slack.api_url)

    assert [reply["text"] for reply in slack.private_replies("U1")] == ["Recorded."]
