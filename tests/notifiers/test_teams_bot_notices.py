"""What the bot tells in Teams: below its card, with real mentions, or to one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.errors import OutcomeUnknown, TryLater, Unreachable
from reviews.identity import Reviewer
from reviews.notice import NoticeKind
from tests.edge.adaptive_cards import find_schema_problems, list_mentioned, read_card_text
from tests.edge.teams_activities import cards
from tests.notifiers.teams import CHANNEL, DANA
from tests.reviews.samples import HOSTILE, OWNER, notice, notice_of_any, review

if TYPE_CHECKING:
    from notifiers.teams_bot import TeamsBot
    from tests.edge.fake_teams import FakeTeams

BOB = "bob@example.com"


def test_a_reminder_stands_below_the_card_and_calls_those_whom_teams_knows(
    teams: FakeTeams, bot: TeamsBot
) -> None:
    card = bot.post(CHANNEL, draw_card(review()))

    bot.post_notice(CHANNEL, notice(thread=card, mention=(OWNER, BOB, "nobody@example.com")))

    [posted, message] = teams.messages(CHANNEL)
    content = cards(message)[0]
    assert message["conversation"] == posted["conversation"]
    assert list_mentioned(content)[0] == DANA
    assert len(list_mentioned(content)) == 2
    assert "nobody@example.com" in read_card_text(content)
    assert "is still waiting for your review." in read_card_text(content)
    assert "Due {{DATE(" in read_card_text(content)
    assert message["summary"] == "AML Policy 2026.docx is still waiting for your review."


def test_without_a_card_it_is_a_message_of_its_own(teams: FakeTeams, bot: TeamsBot) -> None:
    bot.post_notice(CHANNEL, notice())

    [message] = teams.messages(CHANNEL)
    assert message["conversation"].startswith(CHANNEL)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_hostile_text_is_shown_as_it_is(teams: FakeTeams, bot: TeamsBot, kind: NoticeKind) -> None:
    hostile = (
        "<at>Dana Ozola</at> **now** {{DATE(2026-01-01T00:00:00Z)}}\n[a](https://evil.example)" + HOSTILE
    )

    person = Reviewer(name=hostile)
    notice = notice_of_any(kind, title=hostile, who=(person,), new_owner=person, note=hostile)
    bot.post_notice(CHANNEL, notice)

    content = cards(teams.messages(CHANNEL)[0])[0]
    assert find_schema_problems(content) == []
    assert list_mentioned(content) == []


def test_a_person_is_told_in_a_chat_of_their_own(teams: FakeTeams, bot: TeamsBot) -> None:
    card = bot.post(CHANNEL, draw_card(review()))

    bot.post_notice(f"@{BOB}", notice(NoticeKind.SENT_BACK, thread=card, note="Section 4.", mention=(BOB,)))

    assert len(teams.messages(CHANNEL)) == 1
    [message] = teams.messages("a:29:bob")
    text = read_card_text(cards(message)[0])
    assert "Dana Ozola requested changes to AML Policy 2026.docx, which you changed." in text
    assert "Section 4." in text


@pytest.mark.parametrize("address", ["nobody@example.com", BOB])
def test_whom_the_bot_can_not_write_to_alone_is_told_elsewhere(
    teams: FakeTeams, bot: TeamsBot, address: str
) -> None:
    card = bot.post(CHANNEL, draw_card(review()))
    teams.blocking.add("29:bob")

    with pytest.raises(Unreachable):
        bot.post_notice(f"@{address}", notice(NoticeKind.OUTCOME, thread=card))


@pytest.mark.parametrize("refusal", ["ConversationBlockedByUser", "MessageWritesBlocked", "403"])
def test_whose_chat_takes_no_message_is_told_elsewhere(teams: FakeTeams, bot: TeamsBot, refusal: str) -> None:
    card = bot.post(CHANNEL, draw_card(review()))
    teams.fail("send", refusal)

    with pytest.raises(Unreachable):
        bot.post_notice(f"@{BOB}", notice(thread=card))

    teams.fail("send", "500")
    with pytest.raises(OutcomeUnknown):
        bot.post_notice(f"@{BOB}", notice(thread=card))


def test_no_one_is_looked_up_where_there_is_no_card(bot: TeamsBot) -> None:
    with pytest.raises(Unreachable):
        bot.post_notice(f"@{BOB}", notice(NoticeKind.OUTCOME))


def test_a_member_list_that_is_not_there_now_is_asked_again(teams: FakeTeams, bot: TeamsBot) -> None:
    card = bot.post(CHANNEL, draw_card(review()))
    teams.fail("member", "429")

    with pytest.raises(TryLater):
        bot.post_notice(f"@{BOB}", notice(NoticeKind.OUTCOME, thread=card))
