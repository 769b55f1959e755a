"""What people type to the bot: answered where it was typed, privately where it was, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from notifiers.teams_bot.actions import ACKNOWLEDGE, REQUEST_CHANGES
from reviews.kinds import ReviewState
from reviews.notice import parse_person_target
from store.schema import review_digests
from tests.bot.teams.teams_installation import (
    ALONE,
    CHANNEL,
    DANA,
    ELSEWHERE,
    GROUP,
    STRANGER,
    UNSEEN,
    read_text,
)
from tests.edge.teams_elements import list_verbs
from tests.edge.teams_signing import Spoil
from tests.reviews.samples import OWNER, review

if TYPE_CHECKING:
    from tests.bot.teams.teams_installation import TeamsInstallation

LINK = "https://acme.example.com/doceditor?fileid=3358285&amp;version=2"


def answers(installation: TeamsInstallation, place: str) -> list[dict[str, Any]]:
    """What the bot said there, but for its cards."""
    messages = [
        each for each in installation.teams.messages(place) if each["by"] == installation.teams.bot_id
    ]
    return [each for each in messages if each["edits"] == 0 and "needs" not in each.get("summary", "")]


def ask(installation: TeamsInstallation, text: str, place: str = ALONE, **more: Any) -> str:
    """Type something and return all that the bot says to it."""
    before = len(installation.teams.messages(place))
    assert installation.side.say(DANA, place, text, **more).status == 200
    _, *replies = installation.teams.messages(place)[before:]
    return read_text(replies)


@pytest.mark.parametrize("place", [ALONE, GROUP, CHANNEL])
def test_a_command_is_answered_where_it_was_typed(installation: TeamsInstallation, place: str) -> None:
    installation.card()

    reply = ask(installation, "pending", place)

    assert "Waiting for review , the oldest first" in reply
    assert "AML Policy 2026.docx" in reply


def test_in_a_channel_the_answer_stands_in_the_thread(installation: TeamsInstallation) -> None:
    installation.side.say(DANA, CHANNEL, "help")

    asked, reply = installation.teams.messages(CHANNEL)
    assert reply["conversation"] == asked["conversation"]


@pytest.mark.parametrize("place", [CHANNEL, GROUP])
def test_what_was_asked_privately_is_answered_privately(installation: TeamsInstallation, place: str) -> None:
    installation.card()

    installation.side.say(DANA, place, "pending", slash=True)

    asked, reply = installation.teams.private_messages(DANA, place)
    assert "AML Policy 2026.docx" in read_text([reply])
    assert reply["entities"] == [{"type": "targetedMessageInfo", "messageId": asked["id"]}]
    assert [
        each for each in installation.teams.messages(place) if "Waiting" in str(each.get("summary"))
    ] == []
    assert installation.teams.private_messages(STRANGER, place) == []


def test_what_was_asked_privately_is_never_answered_in_public(installation: TeamsInstallation) -> None:
    installation.teams.fail("send", "Bad Argument", times=9)
    installation.teams.fail("reply", "Bad Argument", times=9)

    assert installation.side.say(DANA, CHANNEL, "pending", slash=True).status == 200

    assert installation.teams.messages(CHANNEL) == []
    assert len(installation.teams.calls("send")) + len(installation.teams.calls("reply")) == 1


def test_what_changed_is_listed_the_newest_first_with_what_became_of_it(
    installation: TeamsInstallation,
) -> None:
    for number in range(3):
        installation.card(file_id=f"f{number}", title=f"Policy {number}.docx")
    installation.side.click(DANA, installation.standing(installation.desk.latest("f2")), ACKNOWLEDGE)

    reply = ask(installation, "recent 2")

    assert reply.index("Policy 2.docx") < reply.index("Reviewed by Dana Ozola") < reply.index("Policy 1.docx")
    assert "Policy 0.docx" not in reply


def test_a_listing_leads_to_the_document_and_to_its_card(installation: TeamsInstallation) -> None:
    card = installation.card()
    ask(installation, "recent")

    [answer] = answers(installation, ALONE)
    item = answer["attachments"][0]["content"]["body"][1]["items"]
    links = [
        run["selectAction"]["url"]
        for each in item
        for run in each.get("inlines", [])
        if "selectAction" in run
    ]
    channel = "19%3Acompliance%40thread.tacv2"
    asked = f"tenantId={installation.teams.tenant_id}&parentMessageId={card['id']}"
    assert links == [
        "https://acme.example.com/doceditor?fileid=3358285&version=8",
        f"https://teams.microsoft.com/l/message/{channel}/{card['id']}?{asked}",
    ]


@pytest.mark.parametrize("subject", ["3358285", "rev-1", LINK])
def test_one_document_is_shown_as_its_card_without_buttons_to_answer(
    installation: TeamsInstallation, subject: str
) -> None:
    installation.card()

    ask(installation, f"show {subject}")

    [reply] = installation.teams.messages(ALONE)[1:]
    assert "AML Policy 2026.docx" in read_text([reply])
    assert list_verbs(reply["attachments"][0]["content"]) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "recent [N]"),
        ("help", "show LINK"),
        ("recnt", "Did you mean recent?"),
        ("show 5", "Review not found"),
        ("pending", "Nothing is waiting"),
        ("recent", "Nothing has changed"),
        ("show x\ud800\0", "Review not found"),
    ],
)
def test_everything_that_is_typed_is_answered(installation: TeamsInstallation, text: str, words: str) -> None:
    assert words in ask(installation, text)


def test_the_mention_of_the_bot_is_told_from_that_of_others_by_its_id(
    installation: TeamsInstallation,
) -> None:
    at = {"type": "mention", "text": "<at>Bot</at>", "mentioned": {"id": installation.teams.bot_id}}
    other = {"type": "mention", "text": "<at>Help</at>", "mentioned": {"id": STRANGER}}
    activity = {"text": "<at>Bot</at>\u00a0 <at>Help</at>", "entities": [other, None, 5, at]}

    reply = ask(installation, "x", CHANNEL, spoil=Spoil(activity=activity))

    assert "I don't understand 'Help'" in reply


def test_what_teams_sends_again_is_answered_once(installation: TeamsInstallation) -> None:
    for _ in range(2):
        installation.side.say(DANA, ALONE, "help", spoil=Spoil(activity={"id": "1760000000000"}))

    assert len(installation.teams.calls("reply")) == 1


def test_an_answer_that_can_not_be_sent_is_no_failure_of_ours(installation: TeamsInstallation) -> None:
    installation.teams.fail("reply", "500")

    assert installation.side.say(DANA, ALONE, "help").status == 200
    assert answers(installation, ALONE) == []


def test_a_click_of_an_old_client_is_recorded_and_shown_on_the_card(installation: TeamsInstallation) -> None:
    card = installation.card()

    answer = installation.side.click_in_old_client(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()

    assert (answer.status, answer.json()) == (200, {})
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert "Reviewed by Dana Ozola" in read_text([installation.standing(installation.review())])
    assert len(installation.teams.messages(CHANNEL)) == 1


def test_a_note_of_an_old_client_is_recorded(installation: TeamsInstallation) -> None:
    card = installation.card()

    installation.side.click_in_old_client(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4."})

    assert installation.review().answers[0].note == "Section 4."


def test_a_refusal_is_told_to_an_old_client_privately(installation: TeamsInstallation) -> None:
    card = installation.card()

    installation.side.click_in_old_client(STRANGER, card, ACKNOWLEDGE)

    [reply] = installation.teams.private_messages(STRANGER, CHANNEL)
    assert "Only the owners" in reply["text"]
    assert reply["textFormat"] == "plain"
    assert len(installation.teams.messages(CHANNEL)) == 1
    assert installation.review().state is ReviewState.OPEN


def test_a_refusal_that_can_not_be_told_privately_is_told_in_the_thread(
    installation: TeamsInstallation,
) -> None:
    card = installation.card()
    installation.teams.fail("send", "Bad Argument")

    # Teams keeps the person's click as a message of its own, below which the bot replies.
    installation.side.click_in_old_client(
        STRANGER, card, ACKNOWLEDGE, spoil=Spoil(activity={"id": card["id"]})
    )

    [_, reply] = installation.teams.messages(CHANNEL)
    assert "Only the owners" in reply["text"]


def test_a_click_of_an_old_client_that_comes_again_is_told_nothing_wrong(
    installation: TeamsInstallation,
) -> None:
    card = installation.card()
    spoil = Spoil(activity={"id": "f:same"})

    installation.side.click_in_old_client(DANA, card, ACKNOWLEDGE, spoil=spoil)
    installation.side.click_in_old_client(DANA, card, ACKNOWLEDGE, spoil=spoil)
    installation.side.click_in_old_client(
        STRANGER, card, ACKNOWLEDGE, spoil=Spoil(activity={"id": "f:other"})
    )
    installation.side.click_in_old_client(
        STRANGER, card, ACKNOWLEDGE, spoil=Spoil(activity={"id": "f:other"})
    )

    assert installation.teams.private_messages(DANA, CHANNEL) == []
    assert len(installation.teams.private_messages(STRANGER, CHANNEL)) == 1
    assert len(installation.review().answers) == 1


@pytest.mark.parametrize("mode", ["500", "drop"])
def test_a_click_of_an_old_client_that_can_not_be_recorded_is_told_so(
    installation: TeamsInstallation, mode: str
) -> None:
    card = installation.card()
    installation.teams.fail("member", mode)

    installation.side.click_in_old_client(DANA, card, ACKNOWLEDGE)

    [reply] = installation.teams.private_messages(DANA, CHANNEL)
    assert "please click again" in reply["text"]
    assert installation.review().state is ReviewState.OPEN


def test_hostile_titles_are_listed_as_they_are(installation: TeamsInstallation) -> None:
    titles = ["[x](https://evil.example.com).docx", "<at>All</at>", "{{DATE(2026-01-01T00:00:00Z)}}", "**b**"]
    with installation.transactions() as work:
        for number, title in enumerate(titles):
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}", title=title))
        work.commit()

    ask(installation, "recent", ELSEWHERE)

    [reply] = answers(installation, ELSEWHERE)
    names = [item["items"][0]["inlines"][1] for item in reply["attachments"][0]["content"]["body"][1:]]
    assert [name["type"] for name in names] == ["TextRun"] * 4
    assert [name["text"].translate(UNSEEN) for name in reversed(names)] == titles
    assert "{{" not in names[1]["text"]


def test_a_digest_is_for_the_person_in_a_private_chat_and_for_the_channel_elsewhere(
    installation: TeamsInstallation,
) -> None:
    assert "comes on Mondays at 09:00 (UTC)" in ask(installation, "digest Mon 09:00")
    assert "each working day at 10:00 (UTC)" in ask(installation, "digest daily 10:00", CHANNEL)

    with installation.desk.engine.connect() as connection:
        stored = connection.execute(sa.select(review_digests.c.target, review_digests.c.times)).all()
    [person] = [target for target, times in stored if times == "Mon 09:00"]
    [channel] = [target for target, times in stored if times == "daily 10:00"]
    assert parse_person_target(person) == OWNER
    assert parse_person_target(channel) is None
