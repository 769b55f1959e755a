"""What else the bot says and asks: replies, private ones, the roster; and one token for all threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from notifiers.teams_bot.connector import Connector, read_conversation
from reviews.errors import MessageGone, OutcomeUnknown, Permanent, RemoteError, TryLater
from tests.notifiers.teams import CHANNEL, CHAT, DANA, connector

if TYPE_CHECKING:
    from tests.edge.fake_teams import FakeTeams
    from tests.edge.teams_state import Json

HELLO = {"type": "message", "text": "Hello"}


@pytest.fixture
def speaking(teams: FakeTeams) -> Connector:
    return connector(teams)


def posted(teams: FakeTeams, speaking: Connector) -> Json:
    """Return a message that the bot has posted into the channel."""
    speaking.post(read_conversation(teams.reference, CHANNEL), HELLO)
    return teams.messages(CHANNEL)[-1]


def test_a_reply_stands_below_a_message_in_its_thread(teams: FakeTeams, speaking: Connector) -> None:
    first = posted(teams, speaking)
    thread = read_conversation(teams.reference, first["conversation"])

    speaking.reply(thread, HELLO, reply_to_id=first["id"])
    speaking.reply(thread, HELLO)

    assert [each["conversation"] for each in teams.messages(CHANNEL)] == [first["conversation"]] * 3
    assert [call.method for call in teams.calls()[-2:]] == ["reply", "send"]


def test_a_reply_for_one_person_is_seen_by_no_one_else(teams: FakeTeams, speaking: Connector) -> None:
    first = posted(teams, speaking)
    thread = read_conversation(teams.reference, first["conversation"])

    speaking.reply(thread, HELLO, reply_to_id=first["id"], recipient_id="29:dana")
    speaking.reply(read_conversation(teams.reference, CHAT), HELLO, recipient_id="29:bob")

    assert len(teams.messages(CHANNEL)) == 1
    assert len(teams.private_messages("29:dana", CHANNEL)) == 1
    assert teams.messages(CHAT) == []
    assert len(teams.private_messages("29:bob", CHAT)) == 1


def test_a_private_reply_to_someone_who_is_not_there_is_not_said(
    teams: FakeTeams, speaking: Connector
) -> None:
    with pytest.raises(Permanent):
        speaking.reply(read_conversation(teams.reference, CHAT), HELLO, recipient_id="29:eve")

    assert teams.messages(CHAT) == []


def test_a_reply_to_a_deleted_message_has_no_place(teams: FakeTeams, speaking: Connector) -> None:
    first = posted(teams, speaking)
    teams.places[CHANNEL].messages[0]["deleted"] = True

    with pytest.raises(MessageGone):
        speaking.reply(
            read_conversation(teams.reference, first["conversation"]), HELLO, reply_to_id=first["id"]
        )


@pytest.mark.parametrize("name", ["29:dana", DANA, "Owner@example.com"])
def test_the_roster_tells_who_a_person_is(teams: FakeTeams, speaking: Connector, name: str) -> None:
    member = speaking.fetch_member(read_conversation(teams.reference, CHANNEL), name)

    assert (member["name"], member["email"], member["aadObjectId"]) == (
        "Dana Ozola",
        "owner@example.com",
        DANA,
    )


def test_the_roster_does_not_know_strangers(teams: FakeTeams, speaking: Connector) -> None:
    with pytest.raises(Permanent, match="no such person"):
        speaking.fetch_member(read_conversation(teams.reference, CHANNEL), "29:eve")


@pytest.mark.parametrize("body", [b"", b"[]", b"x"])
def test_a_roster_that_answers_nonsense_tells_nothing(
    teams: FakeTeams, speaking: Connector, body: bytes
) -> None:
    teams.answer("member", body)

    assert speaking.fetch_member(read_conversation(teams.reference, CHANNEL), "29:dana") == {}


def test_ids_are_quoted_in_an_address(teams: FakeTeams, speaking: Connector) -> None:
    with pytest.raises(RemoteError):
        speaking.fetch_member(read_conversation(teams.reference, "19:a/b?c@thread.tacv2"), "../x")

    [call] = teams.calls("member")
    assert call.path.endswith("/v3/conversations/19%3Aa%2Fb%3Fc%40thread.tacv2/members/..%2Fx")


def test_threads_that_need_a_token_at_once_share_one(teams: FakeTeams, speaking: Connector) -> None:
    place = read_conversation(teams.reference, CHAT)
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: speaking.post(place, HELLO), range(8)))

    assert len(set(ids)) == 8
    assert len(teams.calls("token")) == 1


def test_threads_that_wait_for_a_token_in_vain_wait_together(teams: FakeTeams) -> None:
    teams.fail("token", "hang", times=8)
    speaking = connector(teams, read_seconds=2)
    place = read_conversation(teams.reference, CHAT)
    together = threading.Barrier(8)

    def speak(_: int) -> str:
        together.wait()
        with pytest.raises(TryLater) as caught:
            speaking.post(place, HELLO)
        return str(caught.value)

    with ThreadPoolExecutor(8) as threads:
        reasons = set(threads.map(speak, range(8)))

    assert reasons == {"the bot's token: no answer (ReadTimeout)"}
    assert len(teams.calls("token")) < 4
    teams.heal()
    assert speaking.post(place, HELLO)


def test_threads_whose_token_is_refused_fetch_no_more_than_one_each(
    teams: FakeTeams, speaking: Connector
) -> None:
    place = read_conversation(teams.reference, CHAT)
    speaking.post(place, HELLO)
    teams.end_tokens()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: speaking.post(place, HELLO), range(4)))

    assert len(teams.messages(CHAT)) == 5
    assert len(teams.calls("token")) == 2


def test_a_service_that_does_not_speak_tls_was_sent_nothing(teams: FakeTeams, speaking: Connector) -> None:
    address = teams.service_url.replace("http://", "https://")

    with pytest.raises(TryLater, match="can't be reached") as caught:
        speaking.post(read_conversation({**teams.reference, "service_url": address}, CHANNEL), HELLO)

    assert not isinstance(caught.value, OutcomeUnknown)
    assert teams.calls("create") == []
