"""The fake over real HTTP: what Teams answers to a bot, and what it refuses (facts on Teams, 2.4)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.edge.fake_teams import SCOPE, FakeTeams
from tests.edge.teams_card import make_conversation, message, small_card
from tests.edge.teams_state import Json

CHANNEL, CHAT, ALONE = "19:compliance@thread.tacv2", "19:chat@thread.v2", "a:alone"


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams(hang_seconds=0.2) as fake:
        fake.add_person("29:dana", "Dana Ozola", "dana@example.com", oid="oid-dana")
        fake.add_person("29:bob", "Bob Chen", "bob@example.com")
        fake.add_channel(CHANNEL, "compliance")
        fake.add_chat(CHAT, "29:dana", "29:bob")
        fake.add_chat(ALONE, "29:dana")
        yield fake


def login(teams: FakeTeams, *, tenant: str = "", **form: str) -> requests.Response:
    right = {
        "grant_type": "client_credentials",
        "client_id": teams.app_id,
        "client_secret": teams.password,
        "scope": SCOPE,
    }
    address = f"{teams.root}/{tenant or teams.tenant_id}/oauth2/v2.0/token"
    return requests.post(address, data={**right, **form}, timeout=60)


def call(
    teams: FakeTeams, verb: str, path: str, content: Any = None, *, token: str | None = None
) -> requests.Response:
    bearer = login(teams).json()["access_token"] if token is None else token
    address = f"{teams.service_url.rstrip('/')}/v3/conversations{path}"
    return requests.request(
        verb, address, json=content, headers={"Authorization": f"Bearer {bearer}"}, timeout=60
    )


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def post(teams: FakeTeams, activity: Json | None = None, *, channel: str = CHANNEL) -> requests.Response:
    whole = make_conversation(channel, activity or message(), tenant=teams.tenant_id, bot=teams.bot_id)
    return call(teams, "POST", "", whole)


def of(conversation: str, rest: str = "/activities") -> str:
    return f"/{quote(conversation, safe='')}{rest}"


def test_a_token_is_given_for_the_right_secret(teams: FakeTeams) -> None:
    body = login(teams).json()

    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"client_id": "x"}, 400, "unauthorized_client"),
        ({"scope": "x"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"tenant": "other"}, 400, "invalid_request"),
    ],
)
def test_a_login_that_is_wrong_somewhere_gets_no_token(
    teams: FakeTeams, wrong: dict[str, str], status: int, error: str
) -> None:
    answer = login(teams, **wrong)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_card_begins_a_thread_in_a_channel(teams: FakeTeams) -> None:
    answer = post(teams)

    [message] = teams.messages(CHANNEL)
    assert answer.status_code == 201
    assert answer.json() == {"id": f"{CHANNEL};messageid={message['id']}", "activityId": message["id"]}


@pytest.mark.parametrize("token", ["", "token-1"])
def test_nothing_is_done_without_a_token(teams: FakeTeams, token: str) -> None:
    answer = call(teams, "POST", of(CHAT), message(), token=token)

    assert code(answer) == (401, "Unauthorized")
    assert teams.messages(CHAT) == []


def test_a_token_ends(teams: FakeTeams) -> None:
    token = login(teams).json()["access_token"]
    teams.end_tokens()

    assert call(teams, "POST", of(CHAT), message(), token=token).status_code == 401


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "typing"},
        {"type": "message"},
        {"type": "message", "text": 1},
        {"type": "message", "text": "x", "textFormat": "html"},
        message(small_card(version="1.4", body=[{"type": "TextBlock"}])),
        message(small_card(body=[{"type": "Carousel"}])),
        message(small_card(body=[{"type": "TextBlock", "text": "Hello <at>Dana</at>"}])),
        {"type": "message", "text": "x", "attachments": [{"contentType": "text/html", "content": "x"}]},
    ],
)
def test_what_is_no_message_that_teams_can_show_is_refused(teams: FakeTeams, activity: Json) -> None:
    assert code(call(teams, "POST", of(CHAT), activity)) == (400, "Bad Argument")
    assert teams.messages(CHAT) == []


def mention(person: str, text: str = "<at>Dana</at>") -> Json:
    entity = {"type": "mention", "text": text, "mentioned": {"id": person, "name": "Dana"}}
    body = [{"type": "TextBlock", "text": "Hello <at>Dana</at>"}]
    return message(small_card(body=body, msteams={"entities": [entity]}))


def test_people_of_the_tenant_can_be_mentioned(teams: FakeTeams) -> None:
    for person in ("29:dana", "oid-dana", "dana@example.com"):
        assert call(teams, "POST", of(CHAT), mention(person)).status_code == 201


@pytest.mark.parametrize(("person", "text"), [("29:eve", "<at>Dana</at>"), ("29:dana", "<at>Bob</at>")])
def test_a_mention_of_no_person_or_no_place_is_refused(teams: FakeTeams, person: str, text: str) -> None:
    assert call(teams, "POST", of(CHAT), mention(person, text)).status_code == 400


def test_a_message_of_more_than_100_kilobytes_is_too_big(teams: FakeTeams) -> None:
    answer = call(teams, "POST", of(CHAT), {"type": "message", "text": "x" * 102_400})

    assert code(answer) == (413, "MessageSizeTooBig")


def test_a_message_is_changed_and_deleted_where_it_stands(teams: FakeTeams) -> None:
    created = post(teams).json()
    path = of(created["id"], f"/activities/{created['activityId']}")

    assert call(teams, "PUT", path, {"type": "message", "text": "Better"}).status_code == 200
    [stored] = teams.messages(CHANNEL)
    assert (stored["text"], stored["edits"], "attachments" in stored) == ("Better", 1, False)
    assert call(teams, "DELETE", path).status_code == 200
    assert teams.messages(CHANNEL) == []
    assert code(call(teams, "PUT", path, message())) == (404, "ActivityNotFoundInConversation")


def test_a_message_of_another_thread_or_person_is_not_changed(teams: FakeTeams) -> None:
    created = post(teams).json()
    other = teams.keep(teams.places[CHAT], {"type": "message", "text": "Mine"}, by="29:dana")
    elsewhere = of(f"{CHANNEL};messageid=1", f"/activities/{created['activityId']}")

    assert code(call(teams, "PUT", elsewhere, message())) == (404, "ActivityNotFoundInConversation")
    assert code(call(teams, "PUT", of(CHAT, f"/activities/{other['id']}"), message())) == (
        403,
        "NotEnoughPermissions",
    )


def test_a_reply_stands_in_the_thread(teams: FakeTeams) -> None:
    created = post(teams).json()
    call(teams, "POST", of(created["id"], f"/activities/{created['activityId']}"), message())

    assert [each["conversation"] for each in teams.messages(CHANNEL)] == [created["id"]] * 2


def test_a_targeted_message_is_seen_by_one_person(teams: FakeTeams) -> None:
    path = of(CHAT, "/activities?isTargetedActivity=true")
    activity = {"type": "message", "text": "Psst", "recipient": {"id": "29:dana"}}

    assert call(teams, "POST", path, activity).status_code == 201
    assert teams.messages(CHAT) == teams.private_messages("29:bob", CHAT) == []
    assert [each["text"] for each in teams.private_messages("29:dana", CHAT)] == ["Psst"]


@pytest.mark.parametrize(
    ("place", "recipient", "status"), [(CHAT, {}, 400), (CHAT, {"id": "29:eve"}, 404), (ALONE, None, 400)]
)
def test_a_targeted_message_without_a_recipient_is_refused(
    teams: FakeTeams, place: str, recipient: Json | None, status: int
) -> None:
    activity = {"type": "message", "text": "Psst", "recipient": recipient or {}}

    answer = call(teams, "POST", of(place, "/activities?isTargetedActivity=true"), activity)

    assert answer.status_code == status


def test_the_roster_is_asked_by_id_or_address(teams: FakeTeams) -> None:
    members = [call(teams, "GET", of(CHAT, f"/members/{name}")).json() for name in ("29:dana", "oid-dana")]

    assert [each["email"] for each in members] == ["dana@example.com"] * 2
    assert call(teams, "GET", of(CHAT, "/members/Dana%40example.com")).json()["id"] == "29:dana"
    assert code(call(teams, "GET", of(ALONE, "/members/29%3Abob"))) == (404, "MemberNotFoundInConversation")
    assert len(call(teams, "GET", of(CHAT, "/pagedMembers")).json()["members"]) == 2


def test_places_that_cannot_be_written_to_say_why(teams: FakeTeams) -> None:
    teams.add_channel("19:gone@thread.tacv2", installed=False)
    teams.add_channel("19:quiet@thread.tacv2", writable=False)

    assert code(post(teams, channel="19:nowhere@thread.tacv2")) == (404, "ConversationNotFound")
    assert code(post(teams, channel="19:gone@thread.tacv2")) == (403, "BotNotInConversationRoster")
    assert code(post(teams, channel="19:quiet@thread.tacv2")) == (403, "MessageWritesBlocked")


def test_a_thread_is_started_by_this_bot_in_this_tenant(teams: FakeTeams) -> None:
    other_bot = make_conversation(CHANNEL, message(), tenant=teams.tenant_id, bot="28:other")
    other_tenant = make_conversation(CHANNEL, message(), tenant="other", bot=teams.bot_id)

    assert call(teams, "POST", "", other_bot).status_code == 400
    assert call(teams, "POST", "", other_tenant).status_code == 403


@pytest.mark.parametrize(
    ("mode", "status", "stored"),
    [("429", 429, 0), ("412", 412, 0), ("500", 500, 0), ("500_after", 500, 1), ("BotNotRegistered", 401, 0)],
)
def test_a_fault_comes_before_or_after_storing(teams: FakeTeams, mode: str, status: int, stored: int) -> None:
    teams.fail("create", mode, headers={"Retry-After": "7"})

    answer = post(teams)

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert len(teams.messages(CHANNEL)) == stored
    assert post(teams).status_code == 201


@pytest.mark.parametrize(("mode", "stored"), [("drop", 0), ("drop_after", 1), ("hang", 0), ("hang_after", 1)])
def test_a_connection_is_dropped_before_or_after_storing(teams: FakeTeams, mode: str, stored: int) -> None:
    teams.fail("create", mode, place=CHANNEL)

    with pytest.raises(requests.ConnectionError):
        post(teams)

    assert len(teams.messages(CHANNEL)) == stored


def test_a_fault_of_one_place_leaves_the_others_alone(teams: FakeTeams) -> None:
    teams.add_channel("19:other@thread.tacv2")
    teams.fail("create", "503", place="19:other@thread.tacv2")

    assert post(teams).status_code == 201
    assert post(teams, channel="19:other@thread.tacv2").status_code == 503
