"""The Slack side against a real Bolt app behind Flask: signed requests, and the refused twin of each."""

import pytest

from tests.edge.fake_slack import FakeSlack
from tests.edge.sample_app import SECRET, ListenerCalls, flask_app
from tests.edge.sample_card import Json, button, mrkdwn, plain
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.edge.slack_signing import Spoil
from tests.edge.slack_state import Refused


@pytest.fixture
def heard() -> ListenerCalls:
    return ListenerCalls()


@pytest.fixture
def side(slack: FakeSlack, heard: ListenerCalls) -> SlackSide:
    return SlackSide(slack, SECRET, through_flask(flask_app(slack, heard).test_client()))


def test_a_click_carries_what_slack_says_about_it(side: SlackSide, card: Json, heard: ListenerCalls) -> None:
    answer = side.click("U1", card, "acknowledge")

    side.slack.wait_for(lambda: side.slack.private_replies("U1"))
    body = heard.bodies[0]
    assert answer.status == 200
    assert body["user"]["id"] == "U1"
    assert body["team"]["id"] == side.slack.team_id
    assert body["container"]["message_ts"] == body["message"]["ts"] == card["ts"]
    assert body["channel"] == {"id": "C1", "name": "compliance"}
    assert {n: body["actions"][0][n] for n in ("type", "action_id", "block_id", "value")} == {
        "type": "button",
        "action_id": "acknowledge",
        "block_id": "answers",
        "value": "r-1",
    }


def test_the_answer_to_a_click_is_private_to_the_clicker(side: SlackSide, card: Json) -> None:
    side.click("U1", card, "acknowledge")

    [reply] = side.slack.wait_for(lambda: side.slack.private_replies("U1"))
    assert (reply["text"], reply["via"]) == ("Recorded.", "response_url")
    assert side.slack.private_replies("U2") == []


def test_a_button_that_is_not_there_or_hidden_cannot_be_clicked(side: SlackSide, card: Json) -> None:
    hidden = button("secret", "Go", visible_to_user_ids=["U2"])

    with pytest.raises(LookupError):
        side.click("U1", card, "withdraw")
    with pytest.raises(LookupError):
        side.click("U1", card | {"blocks": [{"type": "actions", "elements": [hidden]}]}, "secret")


def test_a_choice_in_a_menu_carries_the_option(side: SlackSide, card: Json, heard: ListenerCalls) -> None:
    chosen = {"text": plain("One day"), "value": "1d"}
    menu = {"type": "overflow", "action_id": "menu", "options": [chosen]}
    message = card | {"blocks": [{"type": "section", "text": mrkdwn("x"), "accessory": menu}]}

    side.click("U1", message, "menu", option="1d")

    assert heard.bodies[0]["actions"][0]["selected_option"] == chosen
    with pytest.raises(LookupError):
        side.click("U1", message, "menu", option="9d")


@pytest.fixture
def modal(side: SlackSide, card: Json) -> Json:
    side.click("U1", card, "request_changes")
    return side.slack.wait_for(lambda: side.slack.modals("U1"))[0]


def test_a_modal_opened_by_a_click_closes_when_accepted(
    side: SlackSide, modal: Json, heard: ListenerCalls
) -> None:
    answer = side.submit_view("U1", modal, {"note": {"text": "The date is wrong"}})

    view = heard.bodies[-1]["view"]
    assert answer.status == 200
    assert view["private_metadata"] == "r-1"
    assert view["state"]["values"] == {
        "note": {"text": {"type": "plain_text_input", "value": "The date is wrong"}}
    }
    assert side.slack.modals("U1") == []


def test_a_modal_stays_open_with_errors_or_turns_into_another(side: SlackSide, modal: Json) -> None:
    answer = side.submit_view("U1", modal, {"note": {"text": ""}})
    assert answer.json()["response_action"] == "errors"
    assert side.slack.modals("U1") == [modal | {"user_id": "U1"}]

    side.submit_view("U1", modal, {"note": {"text": "wait"}})
    assert side.slack.modals("U1")[0]["title"]["text"] == "Wait"


def test_a_commands_answer_is_a_private_reply(side: SlackSide, heard: ListenerCalls) -> None:
    side.slash("U1", "/reviews", "help", "C1")
    side.slash("U1", "/reviews", "mine", "C1")

    assert heard.bodies[0]["channel_name"] == "compliance"
    replies = side.slack.private_replies("U1")
    assert [each["text"] for each in replies] == ["Nothing to review", "Nothing to review"]
    assert [len(each["blocks"]) for each in replies] == [0, 1]


def test_a_commands_answer_is_checked_too(side: SlackSide) -> None:
    with pytest.raises(Refused, match="invalid_blocks"):
        side.slash("U1", "/reviews", "bad", "C1")


def test_the_home_tab_the_menu_and_view_clicks_arrive(
    side: SlackSide, card: Json, heard: ListenerCalls
) -> None:
    side.open_home("U1")
    home = side.slack.wait_for(lambda: side.slack.home("U1"))
    assert home

    statuses = [
        side.shortcut("U1", card, "acknowledge").status,
        side.click_in_view("U1", home, "refresh").status,
    ]

    assert statuses == [200, 200]
    assert [each["type"] for each in heard.bodies] == ["message_action", "block_actions"]
    assert heard.bodies[1]["container"] == {"type": "view", "view_id": home["id"]}


def test_the_challenge_comes_back(side: SlackSide) -> None:
    assert side.url_verification("abc").json() == {"challenge": "abc"}


SPOILT = {
    "another secret": Spoil(secret="not-the-secret"),
    "one byte changed": Spoil(flip_byte=True),
    "an old timestamp": Spoil(age=301),
    "a timestamp to come": Spoil(age=-400),
    "a junk signature": Spoil(signature="v0=junk"),
    "no signature": Spoil(without=("X-Slack-Signature",)),
    "no timestamp": Spoil(without=("X-Slack-Request-Timestamp",)),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_request_is_refused_and_its_honest_twin_taken(
    side: SlackSide, card: Json, heard: ListenerCalls, spoil: Spoil
) -> None:
    assert side.click("U1", card, "acknowledge", spoil=spoil).status == 401
    assert side.slash("U1", "/reviews", "", "C1", spoil=spoil).status == 401
    assert side.url_verification(spoil=spoil).status == 401
    assert heard.bodies == []

    assert side.slash("U1", "/reviews", "", "C1").status == 200
