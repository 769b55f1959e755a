"""Every click gets a visible reply, in Slack's three seconds, by whichever way works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from reviews.kinds import ReviewState
from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER, STRANGER

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation

ACKNOWLEDGE = "acknowledge_review"


def click_with(installation: SlackInstallation, response_url: Any, user: str = STRANGER) -> dict[str, Any]:
    """Click with this for a response_url; return the private reply."""
    card = installation.card()
    button = next(block for block in card["blocks"] if block["type"] == "actions")["elements"][0]
    payload = {
        "type": "block_actions",
        "user": {"id": user, "team_id": installation.slack.team_id},
        "team": {"id": installation.slack.team_id},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": card["ts"]},
        "actions": [{"action_id": ACKNOWLEDGE, "value": button["value"]}],
    }
    if response_url is not None:
        payload["response_url"] = response_url
    assert installation.side.interaction(payload).status == 200
    [reply] = installation.slack.wait_for(lambda: installation.slack.private_replies(user))
    return dict(reply)


@pytest.mark.parametrize("mode", ["500_before", "drop_before", "429", "used_url", "invalid_blocks"])
def test_a_reply_that_its_own_address_does_not_take_comes_another_way(
    installation: SlackInstallation, mode: str
) -> None:
    card = installation.card()
    installation.slack.fail("response_url", mode)

    installation.side.click(STRANGER, card, ACKNOWLEDGE)

    assert "Only the owners" in installation.wait_for_reply(STRANGER)
    assert installation.slack.private_replies(STRANGER)[0]["via"] == "chat.postEphemeral"


@pytest.mark.parametrize(
    "address", ["", None, 5, "nonsense", "http://", "ftp://x.example", "http://127.0.0.1:9"]
)
def test_a_click_without_a_usable_address_is_answered_too(
    installation: SlackInstallation, address: Any
) -> None:
    assert click_with(installation, address)["via"] == "chat.postEphemeral"


def test_an_address_that_is_unknown_or_used_up_is_not_taken_for_a_reply(
    installation: SlackInstallation,
) -> None:
    assert click_with(installation, f"{installation.slack.root}/response/R0")["via"] == "chat.postEphemeral"


def test_a_reply_that_no_way_takes_is_in_the_log(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.slack.fail("response_url", "500_before")
    installation.slack.fail("chat.postEphemeral", "user_not_in_channel")

    with capture_logs() as logs:
        answer = installation.side.click(STRANGER, card, ACKNOWLEDGE)
        installation.slack.wait_for(lambda: installation.slack.calls("chat.postEphemeral"))
        installation.close()

    assert answer.status == 200
    failed = [
        (entry["way"], entry["log_level"]) for entry in logs if entry["event"] == "private_reply_not_sent"
    ]
    assert failed == [("response_url", "warning"), ("chat.postEphemeral", "error")]
    assert "user_not_in_channel" in str(logs)


def test_a_slack_that_does_not_say_who_it_is_is_not_waited_for(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.slack.hang_seconds = 30
    installation.slack.fail("users.info", "hang")
    installation.settles = False

    answer = installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    installation.slack.let_go()

    assert answer.status == 200, "after three seconds Bolt answers 404 for a click that was not taken"
    assert "please click again" in installation.wait_for_reply(DEPUTY_USER)
    assert installation.review().state is ReviewState.OPEN


def test_someone_who_was_mentioned_is_known_when_they_click(installation: SlackInstallation) -> None:
    card = installation.card()
    before = installation.slack.calls("users.info")

    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert installation.slack.calls("users.info") == before


@pytest.mark.parametrize("user", [None, [], "U1", 7, {}])
def test_a_person_whom_slack_does_not_describe_is_asked_to_click_again(
    installation: SlackInstallation, user: Any
) -> None:
    card = installation.card()
    installation.slack.answer("users.info", {"ok": True, "user": user})

    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    reply = installation.wait_for_reply(DEPUTY_USER)
    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert "please click again" in reply
    assert installation.review().state is ReviewState.ACKNOWLEDGED
