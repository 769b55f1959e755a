"""The fake through the real slack_sdk client: each method, and what Slack refuses."""

import threading
from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from tests.edge.fake_slack import FakeSlack
from tests.edge.sample_card import plain, review_card
from tests.edge.slack_errors import error_of
from tests.reviews.samples import Clock


def test_a_posted_card_is_kept_as_it_was_sent(slack: FakeSlack, client: WebClient) -> None:
    answer = client.chat_postMessage(channel="C1", **review_card())

    [stored] = slack.messages("C1")
    assert stored["ts"] == answer["ts"]
    assert {name: stored[name] for name in ("text", "blocks", "metadata")} == review_card()
    assert slack.calls("chat.postMessage")[0].args["channel"] == "C1"


def test_form_bodies_with_json_strings_are_read_like_json(slack: FakeSlack) -> None:
    form = {"channel": "C1", "text": "x", "blocks": '[{"type":"divider"}]'}
    headers = {"Authorization": f"Bearer {slack.token}"}

    answer = requests.post(slack.api_url + "chat.postMessage", data=form, headers=headers, timeout=60)

    assert answer.json()["ok"]
    assert slack.messages("C1")[0]["blocks"] == [{"type": "divider"}]


def test_a_person_id_as_channel_means_the_direct_messages(slack: FakeSlack, client: WebClient) -> None:
    answer = client.chat_postMessage(channel="U1", text="A reminder.")

    assert answer["channel"] == client.conversations_open(users="U1")["channel"]["id"] == "D1"
    assert [each["text"] for each in slack.messages("U1")] == ["A reminder."]


def test_a_bad_card_is_refused_with_the_place_and_not_kept(slack: FakeSlack, client: WebClient) -> None:
    blocks = [{"type": "header", "text": plain("x" * 151)}]

    error = error_of(lambda: client.chat_postMessage(channel="C1", text="x", blocks=blocks))

    assert error.response["error"] == "invalid_blocks"
    assert error.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert slack.messages("C1") == []


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"blocks": []}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "x", "blocks": "[oops"}, "invalid_blocks_format"),
        ({"text": "x", "thread_ts": "1.000000"}, "message_not_found"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
def test_what_is_wrong_with_a_message_has_its_own_name(client: WebClient, content: Any, error: str) -> None:
    assert error_of(lambda: client.chat_postMessage(channel="C1", **content)).response["error"] == error


def test_channels_that_cannot_be_written_to_say_why(slack: FakeSlack, client: WebClient) -> None:
    slack.add_channel("C2", archived=True)
    slack.add_channel("C3", bot_is_member=False)
    slack.add_channel("C4", private=True, bot_is_member=False)

    answers = {
        each: error_of(lambda each=each: client.chat_postMessage(channel=each, text="x")).response["error"]  # type: ignore[misc]
        for each in ("C2", "C3", "C4", "C5")
    }

    assert answers == {
        "C2": "is_archived",
        "C3": "not_in_channel",
        "C4": "channel_not_found",
        "C5": "channel_not_found",
    }


def test_an_edit_replaces_text_and_blocks_and_keeps_the_metadata(slack: FakeSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1", **review_card())["ts"]

    client.chat_update(channel="C1", ts=ts, text="Reviewed by Dana", blocks=[{"type": "divider"}])

    [stored] = slack.messages("C1")
    assert (stored["text"], stored["blocks"]) == ("Reviewed by Dana", [{"type": "divider"}])
    assert stored["metadata"] == review_card()["metadata"]
    assert stored["edited"]["user"] == slack.bot_user_id


def test_an_edit_of_an_unknown_message_is_refused(client: WebClient) -> None:
    error = error_of(lambda: client.chat_update(channel="C1", ts="1.000001", text="x"))

    assert error.response["error"] == "message_not_found"


def test_an_ephemeral_message_reaches_one_person_only(slack: FakeSlack, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C1", user="U1", text="Already reviewed.")

    assert [each["text"] for each in slack.private_replies("U1")] == ["Already reviewed."]
    assert slack.private_replies("U2") == slack.messages("C1") == []


def test_an_ephemeral_message_needs_the_person_in_the_channel(slack: FakeSlack, client: WebClient) -> None:
    slack.add_channel("C2", members=["U2"])

    error = error_of(lambda: client.chat_postEphemeral(channel="C2", user="U1", text="x"))

    assert error.response["error"] == "user_not_in_channel"


def test_history_is_newest_first_within_the_times_asked_for(slack: FakeSlack, client: WebClient) -> None:
    first, second, third = (client.chat_postMessage(channel="C1", text=str(n))["ts"] for n in range(3))
    client.chat_postMessage(channel="C1", text="reply", thread_ts=third)

    def texts(**asked: Any) -> list[str]:
        return [each["text"] for each in client.conversations_history(channel="C1", **asked)["messages"]]

    assert texts() == ["2", "1", "0"]
    assert texts(limit=1) == ["2"]
    assert texts(oldest=first, latest=third) == ["1"]
    assert texts(oldest=second, inclusive=True) == ["2", "1"]
    assert len(slack.messages("C1")) == 4


def test_history_shows_metadata_only_when_asked(client: WebClient) -> None:
    client.chat_postMessage(channel="C1", **review_card())

    plainly = client.conversations_history(channel="C1")["messages"][0]
    fully = client.conversations_history(channel="C1", include_all_metadata=True)["messages"][0]

    assert "metadata" not in plainly
    assert fully["metadata"]["event_payload"] == {"review_id": "r-1"}


def test_people_and_channels_can_be_looked_up(slack: FakeSlack, client: WebClient) -> None:
    slack.add_person("U3", "Gone", "gone@company.com", deleted=True)

    assert client.users_lookupByEmail(email="DANA@company.com")["user"]["id"] == "U1"
    assert client.users_info(user="U1")["user"]["profile"]["email"] == "dana@company.com"
    assert client.users_info(user="U3")["user"]["deleted"]
    assert client.conversations_info(channel="C1")["channel"]["name"] == "compliance"
    for email in ("gone@company.com", "nobody@company.com"):
        error = error_of(lambda email=email: client.users_lookupByEmail(email=email))  # type: ignore[misc]
        assert error.response["error"] == "users_not_found"
    assert error_of(lambda: client.users_info(user="U9")).response["error"] == "user_not_found"


def test_a_permalink_names_channel_and_message(client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1", text="x")["ts"]

    link = client.chat_getPermalink(channel="C1", message_ts=ts)["permalink"]

    assert link == f"https://fake.slack.com/archives/C1/p{ts.replace('.', '')}"


def test_only_the_right_token_is_let_in(slack: FakeSlack, client: WebClient) -> None:
    assert client.auth_test()["team_id"] == slack.team_id
    stranger = WebClient(token="xoxb-other", base_url=slack.api_url, retry_handlers=[])
    unauthenticated = WebClient(base_url=slack.api_url, retry_handlers=[])

    assert error_of(stranger.auth_test).response["error"] == "invalid_auth"
    assert error_of(unauthenticated.auth_test).response["error"] == "not_authed"


def test_a_missing_scope_is_named(slack: FakeSlack, client: WebClient) -> None:
    slack.add_channel("C2", private=True)
    slack.scopes -= {"users:read.email", "groups:history"}

    lookup = error_of(lambda: client.users_lookupByEmail(email="dana@company.com")).response
    history = error_of(lambda: client.conversations_history(channel="C2")).response

    assert (lookup["error"], lookup["needed"]) == ("missing_scope", "users:read.email")
    assert history["needed"] == "groups:history"
    assert "chat:write" in history["provided"]
    assert "email" not in client.users_info(user="U1")["user"]["profile"]


def test_an_unknown_method_and_a_missing_argument_are_refused(client: WebClient) -> None:
    assert error_of(lambda: client.api_call("chat.shout")).response["error"] == "unknown_method"
    missing = error_of(lambda: client.api_call("chat.update", json={"channel": "C1"}))
    assert missing.response["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]


def test_one_post_a_second_and_channel_after_the_burst() -> None:
    clock = Clock()
    with FakeSlack(rate_limit=True, burst=2, clock=clock.seconds) as slack:
        slack.add_channel("C1")
        slack.add_channel("C2")
        client = WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=[])
        client.chat_postMessage(channel="C1", text="1")
        client.chat_postMessage(channel="C1", text="2")

        limited = error_of(lambda: client.chat_postMessage(channel="C1", text="3"))
        client.chat_postMessage(channel="C2", text="elsewhere")
        clock.advance(seconds=1)
        client.chat_postMessage(channel="C1", text="4")

        assert limited.response.status_code == 429
        assert limited.response["error"] == "ratelimited"
        assert limited.response.headers["Retry-After"] == "1"
        assert [each["text"] for each in slack.messages("C1")] == ["1", "2", "4"]


def test_waiting_ends_as_soon_as_the_message_is_there(slack: FakeSlack, client: WebClient) -> None:
    poster = threading.Timer(0.05, lambda: client.chat_postMessage(channel="C1", text="here"))
    poster.start()

    messages = slack.wait_for(lambda: slack.messages("C1"), timeout=60)

    poster.join()
    assert messages[0]["text"] == "here"


def test_so_many_private_replies_are_waited_for(slack: FakeSlack, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C1", user="U1", text="first")
    poster = threading.Timer(0.05, lambda: client.chat_postEphemeral(channel="C1", user="U1", text="second"))
    poster.start()

    replies = slack.wait_for_replies("U1", 2)

    poster.join()
    assert [reply["text"] for reply in replies] == ["first", "second"]


def test_waiting_in_vain_says_what_slack_was_asked(slack: FakeSlack, client: WebClient) -> None:
    client.auth_test()

    with pytest.raises(AssertionError, match=r"auth\.test"):
        slack.wait_for(lambda: slack.messages("C1"), timeout=0.01)


def test_many_clients_at_once_lose_nothing_and_share_no_ts(slack: FakeSlack) -> None:
    start = threading.Barrier(20)

    def post() -> None:
        start.wait()
        WebClient(token=slack.token, base_url=slack.api_url).chat_postMessage(channel="C1", text="x")

    threads = [threading.Thread(target=post) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len({each["ts"] for each in slack.messages("C1")}) == 20
