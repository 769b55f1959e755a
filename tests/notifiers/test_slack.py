"""Slack's channel against a strict fake: posting, redrawing, and what each failure means."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notifiers.slack import Slack, make_client
from notifiers.slack.people import SlackOwners
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.errors import MessageGone, OutcomeUnknown, Permanent, RemoteError, ScopeMissing, TryLater
from reviews.identity import Person
from reviews.kinds import ChangeKind, StepAction
from reviews.model import LastStep
from reviews.tree import FolderContents
from tests.edge.block_kit import list_pings
from tests.edge.fake_slack import FakeSlack
from tests.notifiers.books import make_directory
from tests.notifiers.clients import web_client
from tests.reviews.samples import OWNER, START, Clock, answered_review, card_post, review
from tests.reviews.stand_ins import ILZE, make_stand_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.cards.card import Card

CARD = draw_card(review())
ANSWERED = draw_card(answered_review())
REMINDED = LastStep(action=StepAction.REMIND, at=START, after="", whom=(OWNER,))


def test_a_card_is_posted_and_redrawn_in_its_place(slack: Slack, fake: FakeSlack) -> None:
    message_id = slack.post("C1", CARD)
    slack.update("C1", message_id, ANSWERED)
    slack.update("C1", message_id, ANSWERED)

    [message] = fake.messages("C1")
    assert message["ts"] == message_id
    assert "Reviewed by" in message["text"]
    assert message["metadata"]["event_payload"] == {"review_id": "rev-1", "revision": 1}
    [post] = fake.calls("chat.postMessage")
    assert (post.args["unfurl_links"], post.args["unfurl_media"]) in {
        ("0", "0"),
        (False, False),
        ("False", "False"),
    }


def test_the_owner_is_mentioned_and_looked_up_once(slack: Slack, fake: FakeSlack) -> None:
    slack.post("C1", CARD)
    slack.post("C1", CARD)

    assert list_pings(fake.messages("C1")[0]) == ["<@U1>"]
    assert len(fake.calls("users.lookupByEmail")) == 1


def test_an_owner_whom_slack_does_not_know_stands_there_by_address(slack: Slack, fake: FakeSlack) -> None:
    slack.post("C1", draw_card(review(owners=("stranger@example.com",))))

    [message] = fake.messages("C1")
    assert list_pings(message) == []
    assert "stranger@example.com" in str(message["blocks"])


def test_an_owner_is_not_mentioned_for_their_own_change(slack: Slack, fake: FakeSlack) -> None:
    own = Person(id="o1", name="Dana Ozola", email="Owner@example.com")

    slack.post("C1", draw_card(review(contributors=(own,))))

    assert list_pings(fake.messages("C1")[0]) == []


def test_the_stand_in_is_mentioned_in_place_of_the_owner_who_is_away(slack: Slack, fake: FakeSlack) -> None:
    fake.add_person("U7", "Ilze Kalna", "ilze@example.com")
    away = review(stand_ins=(make_stand_in(),), last_step=REMINDED)

    slack.post("C1", draw_card(away, CardContext(names={OWNER: "Dana Ozola"})))

    [message] = fake.messages("C1")
    assert list_pings(message) == ["<@U7>"]
    assert "*Owner*\nDana Ozola" in str(message["blocks"]).replace("\\n", "\n")
    assert "Reminder to Dana Ozola" in str(message["blocks"])


def test_a_stand_in_who_made_the_change_is_not_mentioned(slack: Slack, fake: FakeSlack) -> None:
    fake.add_person("U7", "Ilze Kalna", "ilze@example.com")
    own = Person(id="i1", name="Ilze Kalna", email="Ilze@example.com")

    slack.post("C1", draw_card(review(stand_ins=(make_stand_in(),), contributors=(own,))))

    assert list_pings(fake.messages("C1")[0]) == []


def test_an_answer_for_someone_else_mentions_the_reviewer_alone(slack: Slack, fake: FakeSlack) -> None:
    by_ilze = replace(ILZE, chat_ids={"slack": "U7"})
    answered = answered_review(reviewer=by_ilze, owner=OWNER, stand_in_for=OWNER)
    answered = replace(answered, stand_ins=(make_stand_in(),))

    slack.post("C1", draw_card(answered, CardContext(names={OWNER: "Dana Ozola"})))

    [message] = fake.messages("C1")
    assert "*Reviewed* by <@U7> for Dana Ozola" in str(message["blocks"])
    assert list_pings(message) == ["<@U7>"]


def test_an_answer_for_an_own_change_says_so_on_the_card(slack: Slack, fake: FakeSlack) -> None:
    message_id = slack.post("C1", CARD)

    slack.update("C1", message_id, draw_card(answered_review(own_change=True)))

    [message] = fake.messages("C1")
    assert "had also changed the document" in str(message["blocks"])
    assert "had also changed the document" in message["text"]


def superseded_by(message_id: str) -> Card:
    newer = review(id="rev-2", cards=(card_post(target="C1", message_id=message_id),))
    return draw_card(replace(answered_review(), superseded_by="rev-2"), CardContext(newer=newer))


def test_a_superseded_card_says_so_and_leads_to_the_newer_one(slack: Slack, fake: FakeSlack) -> None:
    older, newer = slack.post("C1", ANSWERED), slack.post("C1", CARD)

    slack.update("C1", older, superseded_by(newer))

    message = next(each for each in fake.messages("C1") if each["ts"] == older)
    assert "has changed again" in message["blocks"][0]["text"]["text"]
    assert f"/archives/C1/p{newer.replace('.', '')}|Go to the newer review>" in str(message["blocks"])
    assert "has a newer review" in message["text"]


def test_a_superseded_card_does_without_a_link_that_slack_does_not_tell(
    slack: Slack, fake: FakeSlack
) -> None:
    older = slack.post("C1", ANSWERED)
    fake.fail("chat.getPermalink", "fatal_error")

    slack.update("C1", older, superseded_by("1.0"))

    assert "Superseded by a newer review" in str(fake.messages("C1")[0]["blocks"])


def test_a_folders_card_lists_what_was_in_it(slack: Slack, fake: FakeSlack) -> None:
    contents = FolderContents(count=14, titles=tuple(f"Paper {number}.docx" for number in range(14)))

    slack.post("C1", draw_card(review(title="Minutes", kind=ChangeKind.MOVED_OUT, contents=contents)))

    text = str(fake.messages("C1")[0]["blocks"])
    assert "Folder Minutes needs your review" in text
    assert "14 files: Paper 0.docx" in text
    assert "Paper 9.docx and 4 more" in text


@pytest.mark.parametrize("mode", ["fatal_error", "missing_scope", "429", "500_before", "drop_before"])
def test_a_failed_look_up_does_not_stop_the_card(slack: Slack, fake: FakeSlack, mode: str) -> None:
    fake.fail("users.lookupByEmail", mode)

    slack.post("C1", CARD)

    assert "owner@example.com" in str(fake.messages("C1")[0]["blocks"])


def test_an_outage_during_the_look_up_is_not_remembered_as_a_stranger(slack: Slack, fake: FakeSlack) -> None:
    fake.fail("users.lookupByEmail", "500_before")

    slack.post("C1", CARD)
    slack.post("C1", CARD)

    assert list_pings(fake.messages("C1")[1]) == ["<@U1>"]


MEANINGS: list[tuple[str, type[RemoteError], str]] = [
    ("429", TryLater, "slow down"),
    ("ratelimited", TryLater, "slow down"),
    ("invalid_auth", TryLater, "SLACK_BOT_TOKEN"),
    ("token_revoked", TryLater, "SLACK_BOT_TOKEN"),
    ("account_inactive", TryLater, "SLACK_BOT_TOKEN"),
    ("channel_not_found", Permanent, "/invite"),
    ("not_in_channel", Permanent, "/invite"),
    ("is_archived", Permanent, "archived"),
    ("restricted_action", Permanent, "restricts who may post"),
    ("missing_scope", ScopeMissing, "lacks a scope"),
    ("some_new_error", Permanent, "some_new_error"),
    ("internal_error", OutcomeUnknown, "internal_error"),
    ("fatal_error", OutcomeUnknown, "fatal_error"),
    ("request_timeout", OutcomeUnknown, "request_timeout"),
    ("service_unavailable", OutcomeUnknown, "service_unavailable"),
    ("500_before", OutcomeUnknown, "500"),
    ("500_after", OutcomeUnknown, "500"),
    ("drop_before", OutcomeUnknown, "did not answer"),
    ("drop_after", OutcomeUnknown, "did not answer"),
]


@pytest.mark.parametrize(("mode", "meaning", "words"), MEANINGS, ids=[mode for mode, *_ in MEANINGS])
def test_each_failure_of_a_post_has_its_meaning_and_is_not_repeated(
    slack: Slack, fake: FakeSlack, mode: str, meaning: type[RemoteError], words: str
) -> None:
    fake.fail("chat.postMessage", mode)

    with pytest.raises(RemoteError, match=words) as raised:
        slack.post("C1", CARD)

    assert type(raised.value) is meaning
    assert fake.token not in str(raised.value)
    assert len(fake.calls("chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("cant_update_message", "another app"),
        ("edit_window_closed", "no longer lets"),
    ],
)
def test_a_card_that_can_no_longer_be_redrawn_is_given_up(
    slack: Slack, fake: FakeSlack, mode: str, words: str
) -> None:
    message_id = slack.post("C1", CARD)
    fake.fail("chat.update", mode)

    with pytest.raises(Permanent, match=words):
        slack.update("C1", message_id, ANSWERED)


def test_a_card_that_was_deleted_is_said_to_be_gone(slack: Slack, fake: FakeSlack) -> None:
    message_id = slack.post("C1", CARD)
    fake.channels["C1"].messages.clear()

    with pytest.raises(MessageGone, match="deleted"):
        slack.update("C1", message_id, ANSWERED)


def test_slack_says_how_long_to_wait(slack: Slack, fake: FakeSlack) -> None:
    fake.fail("chat.postMessage", "429", retry_after=17)

    with pytest.raises(TryLater) as raised:
        slack.post("C1", CARD)

    assert raised.value.retry_after == 17.0


def test_slacks_own_rate_limit_is_heard() -> None:
    with FakeSlack(rate_limit=True, clock=Clock().seconds) as fake:
        fake.add_channel("C1")
        made = web_client(fake)
        slack = Slack(made, SlackOwners(made, make_directory()))
        slack.post("C1", CARD)

        with pytest.raises(TryLater) as raised:
            slack.post("C1", CARD)

    assert raised.value.retry_after == 1.0


@pytest.mark.parametrize("mode", ["hang", "hang_after"])
def test_what_became_of_a_post_that_slack_never_answered_is_unknown(fake: FakeSlack, mode: str) -> None:
    made = web_client(fake)
    made.timeout = 0.2  # type: ignore[assignment]
    fake.fail("chat.postMessage", mode)

    with pytest.raises(OutcomeUnknown, match="did not answer"):
        Slack(made, SlackOwners(made, make_directory())).post("C1", CARD)


@pytest.mark.parametrize(
    "error", ["invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"]
)
def test_blocks_that_slack_does_not_take_are_replaced_once_by_a_sentence(
    slack: Slack, fake: FakeSlack, error: str
) -> None:
    fake.fail("chat.postMessage", error)

    message_id = slack.post("C1", CARD)
    fake.fail("chat.update", error)
    slack.update("C1", message_id, CARD)

    [message] = fake.messages("C1")
    assert [block["type"] for block in message["blocks"]] == ["section", "actions"]
    assert "AML Policy 2026.docx" in message["blocks"][0]["text"]["text"]
    assert len(fake.calls("chat.postMessage")) == 2


def test_a_sentence_that_slack_does_not_take_either_is_given_up(slack: Slack, fake: FakeSlack) -> None:
    fake.fail("chat.postMessage", "invalid_blocks", times=3)

    with pytest.raises(Permanent, match="invalid_blocks"):
        slack.post("C1", CARD)

    assert len(fake.calls("chat.postMessage")) == 2


@pytest.mark.parametrize(
    "prepare",
    [
        lambda fake: fake.add_channel("C2", archived=True),
        lambda fake: fake.add_channel("C2", bot_is_member=False),
        lambda fake: fake.add_channel("C2", private=True, bot_is_member=False),
        lambda fake: fake.scopes.discard("chat:write"),
    ],
    ids=["archived", "not a member", "private", "without the scope"],
)
def test_a_channel_that_takes_no_card_is_a_mistake_in_the_route(
    slack: Slack, fake: FakeSlack, prepare: Callable[[FakeSlack], None]
) -> None:
    prepare(fake)

    with pytest.raises(Permanent):
        slack.post("C2", CARD)


def test_a_slack_that_cannot_be_reached_surely_has_no_card() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        made = make_client("xoxb-x", f"http://127.0.0.1:{unused.getsockname()[1]}/api")

        with pytest.raises(TryLater, match="can't be reached") as raised:
            Slack(made, SlackOwners(made, make_directory())).post("C1", CARD)

    assert type(raised.value) is TryLater


def test_a_wrong_token_waits_to_be_mended(fake: FakeSlack) -> None:
    made = make_client("xoxb-wrong", fake.api_url)

    with pytest.raises(TryLater, match="SLACK_BOT_TOKEN"):
        Slack(made, SlackOwners(made, make_directory())).post("C1", CARD)
