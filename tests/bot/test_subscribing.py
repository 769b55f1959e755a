"""From a command in Slack to what a channel is told; and a private route in front of everybody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from reviews.subscriptions.digests import Digests
from tests.bot.channels import CARDS, FOREIGN, HIDDEN, OLD, PRIVATE, PUBLIC, Channels
from tests.bot.slack_installation import DANA, STRANGER
from tests.edge.block_kit import list_pings
from tests.reviews.samples import ELSEWHERE, HOSTILE, WATCHED, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

TITLE = "Merger with Globex.docx"


@pytest.fixture
def channels(slack: FakeSlack, engine: sa.Engine) -> Iterator[Channels]:
    made = Channels(slack, engine)
    yield made
    made.close()


@pytest.mark.parametrize("channel", [PUBLIC, PRIVATE])
def test_a_channel_subscribes_hears_of_a_change_and_unsubscribes(channels: Channels, channel: str) -> None:
    assert "now subscribes to" in channels.say("subscribe Legal / Compliance", channel)
    assert "Legal / Compliance" in channels.say("subscriptions", channel)
    channels.change(title=TITLE)

    [message] = channels.slack.messages(channel)
    assert message["text"] == f"Alice Moreau changed {TITLE}."
    assert [block["type"] for block in message["blocks"]] == ["section", "context"]
    assert list_pings(message) == []

    assert "no longer subscribes to" in channels.say(f"unsubscribe {WATCHED}", channel)
    channels.change(title=TITLE)
    assert len(channels.slack.messages(channel)) == 1


def test_what_leaves_is_told_where_it_was(channels: Channels) -> None:
    channels.change()
    channels.say(f"subscribe {WATCHED} moved_out")
    channels.desk.clock.advance(seconds=60)

    channels.change(trigger="file.moved", parent_id=ELSEWHERE, occurred_at=channels.desk.clock())

    [message] = channels.slack.messages(PUBLIC)
    assert message["text"] == "Alice Moreau moved AML Policy 2026.docx out."
    assert "Elsewhere" not in json.dumps(message)


def test_a_digest_lists_what_changed_with_the_way_to_it(channels: Channels) -> None:
    channels.say(f"subscribe {WATCHED} digest daily")
    for number, title in enumerate([HOSTILE, "Policy.docx", "*" * 3000]):
        channels.desk.receive(event(file_id=f"f{number}", title=title))
        channels.desk.intake.process(channels.desk.newest_event().id)
    channels.desk.deliver_all()
    assert channels.slack.messages(PUBLIC) == []

    digests = Digests(transactions=channels.desk.transactions, routes=channels.desk.routes)
    digests.owe_due_digests(datetime(2026, 3, 10, 9, 0, 0, 345_678, tzinfo=UTC))
    channels.desk.deliver_all()

    [message] = channels.slack.messages(PUBLIC)
    assert message["text"] == "What has changed in Legal / Compliance"
    assert "|Policy.docx>*" in json.dumps(message["blocks"])
    assert list_pings(message) == []


@pytest.mark.parametrize(
    ("channel", "text", "words"),
    [
        (FOREIGN, "subscribe Compliance", "/invite @docspace-review"),
        (HIDDEN, "subscribe Compliance", "/invite @docspace-review"),
        (OLD, "subscribe Compliance", "archived"),
        (PUBLIC, "subscribe Elsewhere", "Only watched folders"),
        (PUBLIC, f'subscribe "{HOSTILE}"', "Only watched folders"),
        (PUBLIC, "unsubscribe Compliance", "has no subscriptions"),
    ],
)
def test_what_can_not_be_done_is_answered_with_the_reason(
    channels: Channels, channel: str, text: str, words: str
) -> None:
    assert words in channels.say(text, channel)
    channels.change()
    assert channels.slack.channels[channel].messages == []


@pytest.mark.parametrize(("channel", "scope"), [(PUBLIC, "channels:read"), (PRIVATE, "groups:read")])
def test_without_the_scope_the_answer_names_it(channels: Channels, channel: str, scope: str) -> None:
    channels.slack.scopes.discard(scope)

    assert f"lacks the scope {scope}" in channels.say("subscribe Compliance", channel)


def test_only_a_private_channel_subscribes_to_a_private_folder_and_only_for_its_owners(
    channels: Channels,
) -> None:
    channels.follow(private=True)

    assert "only a private channel" in channels.say("subscribe Compliance", PUBLIC, DANA)
    assert "only its owners and deputies" in channels.say("subscribe Compliance", PRIVATE, STRANGER)
    assert "now subscribes to" in channels.say("subscribe Compliance", PRIVATE, DANA)
    channels.change(title=TITLE)

    assert channels.told_in(PRIVATE) == [f"Alice Moreau changed {TITLE}."]
    assert channels.told_in(PUBLIC) == []


def test_the_title_of_a_private_route_reaches_no_public_channel(channels: Channels) -> None:
    channels.follow(private=True)
    channels.change(title=TITLE)
    card = channels.slack.messages(CARDS)[0]

    modal = channels.side.click(DANA, card, "request_changes")
    channels.change(title=TITLE)

    assert modal.status == 200
    [public, *_thread] = channels.slack.messages(CARDS)
    assert public["blocks"][0]["text"]["text"] == "🔵 A file in Compliance needs your review"
    assert public["text"].startswith("A file in Compliance was changed by Alice Moreau.")
    posted = [call for call in channels.slack.calls() if call.args.get("channel") == CARDS]
    assert {call.method for call in posted} >= {"chat.postMessage", "chat.update", "conversations.info"}
    assert "Globex" not in json.dumps([dict(call.args) for call in posted])


def test_nothing_that_slack_is_sent_holds_the_title_where_all_channels_are_public(channels: Channels) -> None:
    channels.follow(private=True)
    channels.say("subscribe Legal", PUBLIC)
    channels.change(title=TITLE)
    channels.change(title=TITLE)
    waiting = channels.slack.messages(CARDS)[0]
    channels.side.click(DANA, waiting, "acknowledge_review")
    channels.side.click(STRANGER, waiting, "acknowledge_review")
    channels.desk.deliver_all()

    assert "already reviewed by Dana Ozola" in channels.told_later(STRANGER)
    assert "Globex" not in channels.sent()
    assert "A file in Compliance" in channels.sent()


def test_a_private_channel_is_shown_the_title(channels: Channels) -> None:
    channels.slack.channels["C2"].private = True
    channels.follow(private=True)

    channels.change(title=TITLE)

    [card] = channels.slack.messages("C2")
    assert card["blocks"][0]["text"]["text"] == f"🔵 {TITLE} needs your review"


def test_without_the_scope_every_channel_counts_as_public(channels: Channels) -> None:
    channels.slack.channels["C2"].private = True
    channels.slack.scopes.discard("groups:read")
    channels.follow(private=True)

    channels.change(title=TITLE)

    [card] = channels.slack.messages("C2")
    assert card["blocks"][0]["text"]["text"] == "🔵 A file in Compliance needs your review"
    assert "Globex" not in channels.sent()
