"""What is told beside a card in Slack: in its thread, to everybody concerned at once, or to one person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from notifiers.slack.changes import MAX_SECTION_LENGTH
from notifiers.slack.notices import MAX_QUOTE_LENGTH, draw_notice_message
from reviews.cards.card_drawing import draw_card
from reviews.digest_notices import DigestLine, DigestNotice
from reviews.errors import MessageGone, Permanent, TryLater, Unreachable
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, StepAction
from reviews.model import LastStep
from reviews.notice import ChangeNotice, NoticeKind
from tests.edge.block_kit import find_problems
from tests.reviews.samples import HOSTILE, OWNER, START, notice, notice_of_any, review

if TYPE_CHECKING:
    from notifiers.slack import Slack
    from tests.edge.fake_slack import FakeSlack


def at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def test_a_reminder_stands_in_the_thread_and_calls_all_in_one_message(fake: FakeSlack, slack: Slack) -> None:
    fake.add_person("U2", "Sam Ito", "sam@example.com")
    card = slack.post("C1", draw_card(review()))

    slack.post_notice("C1", notice(thread=card, mention=(OWNER, "sam@example.com", "nobody@example.com")))

    [_, message] = fake.messages("C1")
    assert message["thread_ts"] == card
    assert "subtype" not in message
    assert message["text"] == (
        "<@U1> <@U2> nobody@example.com AML Policy 2026.docx is still waiting for your review."
    )
    assert "Due <!date^" in message["blocks"][-1]["elements"][0]["text"]
    assert "|Open document>" in message["blocks"][-1]["elements"][0]["text"]


def test_a_card_mentions_those_to_whom_it_was_escalated(fake: FakeSlack, slack: Slack) -> None:
    fake.add_person("U2", "Sam Ito", "sam@example.com")
    whom = (OWNER, "sam@example.com", "nobody@example.com")
    step = LastStep(action=StepAction.ESCALATE, at=START, after="100%", whom=whom)

    slack.post("C1", draw_card(review(last_step=step)))

    [card] = fake.messages("C1")
    assert "Escalated to <@U2> and nobody@example.com, <!date^" in str(card["blocks"])


def test_a_card_looks_up_no_one_for_a_channel_that_was_notified(fake: FakeSlack, slack: Slack) -> None:
    step = LastStep(action=StepAction.ESCALATE, at=START, after="150%", whom=("mail:ops@example.com",))

    slack.post("C1", draw_card(review(last_step=step)))

    assert "Escalated to ops@example.com, <!date^" in str(fake.messages("C1"))
    assert [call.args["email"] for call in fake.calls("users.lookupByEmail")] == [OWNER]


def test_a_broadcast_is_seen_in_the_channel_too_and_only_in_a_thread(fake: FakeSlack, slack: Slack) -> None:
    card = slack.post("C1", draw_card(review()))

    slack.post_notice("C1", notice(thread=card, broadcast=True))
    slack.post_notice("C1", notice(broadcast=True))

    [_, in_thread, alone] = fake.messages("C1")
    assert in_thread["subtype"] == "thread_broadcast"
    assert "subtype" not in alone


def test_a_notice_is_found_in_its_thread_by_its_key(fake: FakeSlack, slack: Slack) -> None:
    card = slack.post("C1", draw_card(review()))
    message_id = slack.post_notice("C1", notice(thread=card))
    message = fake.messages("C1")[1]

    assert slack.find_message("C1", notice(thread=card), since=at(message["ts"])) == message_id
    assert slack.find_message("C1", notice(thread=card, key="18"), since=at(message["ts"])) is None
    assert slack.find_message("C1", draw_card(review()), since=at(card)) == card
    assert [call.method for call in fake.calls("conversations.replies")]


def test_a_notice_without_a_thread_is_found_in_the_channel(slack: Slack) -> None:
    message_id = slack.post_notice("C1", notice())

    assert slack.find_message("C1", notice(), since=at(message_id)) == message_id


def test_a_thread_whose_card_was_deleted_is_said_to_be_gone(slack: Slack) -> None:
    with pytest.raises(MessageGone):
        slack.post_notice("C1", notice(thread="1.000000"))


def test_a_person_is_told_alone_and_not_called(fake: FakeSlack, slack: Slack) -> None:
    slack.post_notice(
        f"@{OWNER}", notice(NoticeKind.OUTCOME, thread="1.000000", broadcast=True, mention=(OWNER,))
    )

    assert fake.messages("C1") == []
    [message] = fake.messages("U1")
    assert message["text"] == "Dana Ozola reviewed AML Policy 2026.docx, which you changed."
    assert "thread_ts" not in message


def test_whom_slack_does_not_know_can_not_be_told_alone(fake: FakeSlack, slack: Slack) -> None:
    with pytest.raises(Unreachable):
        slack.post_notice("@nobody@example.com", notice())

    assert fake.calls("chat.postMessage") == []


def test_an_app_that_may_not_write_to_people_offers_the_thread(fake: FakeSlack, slack: Slack) -> None:
    fake.scopes -= {"im:write"}

    with pytest.raises(Unreachable, match="the scope im:write"):
        slack.post_notice(f"@{OWNER}", notice())


def test_what_was_written_to_a_person_is_not_looked_for(slack: Slack) -> None:
    with pytest.raises(Permanent):
        slack.find_message(f"@{OWNER}", notice(), since=START)


def test_a_slack_that_asks_for_patience_is_obeyed(fake: FakeSlack, slack: Slack) -> None:
    fake.fail("chat.postMessage", "429", retry_after=7)

    with pytest.raises(TryLater) as caught:
        slack.post_notice("C1", notice())

    assert caught.value.retry_after == 7.0


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("text", [HOSTILE, "&" * 3000, "<" * 5000 + "\n" + "x\n" * 400, ""])
def test_hostile_text_calls_no_one_and_stays_within_slacks_lengths(kind: NoticeKind, text: str) -> None:
    person = Reviewer(name=text)
    line = DigestLine(title=text, path=text, kind=ChangeKind.CONTENT, who=(person,), at=START, link=None)
    hostile = notice_of_any(
        kind, title=text, who=(person,), new_owner=person, note=text, path=text, lines=(line,) * 50
    )
    message = draw_notice_message(hostile, [f"<@U{number:010}>" for number in range(40)])

    assert find_problems(message, surface="message") == []
    shown = str(message["blocks"])
    assert "<!channel>" not in shown
    assert "<@U1>" not in shown
    is_change = isinstance(hostile, ChangeNotice | DigestNotice)
    longest = MAX_SECTION_LENGTH if is_change else MAX_QUOTE_LENGTH + 10
    assert all(len(block["text"]["text"]) <= longest for block in message["blocks"] if "text" in block)
