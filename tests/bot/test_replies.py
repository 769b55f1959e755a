"""Every click gets a visible reply, in Slack's three seconds, by whichever way works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from reviews.kinds import ReviewState
from tests.bot.office import CHANNEL, DANA, DEPUTY_USER, STRANGER

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation

ACKNOWLEDGE = "acknowledge_review"


def click_with(office: SlackInstallation, response_url: Any, user: str = STRANGER) -> dict[str, Any]:
    """Click with this for a response_url; return the private reply."""
    card = office.card()
    button = next(block for block in card["blocks"] if block["type"] == "actions")["elements"][0]
    payload = {
        "type": "block_actions",
        "user": {"id": user, "team_id": office.slack.team_id},
        "team": {"id": office.slack.team_id},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": card["ts"]},
        "actions": [{"action_id": ACKNOWLEDGE, "value": button["value"]}],
    }
    if response_url is not None:
        payload["response_url"] = response_url
    assert office.side.interaction(payload).status == 200
    [reply] = office.slack.wait_for(lambda: office.slack.private_replies(user))
    return dict(reply)


@pytest.mark.parametrize("mode", ["500_before", "drop_before", "429", "used_url", "invalid_blocks"])
def test_a_reply_that_its_own_address_does_not_take_comes_another_way(
    office: SlackInstallation, mode: str
) -> None:
    card = office.card()
    office.slack.fail("response_url", mode)

    office.side.click(STRANGER, card, ACKNOWLEDGE)

    assert "Only the owners" in office.wait_for_reply(STRANGER)
    assert office.slack.private_replies(STRANGER)[0]["via"] == "chat.postEphemeral"


@pytest.mark.parametrize(
    "address", ["", None, 5, "nonsense", "http://", "ftp://x.example", "http://127.0.0.1:9"]
)
def test_a_click_without_a_usable_address_is_answered_too(office: SlackInstallation, address: Any) -> None:
    assert click_with(office, address)["via"] == "chat.postEphemeral"


def test_an_address_that_is_unknown_or_used_up_is_not_taken_for_a_reply(office: SlackInstallation) -> None:
    assert click_with(office, f"{office.slack.root}/response/R0")["via"] == "chat.postEphemeral"


def test_a_reply_that_no_way_takes_is_in_the_log(office: SlackInstallation) -> None:
    card = office.card()
    office.slack.fail("response_url", "500_before")
    office.slack.fail("chat.postEphemeral", "user_not_in_channel")

    with capture_logs() as logs:
        answer = office.side.click(STRANGER, card, ACKNOWLEDGE)
        office.slack.wait_for(lambda: office.slack.calls("chat.postEphemeral"))
        office.close()

    assert answer.status == 200
    failed = [
        (entry["way"], entry["log_level"]) for entry in logs if entry["event"] == "private_reply_not_sent"
    ]
    assert failed == [("response_url", "warning"), ("chat.postEphemeral", "error")]
    assert "user_not_in_channel" in str(logs)


def test_a_slack_that_does_not_say_who_it_is_is_not_waited_for(office: SlackInstallation) -> None:
    card = office.card()
    office.slack.hang_seconds = 30
    office.slack.fail("users.info", "hang")
    office.settles = False

    answer = office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    office.slack.let_go()

    assert answer.status == 200, "after three seconds Bolt answers 404 for a click that was not taken"
    assert "please click again" in office.wait_for_reply(DEPUTY_USER)
    assert office.review().state is ReviewState.OPEN


def test_someone_who_was_mentioned_is_known_when_they_click(office: SlackInstallation) -> None:
    card = office.card()
    before = office.slack.calls("users.info")

    office.side.click(DANA, card, ACKNOWLEDGE)

    assert office.review().state is ReviewState.ACKNOWLEDGED
    assert office.slack.calls("users.info") == before


@pytest.mark.parametrize("user", [None, [], "U1", 7, {}])
def test_a_person_whom_slack_does_not_describe_is_asked_to_click_again(
    office: SlackInstallation, user: Any
) -> None:
    card = office.card()
    office.slack.answer("users.info", {"ok": True, "user": user})

    office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    reply = office.wait_for_reply(DEPUTY_USER)
    office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert "please click again" in reply
    assert office.review().state is ReviewState.ACKNOWLEDGED
