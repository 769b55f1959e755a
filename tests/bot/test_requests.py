"""Slack's requests: each that is taken has a twin that is refused and changes nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from bot.slack.app import build_bolt
from bot.slack.request_checks import MAX_BODY_BYTES
from notifiers.slack import make_client
from reviews.kinds import ReviewState
from tests.bot.chat_parts import make_home, make_use_cases
from tests.bot.slack_installation import DANA
from tests.edge.slack_signing import SPOILT, Spoil
from tests.edge.unreadable import NEVER_COMES
from tests.notifiers.books import make_directory

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation


def test_each_request_is_taken_as_it_is_and_refused_when_it_is_spoilt(
    installation: SlackInstallation,
) -> None:
    card = installation.card()

    for name, spoil in SPOILT.items():
        statuses = [
            installation.side.click(DANA, card, "acknowledge_review", spoil=spoil).status,
            installation.side.click(DANA, card, "request_changes", spoil=spoil).status,
            installation.side.slash(DANA, "/reviews", "pending", "C1", spoil=spoil).status,
        ]
        assert set(statuses) <= {400, 401}, name
    assert installation.review().state is ReviewState.OPEN
    assert installation.slack.modals(DANA) == []

    assert installation.side.slash(DANA, "/reviews", "pending", "C1").status == 200
    assert installation.side.click(DANA, card, "request_changes").status == 200
    assert installation.side.click(DANA, card, "acknowledge_review").status == 200
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_the_challenge_comes_back_only_when_it_is_signed(installation: SlackInstallation) -> None:
    assert installation.side.url_verification("abc").json() == {"challenge": "abc"}
    assert installation.side.url_verification(spoil=Spoil(secret="x")).status == 401


def test_a_body_that_is_too_large_or_no_text_is_refused(installation: SlackInstallation) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=" + "a" * 64}

    def status(body: bytes) -> int:
        return installation.client.post("/slack/events", data=body, headers=headers).status_code

    assert status(b"x" * (MAX_BODY_BYTES + 1)) == 413
    assert status(b"\xff\xfe") == 400
    assert status(b"payload={") == 400
    assert installation.client.get("/slack/events").status_code == 405


@pytest.mark.parametrize(
    ("age", "signature"), [(0, "v0=junk"), (310, "v0=" + "a" * 64), (-310, "v0=" + "a" * 64)]
)
def test_a_body_whose_headers_decide_is_not_read(
    installation: SlackInstallation, age: int, signature: str
) -> None:
    timestamp = str(int(time.time()) - age)
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}

    answer = installation.client.post("/slack/events", headers=headers, environ_overrides=NEVER_COMES)

    assert answer.status_code == 401


@pytest.mark.parametrize("body", [{}, {"type": None}, {"type": {}}, {"type": 5}, {"type": ""}, {"text": "x"}])
def test_a_signed_body_that_does_not_say_what_it_is_is_a_bad_request(
    installation: SlackInstallation, body: Any
) -> None:
    assert installation.side.interaction(body).status == 400
    assert installation.side.interaction(body, spoil=Spoil(secret="not-the-secret")).status in {400, 401}


def test_the_door_is_not_built_without_a_secret(installation: SlackInstallation) -> None:
    web = make_client("xoxb-x", installation.slack.api_url)
    use_cases = make_use_cases(installation.desk.answers, installation.commands, make_directory())

    with pytest.raises(ValueError, match="SLACK_SIGNING_SECRET"):
        build_bolt(
            client=web,
            signing_secret="",
            command_name="/reviews",
            use_cases=use_cases,
            home=make_home(web, use_cases),
        )
