"""Modals and App Home of the fake through the real slack_sdk client (facts on Slack, 1.6)."""

from slack_sdk import WebClient

from tests.edge.fake_slack import FakeSlack
from tests.edge.sample_card import home_view, note_modal, plain
from tests.edge.slack_errors import error_of
from tests.reviews.samples import Clock


def test_a_trigger_may_be_made_to_last_for_longer() -> None:
    clock = Clock()
    with FakeSlack(clock=clock.seconds, trigger_seconds=60) as slack:
        client = WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=[])
        trigger = slack.new_trigger("U1")
        clock.advance(seconds=59)

        client.views_open(trigger_id=trigger, view=note_modal())

        assert len(slack.modals("U1")) == 1


def test_a_trigger_opens_one_modal_within_three_seconds() -> None:
    clock = Clock()
    with FakeSlack(clock=clock.seconds) as slack:
        client = WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=[])
        trigger, late = slack.new_trigger("U1"), slack.new_trigger("U1")

        client.views_open(trigger_id=trigger, view=note_modal())
        again = error_of(lambda: client.views_open(trigger_id=trigger, view=note_modal()))
        clock.advance(seconds=3.1)
        expired = error_of(lambda: client.views_open(trigger_id=late, view=note_modal()))
        unknown = error_of(lambda: client.views_open(trigger_id="made.up", view=note_modal()))

        assert [each["callback_id"] for each in slack.modals("U1")] == ["request_changes"]
        assert again.response["error"] == "exchanged_trigger_id"
        assert expired.response["error"] == "expired_trigger_id"
        assert unknown.response["error"] == "invalid_trigger_id"


def test_a_modal_is_updated_by_id_unless_the_hash_is_old(slack: FakeSlack, client: WebClient) -> None:
    view = client.views_open(trigger_id=slack.new_trigger("U1"), view=note_modal())["view"]
    changed = note_modal() | {"title": plain("Too late")}

    client.views_update(view_id=view["id"], hash=view["hash"], view=changed)
    stale = error_of(lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=changed))

    assert slack.modals("U1")[0]["title"]["text"] == "Too late"
    assert stale.response["error"] == "hash_conflict"
    assert error_of(lambda: client.views_update(view_id="V9", view=changed)).response["error"] == "not_found"


def test_a_bad_view_is_refused_with_the_place(slack: FakeSlack, client: WebClient) -> None:
    view = note_modal() | {"title": plain("x" * 25)}

    error = error_of(lambda: client.views_open(trigger_id=slack.new_trigger("U1"), view=view))

    assert error.response["error"] == "invalid_arguments"
    assert "[json-pointer:/view/title/text]" in error.response["response_metadata"]["messages"][0]


def test_the_home_is_published_for_one_person(slack: FakeSlack, client: WebClient) -> None:
    client.views_publish(user_id="U1", view=home_view())

    home = slack.home("U1")
    assert home
    assert home["blocks"] == home_view()["blocks"]
    assert slack.home("U2") is None


def test_three_modals_lie_over_each_other_at_most(slack: FakeSlack, client: WebClient) -> None:
    nothing = error_of(lambda: client.views_push(trigger_id=slack.new_trigger("U1"), view=note_modal()))
    first = client.views_open(trigger_id=slack.new_trigger("U1"), view=note_modal())["view"]

    pushed = [
        client.views_push(trigger_id=slack.new_trigger("U1"), view=note_modal())["view"] for _ in range(2)
    ]
    fourth = error_of(lambda: client.views_push(trigger_id=slack.new_trigger("U1"), view=note_modal()))

    assert nothing.response["error"] == "invalid_trigger_id"
    assert [view["previous_view_id"] for view in pushed] == [first["id"], pushed[0]["id"]]
    assert {view["root_view_id"] for view in pushed} == {first["id"]}
    assert fourth.response["error"] == "push_limit_reached"


def test_a_thread_is_read_with_its_message_first(slack: FakeSlack, client: WebClient) -> None:
    slack.add_channel("C7")
    root = client.chat_postMessage(channel="C7", text="root")["ts"]
    client.chat_postMessage(channel="C7", text="elsewhere")
    client.chat_postMessage(channel="C7", text="reply", thread_ts=root)

    messages = client.conversations_replies(channel="C7", ts=root)["messages"]

    assert [each["text"] for each in messages] == ["root", "reply"]
