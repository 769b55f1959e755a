"""The lists in Teams: with the bot paged by its buttons, with an outgoing webhook by what is typed."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.command_parser import parse
from bot.command_replies import ListReply
from bot.teams.commands import UnidentifiedRequester
from bot.teams.reply_cards import draw_reply
from reviews.tree import Place
from store.unit_of_work import SqlUnitOfWork
from tests.bot.teams.teams_installation import (
    ALONE,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    STRANGER,
    TeamsInstallation,
    read_text,
)
from tests.databases import SqliteDatabases, engine_on
from tests.edge.fake_teams import FakeTeams
from tests.edge.teams_elements import list_button_labels
from tests.edge.teams_signing import Spoil
from tests.reviews.samples import OWNER, WATCHED
from tests.reviews.stand_ins import JURIS, make_stand_in, put_stand_ins

if TYPE_CHECKING:
    from collections.abc import Iterator

PAPERS = 12


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsInstallation]:
    """An installation with twelve papers that wait for the owner, of which nothing below changes any."""
    engine = engine_on(SqliteDatabases(tmp_path_factory.mktemp("lists")).new())
    with FakeTeams(hang_seconds=0.5) as teams:
        installation = TeamsInstallation(teams, engine, partial(SqlUnitOfWork, engine))
        for number in range(1, PAPERS + 1):
            installation.desk.clock.advance(hours=1)
            installation.card(file_id=f"f{number}", title=f"Paper {number}.docx")
        yield installation
    engine.dispose()


def ask(
    installation: TeamsInstallation, text: str, person: str = DANA, place: str = CHANNEL, **more: Any
) -> dict[str, Any]:
    """Type a slash command, which no one else sees, and return what the bot says to it."""
    before = len(installation.teams.private_messages(person, place))
    assert installation.side.say(person, place, text, slash=True, **more).status == 200
    message: dict[str, Any] = installation.teams.private_messages(person, place)[before:][-1]
    return message


def card_of(message: dict[str, Any]) -> dict[str, Any]:
    [attached] = message["attachments"]
    card: dict[str, Any] = attached["content"]
    return card


def papers(card: dict[str, Any]) -> list[int]:
    return [int(number) for number in re.findall(r"Paper (\d+)\.docx", read_text(card))]


def test_a_list_is_paged_in_its_place_and_back(busy: TeamsInstallation) -> None:
    message = ask(busy, "recent 5")
    card = card_of(message)
    assert (papers(card), list_button_labels(card)) == ([12, 11, 10, 9, 8], ["Older"])

    busy.side.click(DANA, message, "page_ahead")
    second = busy.side.shown[DANA, message["id"]]
    assert (papers(second), list_button_labels(second)) == ([7, 6, 5, 4, 3], ["Newer", "Older"])

    turned = {**message, "attachments": [{**message["attachments"][0], "content": second}]}
    busy.side.click(DANA, turned, "page_behind")
    assert papers(busy.side.shown[DANA, message["id"]]) == [12, 11, 10, 9, 8]


def test_an_old_client_is_sent_the_next_page(busy: TeamsInstallation) -> None:
    busy.side.say(DANA, ALONE, "recent 5")
    message = busy.teams.messages(ALONE)[-1]

    # Teams keeps the person's click as a message of its own, below which the bot replies.
    busy.side.click_in_old_client(DANA, message, "page_ahead", spoil=Spoil(activity={"id": message["id"]}))

    assert papers(card_of(busy.teams.messages(ALONE)[-1])) == [7, 6, 5, 4, 3]


@pytest.mark.parametrize("words", ["", "recent 5 before 1", "\0", 5, None])
def test_a_click_that_carries_no_command_of_ours_is_answered(busy: TeamsInstallation, words: object) -> None:
    message = ask(busy, "recent 5")
    action = {"type": "Action.Execute", "verb": "page_ahead", "data": {"words": words}}

    answer = busy.side.invoke(DANA, message, {"action": action, "trigger": "manual"})

    assert answer.status == 200
    assert answer.json()["statusCode"] in {200, 400}


@pytest.mark.parametrize("person", [DANA, DEPUTY_USER])
@pytest.mark.parametrize("text", ["pending mine", "mine"])
def test_owners_and_deputies_see_what_waits_for_them(busy: TeamsInstallation, person: str, text: str) -> None:
    assert papers(card_of(ask(busy, text, person))) == [*range(1, 11)]


def test_nothing_waits_for_anything_else(busy: TeamsInstallation) -> None:
    assert "Nothing is waiting for your review" in ask(busy, "pending mine", STRANGER)["text"]


def test_one_who_stands_in_learns_for_whom(installation: TeamsInstallation) -> None:
    installation.card(title="Paper 1.docx")
    put_stand_ins(installation.desk, installation.review(), make_stand_in(str(JURIS.email)))

    of_stand_in, of_deputy = (
        read_text(card_of(ask(installation, "mine", user))) for user in (STRANGER, DEPUTY_USER)
    )

    assert f"You stand in for {OWNER}." in of_stand_in
    assert "Paper 1.docx" in of_deputy
    assert "stand in for" not in of_deputy


def test_someone_who_is_mentioned_is_looked_up_in_the_roster(busy: TeamsInstallation) -> None:
    at = {"type": "mention", "text": "<at>Alice</at>", "mentioned": {"id": "29:alice"}}
    message = ask(busy, "x", spoil=Spoil(activity={"text": "recent 2 by <at>Alice</at>", "entities": [at]}))

    assert papers(card_of(message)) == [12, 11]


def test_someone_who_can_not_be_looked_up_is_told_so(busy: TeamsInstallation) -> None:
    busy.teams.fail("member", "500")
    at = {"type": "mention", "text": "<at>Bob</at>", "mentioned": {"id": "29:juris"}}

    message = ask(busy, "x", spoil=Spoil(activity={"text": "recent by <at>Bob</at>", "entities": [at]}))

    assert "could not be looked up" in message["text"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("recent 5 form compliance", "For example: recent 5 in compliance"),
        ("help stats", "stats [30d]"),
        ("stats 2d", "Opened 12"),
        ("overdue", "Nothing is overdue"),
        ("subscribe 12", "Folder not found"),
        ("subscriptions", "has no subscriptions"),
        ("unsubscribe 12", "has no subscriptions"),
        ("recent in “Legal / Compliance”", "Paper 12.docx"),
        ("recent in Nowhere", "There is no folder or route"),
        ("recent kind trashed", "No matching changes"),
    ],
)
def test_every_verb_is_answered(busy: TeamsInstallation, text: str, words: str) -> None:
    message = ask(busy, text)

    assert words in (message.get("text") or read_text(card_of(message)))


def test_a_channel_subscribes_lists_and_unsubscribes_and_a_personal_chat_does_not(
    installation: TeamsInstallation,
) -> None:
    with installation.transactions() as work:
        work.folders.put(
            Place(folders=(("1", "Rooms"), (WATCHED, "Compliance"))), at=installation.desk.clock()
        )
        work.commit()

    installation.side.say(DANA, ALONE, "subscribe Compliance")
    assert "Only a channel can subscribe" in str(installation.teams.messages(ALONE)[-1])
    assert "now subscribes to" in str(ask(installation, "subscribe Compliance")["text"])
    listed = read_text(card_of(ask(installation, "subscriptions")))
    assert "This channel subscribes to:" in listed
    assert f"{WATCHED}: Compliance (content," in listed
    assert "no longer subscribes to" in str(ask(installation, "unsubscribe Compliance")["text"])


def test_an_outgoing_webhook_says_what_to_type_for_the_next_page(busy: TeamsInstallation) -> None:
    seen, words = [], "recent 5"
    while words:
        answer = busy.commands.answer(parse(words), UnidentifiedRequester())
        assert isinstance(answer, ListReply)
        card = card_of(draw_reply(answer, tenant="t", buttons=False))
        assert list_button_labels(card) == []
        seen += papers(card)
        following = re.search(r"Older: (recent 5 before \w+)", read_text(card))
        words = following[1] if following else ""

    assert seen == [*range(12, 0, -1)]


def test_an_outgoing_webhook_can_not_tell_what_is_whose(busy: TeamsInstallation) -> None:

    for text in ("subscribe 12", "unsubscribe 12", "subscriptions"):
        assert "can't subscribe a channel" in str(busy.commands.answer(parse(text), UnidentifiedRequester()))
    for text in ("mine", "pending mine"):
        assert "doesn't know your address" in str(busy.commands.answer(parse(text), UnidentifiedRequester()))


def test_while_the_database_is_away_the_command_says_so(installation: TeamsInstallation) -> None:
    with installation.desk.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE reviews RENAME TO elsewhere")

    with capture_logs() as logged:
        assert "could not be looked up" in ask(installation, "recent")["text"]
    assert [each["event"] for each in logged if each["log_level"] == "error"] == ["command_failed"]
